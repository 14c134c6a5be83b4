"""The command itself: help in Portuguese, quick; every failure a sentence, a remedy, a code."""

import gc
import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import typer
from cogep_command import Cogep
from sqlalchemy.engine import URL

from cogep_assist import __version__
from cogep_assist.cli import app as command
from cogep_assist.cli.app import COMMANDS, build
from cogep_assist.core import schema
from cogep_assist.core.db import conninfo
from cogep_assist.core.schema_head import newest_revision

ENGLISH = (
    "Usage",
    "Options",
    "Arguments",
    "Commands",
    "Show this",
    "Install",
    "required",
    "default",
)
READING = ("Mostra", "Lista", "Confere", "Diz", "Busca", "Pergunta", "Procura", "Explica")
# They print a secret or an address alone, for another program.
ONE_VALUE = {"url", "hook-secret"}
HEAVY = ("sqlalchemy", "pydantic", "fastapi", "psycopg", "numpy", "celery", "alembic", "lxml")


def failing(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Make ``cogep link`` fail in a way that nobody foresaw."""

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("cogep_assist.cli.link.settings_for", fail)


def test_says_its_version(cogep: Cogep) -> None:
    assert cogep("--version").out == f"cogep {__version__}\n"


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_is_in_portuguese(name: str, cogep: Cogep) -> None:
    shown = cogep(*filter(None, [name]), "--help")
    assert shown.status == 0
    assert "Uso: cogep" in shown.out
    assert "Mostra esta ajuda e sai." in shown.out
    assert not [word for word in ENGLISH if word in shown.out]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_explained(name: str) -> None:
    root = build()
    context = typer.Context(root)
    waiting = [root.get_command(context, name)]
    while waiting:
        found = waiting.pop()
        assert found.help, found.name
        assert found.help.rstrip().endswith((".", ":")), found.help
        waiting += getattr(found, "commands", {}).values()
        for parameter in found.params:
            assert getattr(parameter, "help", None), f"{found.name} {parameter.name}"
        if found.help.startswith(READING) and found.name not in ONE_VALUE:
            options = {option for parameter in found.params for option in parameter.opts}
            runs = not hasattr(found, "commands") or found.invoke_without_command
            assert "--json" in options or not runs, found.help


def test_a_command_is_imported_without_collections_and_runs_with_them() -> None:
    collects: list[bool] = []

    class Entry:
        @property
        def module(self) -> str:
            collects.append(gc.isenabled())
            return "ask"

        summary = ""

    command.load_command("ask", Entry())  # type: ignore[arg-type]  # stands for a command
    assert collects == [False]
    assert gc.isenabled()


def test_help_loads_nothing_heavy() -> None:
    program = (
        "import sys; from cogep_assist.cli.app import run; run(['--help']);"
        f"print([m for m in {HEAVY!r} if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stderr.strip() == "[]"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["serach"], "O comando “serach” não existe. Você quis dizer “search”?"),
        (["xyz"], "O comando “xyz” não existe."),
        (["key", "creat"], "O comando “creat” não existe. Você quis dizer “create”?"),
        (["search"], "Falta o argumento TEXTO."),
        (["key", "create", "n8n"], "Falta a opção --role/-r."),
        (["key", "create", "n8n", "--role", "rei"], "deve ser um destes: admin, agent"),
        (["search", "férias", "--kk"], "A opção --kk não existe."),
        (["search", "férias", "--collectio", "x"], "Você quis dizer --collection?"),
        (["search", "férias", "-k", "muitos"], "Valor inválido para -k/--k: deve ser um número"),
        (["search", "férias", "-k", "0"], "deve ser no mínimo 1"),
        (["search", "férias", "-k", "1000"], "deve ser no máximo 100"),
        (["search", "férias", "-k"], "A opção -k pede um valor."),
        (["search", "férias", "--json=1"], "A opção --json não leva valor."),
        (["search", "dias", "de", "férias"], "Há argumentos a mais: de férias."),
    ],
)
def test_wrong_usage_is_told_in_portuguese(
    cogep: Cogep, arguments: list[str], sentence: str
) -> None:
    failed = cogep(*arguments)
    assert failed.status == 2
    assert sentence in failed.err
    assert "--help" in failed.err
    assert failed.out == ""


def test_a_known_failure_is_a_sentence_a_remedy_and_a_code(cogep: Cogep) -> None:
    failed = cogep("key", "revoke", "nenhuma")
    assert failed.status == 1
    assert "Não há chave ativa com este nome." in failed.err
    assert "[key_not_found]" in failed.err
    assert "cogep key list" in failed.err


def test_what_is_no_address_and_what_is_no_file_are_told_in_words(
    cogep: Cogep, tmp_path: Path
) -> None:
    failed = cogep("sources", "add", "")
    assert "[request_invalid]" in failed.err
    failed = cogep("questions", "add", "Provas", str(tmp_path))
    assert failed.status == 1
    assert "[path_of_other_kind]" in failed.err


def test_an_unforeseen_failure_shows_no_trace(
    cogep: Cogep, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch, RuntimeError("segredo da Conceição"))
    failed = cogep("link")
    assert failed.status == 1
    assert "RuntimeError" in failed.err
    assert "[command_failed]" in failed.err
    assert "Traceback" not in failed.err
    assert "segredo" not in failed.err


def test_debug_shows_the_trace(cogep: Cogep, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, RuntimeError("x"))
    monkeypatch.setenv("COGEP_LOG_LEVEL", "DEBUG")
    assert "Traceback" in cogep("link").err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (PermissionError(13, "x", "/dados"), "path_not_permitted"),
        (FileNotFoundError(2, "x", "/dados"), "path_not_found"),
        (OSError(28, "x", "/dados"), "disk_full"),
        # The disk of the database: it is not away, and says so.
        (psycopg.errors.DiskFull("x"), "storage_full"),
        (psycopg.errors.UndefinedColumn("x"), "schema_differs"),
        (psycopg.OperationalError("x"), "database_unavailable"),
    ],
)
def test_the_systems_refusals_have_their_words(
    cogep: Cogep, monkeypatch: pytest.MonkeyPatch, error: Exception, code: str
) -> None:
    failing(monkeypatch, error)
    failed = cogep("link")
    assert (failed.status, f"[{code}]" in failed.err) == (1, True)
    assert not isinstance(error, OSError) or "/dados" in failed.err


def test_an_interruption_is_quiet(cogep: Cogep, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, KeyboardInterrupt())
    assert cogep("link") == type(cogep("link"))(130, "", "")


def test_a_database_that_is_not_there_is_one_sentence(
    cogep: Cogep, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://cogep:x@127.0.0.1:9/cogep")
    failed = cogep("search", "férias")
    assert failed.status == 1
    assert "Ninguém responde em 127.0.0.1:9" in failed.err
    assert "[database_refused]" in failed.err
    assert "Traceback" not in failed.err


def test_a_database_of_an_older_release_asks_for_the_upgrade(
    cogep: Cogep, database_url: URL
) -> None:
    schema.downgrade(database_url, "-1")
    failed = cogep("search", "férias")
    assert (failed.status, "[schema_behind]" in failed.err) == (1, True)
    assert "cogep db upgrade" in failed.err


def test_a_database_of_a_newer_release_asks_for_a_newer_program(
    cogep: Cogep, database_url: URL
) -> None:
    with psycopg.connect(conninfo(database_url), autocommit=True) as connection:
        connection.execute("UPDATE access.alembic_version SET version_num = '9999'")
    failed = cogep("search", "férias")
    assert (failed.status, "[schema_ahead]" in failed.err) == (1, True)


def test_an_empty_database_asks_for_the_upgrade(cogep: Cogep, database_url: URL) -> None:
    schema.downgrade(database_url, "base")
    failed = cogep("search", "férias")
    assert (failed.status, "[schema_behind]" in failed.err) == (1, True)


def test_the_revision_is_known_without_alembic() -> None:
    assert newest_revision() == schema.head()
    program = (
        "import sys; import cogep_assist.cli.context, cogep_assist.cli.search;"
        "print('alembic' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "False"


@pytest.mark.skipif(sys.platform == "win32", reason="the pipe is closed in the way of POSIX")
def test_a_reader_that_goes_away_is_no_failure_to_tell() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "cogep_assist", "--help"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    with process.stderr:
        assert process.stderr.read() == ""
    process.wait(30)


INTERRUPTED = """
import asyncio, signal
from cogep_assist.cli import event_loop, link
from cogep_assist.cli.app import main

# Whoever runs the tests in the background may have the signal ignored, and children inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)

async def at_work():
    print("pronto", flush=True)
    await asyncio.sleep(60)

link.settings_for = lambda _: event_loop.run(at_work())
main(["link"])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent in the way of POSIX")
def test_ctrl_c_ends_a_command_with_130(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "COGEP_DATA_DIR": str(tmp_path)},
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "pronto\n"
        process.send_signal(signal.SIGINT)
        _, complaint = process.communicate(timeout=30)
    finally:
        process.kill()
        process.communicate()
    assert (process.returncode, complaint) == (130, "")


def test_the_commands_of_the_contract_are_there() -> None:
    wanted = {
        "up",
        "serve",
        "worker",
        "ingest",
        "jobs",
        "search",
        "ask",
        "eval",
        "doctor",
        "db",
        "key",
    }
    assert wanted <= set(COMMANDS)
    assert command.PROGRAM == "cogep"
