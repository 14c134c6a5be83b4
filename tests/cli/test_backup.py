"""`cogep backup` and `cogep restore` as people and scripts call them."""

import io
import json
import shutil
import sys
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import URL, make_url

from cogep_assist.cli.app import run
from cogep_assist.core import schema
from cogep_assist.core.backup.beside import Server
from cogep_assist.core.db import conninfo
from cogep_assist.core.embedded_postgres import running

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def own(database_url: URL, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> URL:
    monkeypatch.setenv("DATABASE_URL", conninfo(database_url))
    monkeypatch.setenv("COGEP_DATA_DIR", str(tmp_path / "dados"))
    return database_url


@pytest.fixture
def copy(own: URL, tmp_path: Path) -> Path:
    name_collection(own, "gestao-de-pessoas")
    path = tmp_path / "base.cogepbk"
    assert run(["backup", str(path)]) == 0
    return path


def name_collection(own: URL, name: str) -> None:
    with psycopg.connect(conninfo(own), autocommit=True) as link:
        link.execute("INSERT INTO ai.collection (id, name) VALUES (gen_random_uuid(), %s)", [name])


def collections(own: URL) -> list[str]:
    with psycopg.connect(conninfo(own)) as link:
        return [row[0] for row in link.execute("SELECT name FROM ai.collection ORDER BY 1")]


def test_says_what_was_copied_and_which_key_opens_it(
    own: URL, tmp_path: Path, capsys: Captured
) -> None:
    copy = tmp_path / "base.cogepbk"
    assert run(["backup", str(copy)]) == 0
    said = capsys.readouterr()
    # A narrow terminal breaks the sentence anywhere.
    out = "".join(said.out.split())
    assert str(copy) in out
    assert f"esquema{schema.head()}" in out
    assert "secret.key" in said.err
    if sys.platform != "win32":
        assert copy.stat().st_mode & 0o077 == 0


def test_a_folder_gets_a_file_of_its_moment(own: URL, tmp_path: Path, capsys: Captured) -> None:
    folder = tmp_path / "copias"
    folder.mkdir()
    ours = ["cogep-2020-01-31-020000.cogepbk", "cogep-2020-02-01-020000.cogepbk"]
    others = [
        "cogep-2020-02-30-020000.cogepbk",
        "minha.cogepbk",
        "cogep-2099-01-01-020000.cogepbk",
    ]
    for name in (*ours, *others):
        (folder / name).write_bytes(b"")
    assert run(["backup", str(folder), "--json", "--prune"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["removed"] == ours
    (made,) = [path for path in folder.iterdir() if path.name not in others]
    assert sum(1 for _ in folder.iterdir()) == len(others) + 1
    assert told["path"] == str(made)
    assert told["bytes"] == made.stat().st_size
    assert told["tables"]["ai.document"]["rows"] == 0


def test_a_file_that_is_there_is_kept_unless_told_otherwise(copy: Path, capsys: Captured) -> None:
    before = copy.read_bytes()
    assert run(["backup", str(copy)]) == 1
    assert copy.read_bytes() == before
    assert run(["backup", str(copy), "--overwrite"]) == 0
    assert copy.read_bytes() != before


def test_a_folder_that_is_not_there_is_named(own: URL, tmp_path: Path, capsys: Captured) -> None:
    assert run(["backup", str(tmp_path / "nada" / "base.cogepbk")]) == 1
    assert str(tmp_path / "nada") in capsys.readouterr().err


def test_check_tells_what_a_copy_holds(copy: Path, capsys: Captured) -> None:
    capsys.readouterr()
    assert run(["restore", str(copy), "--check", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["revision"] == schema.head()
    assert told["tables"]["ai.collection"]["rows"] == 1


def test_data_is_replaced_only_with_both_words(own: URL, copy: Path, capsys: Captured) -> None:
    name_collection(own, "depois-da-copia")
    assert run(["restore", str(copy)]) == 1
    assert "[restore_not_empty]" in capsys.readouterr().err
    assert run(["restore", str(copy), "--replace"]) == 1
    assert "[restore_confirmation_needed]" in capsys.readouterr().err
    assert collections(own) == ["depois-da-copia", "gestao-de-pessoas"]
    assert run(["restore", str(copy), "--replace", "--yes"]) == 0
    assert "conferem com a cópia" in capsys.readouterr().out
    assert collections(own) == ["gestao-de-pessoas"]
    # The restore is an act itself, which a verification finds as it was written.
    with psycopg.connect(conninfo(own)) as link:
        assert [act for (act,) in link.execute("SELECT act FROM lgpd.audit_event")] == [
            "database_restored"
        ]
    assert run(["audit", "verify"]) == 0


@pytest.mark.parametrize(("typed", "status"), [("substituir\n", 0), ("sim\n", 1)])
def test_a_person_types_the_word(
    own: URL,
    copy: Path,
    typed: str,
    status: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal(typed))
    name_collection(own, "depois-da-copia")
    assert run(["restore", str(copy), "--replace"]) == status
    assert ("depois-da-copia" in collections(own)) == bool(status)


def test_without_the_key_none_is_made(
    own: URL, copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setenv("COGEP_DATA_DIR", str(tmp_path / "nova"))
    assert run(["restore", str(copy)]) == 1
    assert "[restore_key_missing]" in capsys.readouterr().err
    assert not (tmp_path / "nova").exists()


def test_another_key_is_one_sentence(
    own: URL, copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setenv("COGEP_SECRET_KEY", "x" * 40)
    assert run(["restore", str(copy), "--check"]) == 1
    assert "outra chave-mestra" in capsys.readouterr().err


@pytest.mark.slow
def test_a_copy_comes_back_in_an_embedded_base(
    own: URL, copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.delenv("DATABASE_URL")
    new = tmp_path / "nova"
    new.mkdir()
    shutil.copy(tmp_path / "dados" / "secret.key", new / "secret.key")
    assert run(["restore", str(copy), "--data-dir", str(new)]) == 0
    capsys.readouterr()
    assert run(["collections", "list", "--json", "--data-dir", str(new)]) == 0
    assert "gestao-de-pessoas" in capsys.readouterr().out
    # A server that was set up under the C locale hands out databases that know no UTF-8.
    with running(new) as server:
        with psycopg.connect(server.url("admin", driver="postgresql"), autocommit=True) as link:
            link.execute("ALTER DATABASE template1 IS_TEMPLATE false")
            link.execute("DROP DATABASE template1")
            link.execute(
                "CREATE DATABASE template1 TEMPLATE template0 ENCODING 'SQL_ASCII'"
                " LOCALE_PROVIDER libc LOCALE 'C'"
            )
        owner = make_url(server.url("owner", driver="postgresql"))
        with (
            Server(owner).database_beside() as beside,
            psycopg.connect(conninfo(beside)) as link,
        ):
            assert link.info.encoding == "utf-8"
            assert link.execute("SHOW server_encoding").fetchone() == ("UTF8",)
