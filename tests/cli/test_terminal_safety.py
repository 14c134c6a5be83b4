"""What comes from outside reaches a terminal as text: no colours, links, bells or markup."""

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from cogep_command import Cogep
from published import publish
from rich.padding import Padding
from rich.text import Text
from sqlalchemy.engine import URL

from cogep_assist.cli.console import err, out, safe, table
from cogep_assist.core.db import Database
from cogep_assist.core.models import Customer, Ticket, TicketEntry
from cogep_assist.core.terminal import unfinished_command, without_commands

LINK = "\x1b]8;;https://mal.exemplo.net/x\x07prazo\x1b]8;;\x07"
EVIL = (
    f"Prazo \x1b[38;5;213mde\x1b[0m {LINK} \x9b38;5;213m\x9d0;t\x9c\x1bPq\x1b\\ \x07\x08\r\u202e"
    "[/] [link=https://mal.exemplo.net]férias[/link] [red]dias[/red] :warning: \x1bc"
)
# The styles of the product itself: plain colours, none of them that of the attack.
_OWN_STYLE = re.compile(r"\x1b\[[\d;]*m")
CLI = Path("src/cogep_assist/cli")


@pytest.fixture(params=[False, True], ids=["piped", "on a terminal"])
def terminal(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[bool]:
    monkeypatch.setenv("TERM", "xterm-256color")
    if request.param:
        monkeypatch.setenv("FORCE_COLOR", "1")
    for console in (out, err):
        console.cache_clear()
    yield request.param
    for console in (out, err):
        console.cache_clear()


async def _fill(url: URL) -> None:
    database = Database(url, pool_size=1)
    await publish(database, f"As férias são de trinta dias por ano. {EVIL}", f"Guia {EVIL}")
    async with database.begin() as session:
        await session.execute(sa.update(Ticket).values(subject=f"Chamado {EVIL}"))
        await session.execute(sa.update(TicketEntry).values(body=f"Corpo {EVIL}"))
        await session.execute(sa.update(Customer).values(name=f"Conceição {EVIL}"))
    await database.close()


def test_nothing_from_outside_drives_the_terminal(
    cogep: Cogep, database_url: URL, tmp_path: Path, terminal: bool
) -> None:
    protocol = cogep("ticket", "open", "Impressora", "--body", "Sala", "--json").json["protocol"]
    customer = cogep("customer", "add", "Ana Conceição", "--json").json["id"]
    name = "Prazo [∕] [red]x\x1b\x07\x9b\u202e.md"
    (tmp_path / name).write_text("As férias são de trinta dias.", "utf-8")
    (job,) = cogep("ingest", str(tmp_path / name), "--json").json["jobs"]
    asyncio.run(_fill(database_url))
    commands = (
        ("search", "férias prazo"),
        ("ask", "Quantos dias de férias por ano?"),
        ("ask", f"Qual é {EVIL}?"),
        ("documents", "list"),
        ("conversations", "list"),
        ("ticket", "list"),
        ("ticket", "show", protocol),
        ("customer", "list"),
        ("customer", "show", customer),
        ("jobs",),
        ("jobs", "show", job["id"]),
        ("ticket", "show", EVIL),
        ("collections", "list"),
        ("gaps",),
    )
    for command in commands:
        shown = cogep(*command)
        written = shown.out + shown.err
        assert written, command
        bare = _OWN_STYLE.sub("", written)
        left = {c for c in bare if c not in "\n\t" and not c.isprintable()}
        assert not left, (command, left, bare)
        assert "38;5;213" not in written, (command, "a colour, or what is left of one")
        assert "]8;;" not in written, command
        if shown.status == 0 and command[0] in {"ticket", "customer"}:
            assert "[/]" in bare, (command, bare)
    told = cogep("ticket", "show", protocol, "--json")
    assert not set(told.out) & {"\x1b", "\x9b", "\x9d", "\x07", "\u202e"}
    assert told.json["subject"] == f"Chamado {EVIL}", "a machine gets what is stored"
    assert json.loads(told.out)


def test_the_console_shows_text_as_text(terminal: bool, capsys: pytest.CaptureFixture[str]) -> None:
    shown = table("Coluna")
    shown.add_row(EVIL)
    shown.add_row(Text(EVIL))
    for one in (EVIL, Text(EVIL), Padding(Text(EVIL), 1), shown):
        out().print(one, style="bold")
        err().print(one)
    written = "".join(capsys.readouterr())
    assert _OWN_STYLE.sub("", written).replace("\n", "").isprintable()
    assert written.count("[red]dias[/red] :warning:") == 10
    assert ("\x1b[1m" in written) is terminal


def test_a_command_is_known_wherever_a_stream_cuts_it() -> None:
    assert safe(EVIL).startswith("Prazo de prazo  ")
    for cut in range(len(EVIL)):
        held = unfinished_command(EVIL[:cut])
        whole = without_commands(EVIL[:held]) + without_commands(EVIL[held:])
        assert whole == without_commands(EVIL), EVIL[:cut]
    assert unfinished_command("x\x1b]" + "y" * 600) == 603, "a text that never ends is no command"
    assert unfinished_command("\x1b[31mvermelho") == len("\x1b[31mvermelho")


def test_what_is_written_goes_through_the_console() -> None:
    """Whoever writes past the console writes nothing that came from outside, or makes it safe."""
    found = {
        f"{path.name}: {match[1]}"
        for path in CLI.glob("*.py")
        if path.name != "console.py"
        for match in re.finditer(
            r"((?:sys\.std\w+\.write|typer\.s?echo|(?<![\w.])print|(?<!\w)Console)\([^\n]*)",
            path.read_text("utf-8"),
        )
    }
    allowed = re.compile(
        r"safe\(|secret|\{key\}|link|address|PROGRAM|usage_hint|traceback|failure\.code|json\.dumps|\(script\)"
    )
    assert not [one for one in found if not allowed.search(one)], found
    reading = [path.name for path in CLI.glob("*.py") if "markup=True" in path.read_text("utf-8")]
    assert sorted(reading) == ["console.py", "up_welcome.py"], "of its own words alone"
