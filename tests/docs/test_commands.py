"""What the documents tell people to type exists: commands, options and targets of make."""

import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from cogep_assist.cli import app as cogep
from cogep_assist.core.messages import catalogue

ROOT = Path(__file__).resolve().parents[2]
# Between backticks, or a line of a block; up to a pipe, a redirection or a comment.
TYPED = re.compile(r"(?m)(?:^ *|`)(?:\$ |\.venv/bin/|sudo -u \w+ )?cogep ([a-z][^`\n|>#;&]*)")
MADE = re.compile(r"(?m)(?:^|`)make ([a-z][\w-]*)")


def pages() -> list[Path]:
    written = [*ROOT.glob("*.md"), *(ROOT / "bench").glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    return [page for page in written if page.name not in {"erros.md", "CHANGELOG.md"}]


@cache
def command(name: str) -> Any:
    return cogep.load_command(name, cogep.COMMANDS[name])


def mistakes(line: str) -> Iterator[str]:
    try:
        name, *words = shlex.split(line)
    except ValueError:
        # A quotation that goes on in the next line.
        name, *words = line.split()
    if name not in cogep.COMMANDS:
        yield f"cogep {name}"
        return
    found = command(name)
    while words and words[0] in getattr(found, "commands", {}):
        found, words = found.commands[words[0]], words[1:]
    known = {option for one in found.params for option in (*one.opts, *one.secondary_opts)}
    for word in words:
        option = word.split("=")[0].rstrip(".,:")
        if re.match(r"--?[a-z]", option) and option not in known | {"--help"}:
            yield f"cogep {line.strip()}: {option}"


def test_commands_and_options_exist() -> None:
    typed = [(page, line) for page in pages() for line in TYPED.findall(page.read_text("utf-8"))]
    assert len(typed) > 150
    wrong = [f"{page.relative_to(ROOT)}: {one}" for page, line in typed for one in mistakes(line)]
    assert not wrong


def test_commands_in_the_messages_exist() -> None:
    told = [(code, f"{one.text} {one.remedy}") for code, one in catalogue().items()]
    lines = [(code, line) for code, text in told for line in named_in(text)]
    assert len(lines) > 50
    wrong = [f"{code}: {one}" for code, line in lines for one in mistakes(line)]
    assert not wrong
    assert list(mistakes("jobs retry --sem-opcao"))
    assert list(mistakes("sumir"))


def named_in(text: str) -> list[str]:
    """Return the commands that a message names: quoted whole, or by their first word."""
    lines = [re.sub(r"\{\w+\}", "X", line) for line in re.findall(r"“cogep ([^”]+)”", text)]
    return lines + re.findall(r"(?:[Rr]ode|[Ff]aça|[Uu]se|com) cogep ([a-z]+)", text)


def test_targets_of_make_exist() -> None:
    rules = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"(?m)^([a-z][\w-]*):", rules))
    benches = {f"bench-{file.stem}" for file in (ROOT / "bench").glob("*.py")}
    named = {target for page in pages() for target in MADE.findall(page.read_text("utf-8"))}
    assert "up" in named
    assert not named - targets - benches
