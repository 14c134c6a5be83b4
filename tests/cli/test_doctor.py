"""`cogep doctor` as people and scripts call it."""

import json
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from cogep_assist.cli.app import run
from cogep_assist.core import schema
from cogep_assist.core.db import conninfo
from cogep_assist.core.diagnosis import queue_health
from cogep_assist.core.embedded_postgres import find_running, running


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(queue_health, "stray_workers", lambda _: [])
    monkeypatch.setenv("COGEP_DATA_DIR", str(tmp_path / "dados"))


def test_names_what_is_wrong_and_exits_with_one(
    database_url: URL, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    schema.downgrade(database_url, "-1")
    monkeypatch.setenv("DATABASE_URL", conninfo(database_url))
    assert run(["doctor"]) == 1
    shown = capsys.readouterr().out
    assert "✗ O banco está na revisão" in shown
    assert "→ Rode cogep db upgrade." in shown
    assert "COGEP_TIMEZONE" in shown
    assert str(database_url.password) not in shown


def test_json_holds_every_check(
    database_url: URL, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", conninfo(database_url))
    assert run(["doctor", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    wrong = [check for check in told["checks"] if check["state"] == "error"]
    assert [check["code"] for check in wrong] == ["doctor_worker_none"]
    assert wrong[0]["message"].startswith("Nenhum trabalhador")
    assert {"name", "value", "source"} == set(told["settings"][0])
    assert str(database_url.password) not in json.dumps(told)


def test_only_what_is_asked_for_is_checked(
    database_url: URL, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", conninfo(database_url))
    assert run(["doctor", "--only", "database, migrations,disk"]) == 0
    shown = capsys.readouterr().out
    assert "trabalhador" not in shown
    assert "COGEP_TIMEZONE" not in shown
    assert run(["doctor", "--json", "--only", "workers"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert [check["code"] for check in told["checks"]] == ["doctor_worker_none"]


def test_what_cannot_be_looked_at_is_not_well(
    database_url: URL, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", conninfo(database_url.set(password="errada")))
    assert run(["doctor", "--json", "--only", "workers"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert "doctor_database_password" in [check["code"] for check in told["checks"]]


def test_a_check_that_does_not_exist_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", "--only", "banco"]) == 1
    shown = capsys.readouterr()
    assert "banco" in shown.out + shown.err
    assert "database" in shown.out + shown.err


def test_before_the_first_start_nothing_is_wrong_and_nothing_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["doctor", "--no-settings"]) == 0
    assert "ainda não foi criado" in capsys.readouterr().out
    assert not (tmp_path / "dados").exists()


@pytest.mark.slow
def test_a_stopped_installation_is_examined_and_left_stopped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with running(tmp_path / "dados", extra_settings={"fsync": "off"}):
        pass
    assert run(["db", "upgrade"]) == 0
    assert run(["doctor", "--no-settings"]) == 0
    assert "não está em execução aqui" in capsys.readouterr().out
    assert find_running(tmp_path / "dados") is None


def test_a_broken_data_folder_is_one_finding(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with running(tmp_path / "dados", extra_settings={"fsync": "off"}):
        pass
    (tmp_path / "dados/postgres/PG_VERSION").unlink()
    assert run(["doctor", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    wrong = [check["code"] for check in told["checks"] if check["state"] == "error"]
    assert wrong == ["embedded_data_broken"]


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("DATABASE_URL", "mysql://ana@localhost/x", "database_url_invalid"),
        ("POSTGRES_PASSWORD", "outra-senha", "database_settings_disagree"),
        ("COGEP_WORKER_CONCURRENCY", "muitos", "settings_invalid"),
    ],
)
def test_settings_at_fault_are_the_finding(
    name: str,
    value: str,
    code: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://ana:senha@localhost:5432/cogep")
    monkeypatch.setenv(name, value)
    assert run(["doctor", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert [check["code"] for check in told["checks"] if check["state"] == "error"] == [code]
    assert "outra-senha" not in json.dumps(told)
