"""A real PostgreSQL for every test: a template migrated once, cloned in milliseconds.

``TEST_DATABASE_URL`` points the tests at a server of one's own; without it the embedded
one is started in a temporary folder for the length of the run.
"""

import gc
import hashlib
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import settings as hypothesis_settings
from psycopg import sql
from pydantic import SecretStr
from shared_statements import share_statements
from sqlalchemy.engine import URL, make_url
from uuid_utils.compat import uuid7

from cogep_assist.core import embedded_postgres, schema, secret_key
from cogep_assist.core.config import Settings, load_settings
from cogep_assist.core.db import Database, conninfo
from cogep_assist.core.models import Collection, IngestionJob, SourceKind
from cogep_assist.pipeline.parse.child import ParserPool

AddJob = Callable[..., Awaitable[UUID]]

# A test server may lose its data in a power cut; waiting for the disk would buy nothing.
FAST_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "max_wal_size": "256MB",
    # Every test connects some times; deriving keys from random passwords protects nothing here.
    "scram_iterations": "1",
}
MEMORY_BYTES = 4 * 1024**3
# The same examples in every run; how long one takes depends on the machine.
hypothesis_settings.register_profile("cogep", derandomize=True, deadline=None, database=None)
hypothesis_settings.load_profile("cogep")
share_statements()
SECRET_KEY = "chave-de-teste-com-mais-de-trinta-e-dois-bytes"


# Few tests, long ones: they begin first, so that no process is left alone with one at the end.
LONG = (
    "tests/browser/",
    "tests/journey/",
    "tests/chaos/",
    "tests/core/backup/",
    "tests/core/test_embedded_postgres.py",
    "tests/core/test_schema.py",
    "tests/lgpd_service/",
    "tests/ingestion_service/test_source_visit.py",
    "tests/architecture/test_routes.py",
    "tests/worker_service/",
    "tests/cli/",
    "tests/web/",
    "tests/hostile/",
    "tests/crm_service/",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put long files first; the order is otherwise as collected."""
    items.sort(
        key=lambda item: next((n for n, at in enumerate(LONG) if item.nodeid.startswith(at)), 99)
    )


def pytest_collection_finish() -> None:
    """Leave what was imported to itself: it stays, and is much to look through for garbage."""
    gc.collect()
    gc.freeze()
    # Ten times the usual: an application and a page make many objects, and few in circles.
    gc.set_threshold(7_000, 10, 10)


@pytest.fixture(scope="session")
def anyio_backend() -> tuple[str, dict[str, object]]:
    return ("asyncio", {"loop_factory": None})


@pytest.fixture(scope="session", autouse=True)
def _no_settings_from_outside() -> Iterator[None]:
    """A developer's .env or environment must not change what a test sees."""
    kept = dict(os.environ)
    for name in list(os.environ):
        if name.startswith(("COGEP_", "POSTGRES_", "CELERY_")) or name == "DATABASE_URL":
            del os.environ[name]
    Settings.model_config["env_file"] = None
    # Nobody waits in a test, but where waiting is what it is about.
    os.environ["COGEP_REPLY_UNDO_SECONDS"] = "0"
    yield
    os.environ.update(kept)


@pytest.fixture(scope="session")
def server_url(_no_settings_from_outside: None, worker_folder: Path) -> Iterator[URL]:
    """Address of a running server, as a superuser or an owner who may create databases."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield make_url(given)
        return
    with embedded_postgres.running(worker_folder, extra_settings=FAST_SETTINGS) as server:
        yield make_url(server.url("owner"))


@pytest.fixture(scope="session")
def worker_folder() -> Iterator[Path]:
    """Data folder of the run's embedded server, shared by the processes of pytest-xdist."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    folder = _roomiest_memory() / f"cogep-tests-{run[:12]}"
    folder.mkdir(mode=0o755, exist_ok=True)
    yield folder
    # Whoever leaves last takes the folder along.
    if embedded_postgres.find_running(folder) is None:
        shutil.rmtree(folder, ignore_errors=True)


def _roomiest_memory() -> Path:
    """Return a file system in memory where there is one with room, else the temporary folder.

    Some thousand databases are copied and dropped in a run: a disk that others keep busy made
    one copy take a second instead of 16 ms.
    """
    memory = Path("/dev/shm")
    usable = memory.is_dir() and os.access(memory, os.W_OK)
    if usable and shutil.disk_usage(memory).free >= MEMORY_BYTES:
        return memory
    return Path(tempfile.gettempdir())


@pytest.fixture(scope="session")
def template(server_url: URL) -> str:
    """Name of the migrated template database, built once whoever comes first."""
    fingerprint = hashlib.sha256(
        b"".join(
            path.read_bytes()
            for path in sorted(
                Path(str(files("cogep_assist.migrations") / "versions")).glob("*.py")
            )
        )
    ).hexdigest()[:12]
    name = f"cogep_template_{fingerprint}"
    with psycopg.connect(conninfo(server_url), autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(42)")
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if known.fetchone() is None:
            building = f"{name}_building"
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(building))
            )
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(building)))
            schema.upgrade(server_url.set(database=building))
            # Whoever connects first writes down what every session reads; copies have it then.
            psycopg.connect(conninfo(server_url.set(database=building))).close()
            connection.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                    sql.Identifier(building), sql.Identifier(name)
                )
            )
    return name


def _drop(connection: psycopg.Connection, name: str) -> None:
    """Drop a database whose clients are gone or sent away.

    Not WITH (FORCE): that would also have to end an autovacuum worker, which is a superuser's;
    a plain DROP asks it to leave by itself.
    """
    connection.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
        "WHERE datname = %s AND backend_type = 'client backend' AND pid <> pg_backend_pid() "
        "AND pg_has_role(usesysid, 'USAGE')",
        [name],
    )
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def server_session(server_url: URL) -> Iterator[psycopg.Connection]:
    """The connection by which this process makes and drops its databases."""
    with psycopg.connect(conninfo(server_url), autocommit=True) as connection:
        yield connection


@pytest.fixture
def database_url(
    server_session: psycopg.Connection,
    server_url: URL,
    template: str,
    request: pytest.FixtureRequest,
) -> Iterator[URL]:
    """Address (owner) of a database of this test's own, cloned from the template."""
    digest = hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:16]
    name = f"cogep_test_{digest}_{os.getpid()}"
    copied = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
        sql.Identifier(name), sql.Identifier(template)
    )
    # Before 15 there was no other way to copy, and no word for this one.
    chosen = " STRATEGY FILE_COPY" if server_session.info.server_version >= 150_000 else ""
    server_session.execute(copied + sql.SQL(chosen))
    yield server_url.set(database=name)
    _drop(server_session, name)


@pytest.fixture
async def database(database_url: URL) -> AsyncIterator[Database]:
    """The application's view of this test's database: the least-privileged role."""
    opened = Database(database_url, pool_size=4)
    yield opened
    await opened.close()


@pytest.fixture
async def add_job(database: Database) -> AddJob:
    """Put a job into the intake queue and return its id."""
    collection_id = uuid7()
    async with database.begin() as session:
        session.add(Collection(id=collection_id, name="gestao-de-pessoas"))

    async def add(source_key: str | None = None, **values: Any) -> UUID:
        job_id = uuid7()
        job = IngestionJob(
            id=job_id,
            source_kind=SourceKind.TEXT,
            collection_id=collection_id,
            source_key=source_key or f"external:{job_id}",
            submitted_by="system",
            **values,
        )
        async with database.begin() as session:
            session.add(job)
        return job_id

    return add


@pytest.fixture(scope="session")
def parsers() -> Iterator[ParserPool]:
    """Children that parse, kept warm: starting one takes longer than most documents."""
    pool = ParserPool(1, idle_seconds=600)
    yield pool
    pool.close()


@pytest.fixture(scope="session")
def read_settings(_no_settings_from_outside: None) -> Settings:
    """What nobody chose; reading it anew for each test took as long as building its pages."""
    return load_settings(secret_key=SECRET_KEY)


@pytest.fixture
def settings(read_settings: Settings, database_url: URL, tmp_path: Path) -> Settings:
    """Settings of an installation that lives for one test."""
    own = {
        "database_url": SecretStr(conninfo(database_url)),
        "data_dir": tmp_path / "dados",
    }
    loaded = read_settings.model_copy(update=own, deep=True)
    secret_key.load(loaded)
    return loaded
