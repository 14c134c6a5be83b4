"""`cogep db`: up, down, where it stands, whether it drifted, and the way in."""

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from cogep_command import Cogep
from sqlalchemy.engine import URL

from cogep_assist.cli import lifeline
from cogep_assist.cli.app import run
from cogep_assist.cli.context import settle_schema
from cogep_assist.core import schema
from cogep_assist.core.database_target import DatabaseTarget
from cogep_assist.core.db import conninfo
from cogep_assist.core.embedded_postgres import find_running
from cogep_assist.core.errors import AppError
from cogep_assist.core.file_lock import UP_LOCK, FileLock


@pytest.fixture
def own(database_url: URL, monkeypatch: pytest.MonkeyPatch) -> URL:
    monkeypatch.setenv("DATABASE_URL", conninfo(database_url))
    return database_url


def test_down_and_up_again(own: URL, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["db", "downgrade", "-1", "--yes"]) == 0
    assert schema.current(own) != schema.head()
    assert run(["db", "upgrade"]) == 0
    assert schema.current(own) == schema.head()
    assert run(["db", "upgrade"]) == 0
    assert f"já estava na revisão {schema.head()}" in capsys.readouterr().out


@pytest.mark.slow
def test_to_the_bottom_and_back(own: URL) -> None:
    assert run(["db", "downgrade", "base", "--yes"]) == 0
    assert schema.current(own) is None
    assert run(["db", "downgrade", "-1", "--yes"]) == 1
    assert run(["db", "upgrade"]) == 0
    assert run(["db", "check"]) == 0


def test_says_where_it_stands(own: URL, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["db", "current", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {"current": schema.head(), "head": schema.head(), "at_head": True}


def test_check_names_a_change_made_by_hand(own: URL, capsys: pytest.CaptureFixture[str]) -> None:
    with psycopg.connect(conninfo(own), autocommit=True) as link:
        link.execute("ALTER TABLE access.worker ADD COLUMN apelido text")
    assert run(["db", "check"]) == 1
    assert "apelido" in capsys.readouterr().out


def test_check_is_quiet_on_a_sound_base(own: URL, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["db", "check", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["ok"] is True


def test_an_unknown_revision_is_refused(own: URL, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["db", "upgrade", "inexistente"]) == 1
    assert "inexistente" in capsys.readouterr().err


def test_a_base_of_a_newer_release_is_left_alone(
    own: URL, capsys: pytest.CaptureFixture[str]
) -> None:
    with psycopg.connect(conninfo(own), autocommit=True) as link:
        link.execute("UPDATE access.alembic_version SET version_num = '9999'")
    assert run(["db", "upgrade"]) == 1
    assert "9999" in capsys.readouterr().err


def test_a_wrong_password_is_one_sentence(
    own: URL, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", conninfo(own.set(password="senha-errada")))
    assert run(["db", "current"]) == 1
    said = capsys.readouterr().err
    assert "recusou a senha" in said
    assert "senha-errada" not in said


@pytest.mark.slow
def test_the_embedded_base_is_started_for_the_commands_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(tmp_path / "dados")
    assert run(["db", "upgrade", "--data-dir", folder]) == 0
    assert run(["db", "url", "--data-dir", folder]) == 0
    said = capsys.readouterr()
    assert said.out.splitlines()[-1].startswith("postgresql://cogep_owner:")
    assert "só responde enquanto" in said.err
    assert find_running(tmp_path / "dados") is None


@pytest.mark.slow
def test_the_shell_opens_on_this_base(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "cogep_assist", "db", "shell", "--data-dir", str(tmp_path)]
    done = subprocess.run(
        command,
        input="SELECT current_user, 'ação';\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "cogep_owner" in done.stdout
    assert "ação" in done.stdout


def test_every_command_says_why_the_database_cannot_be_opened(
    cogep: Cogep, database_url: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = database_url.set(database="banco_que_nao_existe")
    monkeypatch.setenv("DATABASE_URL", conninfo(missing))
    for words in (["jobs"], ["db", "current"], ["key", "list"]):
        failed = cogep(*words)
        assert (failed.status, "[database_refused]" in failed.err) == (1, True), words
        assert "o banco banco_que_nao_existe não existe" in failed.err


def test_what_runs_is_not_migrated_from_under_its_feet(
    database_url: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = SimpleNamespace(data_dir=tmp_path)
    target = DatabaseTarget(database_url, database_url, server)  # type: ignore[arg-type]
    with psycopg.connect(conninfo(database_url), autocommit=True) as connection:
        connection.execute("UPDATE access.alembic_version SET version_num = '0170'")
    with FileLock(tmp_path / UP_LOCK) as lock:
        assert lock.try_acquire()
        with pytest.raises(AppError) as refused:
            settle_schema(target)
        assert refused.value.code == "schema_behind_running"
        assert schema.current(database_url) == "0170"
        # A child of what runs is started again on the new release, with all others.
        upgraded: list[URL] = []
        monkeypatch.setattr(schema, "upgrade", upgraded.append)
        monkeypatch.setenv(lifeline.VARIABLE, "1")
        settle_schema(target)
        monkeypatch.delenv(lifeline.VARIABLE)
    settle_schema(target)
    assert upgraded == [database_url] * 2
