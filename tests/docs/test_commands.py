"""Every command that the documents and the messages name exists, with its options."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cogep_assist.cli.app import build
from cogep_assist.core.messages import catalogue

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
COMMAND = build()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_in_the_documents_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    wrong = [line for line in _command_lines(text) if not _exists(line)]
    assert wrong == []


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_commands_in_the_messages_exist(code: str) -> None:
    text = f"{catalogue()[code].text} {catalogue()[code].remedy}"
    lines = [re.sub(r"\{\w+\}", "X", line) for line in re.findall(r"“(cogep [^”]+)”", text)]
    lines += re.findall(r"(?:[Rr]ode|[Ff]aça|[Uu]se|com) (cogep [a-z]+)", text)
    assert [line for line in lines if not _exists(line)] == []


@pytest.mark.parametrize(
    "line", ["cogep nada", "cogep jobs sumir", "cogep link --sem-opcao", "cogep key create --quiet"]
)
def test_a_wrong_command_would_be_noticed(line: str) -> None:
    assert not _exists(line)


def _command_lines(text: str) -> Iterator[str]:
    for block in re.findall(r"^```(?:bash|powershell)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE):
        for line in block.replace("\\\n", " ").splitlines():
            # The command in $(...) counts too, and what is piped after it does not.
            found = re.search(r"((?:\.venv[/\\]\w+[/\\])?\bcogep [^)|]+)", line)
            if found and not re.match(r"\w+=\w+://|.*apt-get|.*useradd", line):
                yield found[1]
    without_blocks = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    yield from re.findall(r"`(cogep [a-z][^`]*)`", without_blocks)


def _exists(line: str) -> bool:
    """Walk from group to command, then look for each option and count what is required."""
    words = shlex.split(line, posix="\\" not in line)[1:]
    command: Any = COMMAND
    # A group may take options of its own, as ``cogep jobs --watch`` does.
    while words and hasattr(command, "get_command") and not words[0].startswith("-"):
        command = command.get_command(None, words[0])
        if command is None:
            return False
        words = words[1:]
    if hasattr(command, "get_command") and not words:
        return True
    options = {name: p for p in command.params for name in [*p.opts, *p.secondary_opts]}
    given = [word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)]
    required = sum(p.param_type_name == "argument" and p.required for p in command.params)
    plain = len(words) - len(given)
    return all(name in {*options, "--help"} for name in given) and (
        not words or plain >= required or "--help" in given
    )
