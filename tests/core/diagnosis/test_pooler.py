"""A pooler between us and the database: told apart by its mode, also while nobody else uses it."""

import asyncio
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL

from cogep_assist.cli.app import run
from cogep_assist.core.db import Database, conninfo
from cogep_assist.core.diagnosis.connection import (
    check_server,
    open_connection,
    refuse_shared_session,
)
from cogep_assist.core.diagnosis.finding import Finding

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("pgbouncer") is None, reason="pgbouncer is not here"),
]


@pytest.fixture(params=["transaction", "session"])
def pooled(request: pytest.FixtureRequest, database_url: URL) -> Iterator[URL]:
    """The database behind a real PgBouncer in one of its modes."""
    # It refuses to run as root, and another account cannot enter the tests' own folder.
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        with _pooler(Path(folder), request.param, database_url) as pooled:
            yield pooled


@contextmanager
def _pooler(
    folder: Path,
    mode: str,
    database_url: URL,
    passed: str = "ignore_startup_parameters = options\n",
) -> Iterator[URL]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    users, settings = folder / "users.txt", folder / "pgbouncer.ini"
    users.write_text(f'"{database_url.username}" "{database_url.password}"\n')
    settings.write_text(
        f"[databases]\n* = host={database_url.host} port={database_url.port or 5432}\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
        f"auth_type = scram-sha-256\nauth_file = {users}\npool_mode = {mode}\n"
        f"{passed}"
    )
    root = os.geteuid() == 0
    account: dict[str, Any] = {"user": "nobody", "extra_groups": []} if root else {}
    for path in (users, settings):
        path.chmod(0o644)
    with subprocess.Popen(
        ["pgbouncer", "-q", str(settings)], stderr=subprocess.DEVNULL, **account
    ) as process:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield database_url.set(host="127.0.0.1", port=port)
        process.terminate()


async def test_the_mode_of_a_quiet_pooler_is_seen(
    pooled: URL,
    database_url: URL,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    said = []
    for url in (pooled, database_url):
        opened = await open_connection(url)
        assert not isinstance(opened, Finding), opened
        async with opened:
            said.append((await check_server(opened, url))[-1].code)
    mode = request.node.callspec.params["pooled"]
    seen = {"transaction": "doctor_database_pooler", "session": "doctor_database_session_pooler"}
    assert said == [seen[mode], "doctor_database_direct"]
    await refuse_shared_session(database_url)
    if mode == "transaction":
        monkeypatch.setenv("DATABASE_URL", conninfo(pooled))
        # Signals are the main thread's.
        monkeypatch.setattr("cogep_assist.cli.worker.stop_on_request", lambda *_: None)
        assert await asyncio.to_thread(run, ["worker"]) == 1
        assert "troca de sessão a cada comando" in capsys.readouterr().err
    else:
        await refuse_shared_session(pooled)


async def test_one_that_drops_options_leaves_the_role_and_one_that_refuses_them_is_named(
    database_url: URL,
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        with _pooler(Path(folder), "session", database_url) as pooled:
            database = Database(pooled, pool_size=1)
            async with database.begin() as session:
                role = await session.execute(
                    sa.text("SELECT current_user, current_setting('TimeZone')")
                )
                assert tuple(role.one()) == ("cogep_app", "UTC")
            await database.close()
        with _pooler(Path(folder), "session", database_url, passed="") as pooled:
            refused = await open_connection(pooled)
            assert isinstance(refused, Finding)
            assert refused.code == "doctor_database_options_refused"
