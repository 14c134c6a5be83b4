"""Every error that the code raises has its words, and every word its details."""

import ast
from dataclasses import dataclass, replace
from functools import cache
from string import Formatter

import pytest
from source_trees import nodes, source_trees

from cogep_assist.core.message import Message
from cogep_assist.core.messages import catalogue

CATALOGUE = catalogue()
# Filled in where the error is shown rather than where it is raised.
SUPPLIED_LATER = {"retry_after"}


@dataclass(frozen=True)
class Raised:
    """One ``AppError("code", ...)`` in the source."""

    code: str
    details: frozenset[str]
    open_ended: bool
    where: str


@cache
def raised() -> list[Raised]:
    found = []
    for path, tree in source_trees():
        for node in nodes(tree):
            if not isinstance(node, ast.Call) or not _is_app_error(node.func) or not node.args:
                continue
            details = frozenset(k.arg for k in node.keywords if k.arg is not None)
            open_ended = any(k.arg is None for k in node.keywords)
            where = f"{path}:{node.lineno}"
            found += [Raised(c, details, open_ended, where) for c in _codes(node.args[0])]
    return found


def _is_app_error(function: ast.expr) -> bool:
    name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
    return name == "AppError"


def _codes(argument: ast.expr) -> list[str]:
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return [argument.value]
    if isinstance(argument, ast.IfExp):
        return _codes(argument.body) + _codes(argument.orelse)
    return []


def placeholders(template: str) -> set[str]:
    return {
        field.split(".")[0].split("[")[0]
        for _, field, _, _ in Formatter().parse(template)
        if field is not None
    }


def test_the_scan_sees_the_code() -> None:
    assert len({error.code for error in raised()}) > 40


def test_errors_have_their_messages_and_their_details() -> None:
    unknown = [one.where for one in raised() if one.code not in CATALOGUE]
    assert not unknown, "they raise codes that no catalogue explains"
    wanting = {one.where: missing for one in raised() if (missing := _missing(one))}
    assert not wanting, "they do not supply these details"


def _missing(error: Raised) -> list[str]:
    if error.open_ended:
        return []
    message = CATALOGUE[error.code]
    needed = placeholders(message.text) | placeholders(message.remedy)
    return sorted(needed - error.details - SUPPLIED_LATER)


def test_messages_are_well_formed() -> None:
    wrong = {code: fault for code in CATALOGUE if (fault := _fault(code, CATALOGUE[code]))}
    assert not wrong


def _fault(code: str, message: Message) -> str:
    if code != code.lower() or not code.isascii():
        return "the code is not lower-case ASCII"
    # What "cogep doctor" says about a thing that is well is a message too, but no failure.
    if not (400 <= message.status < 600 or (code.startswith("doctor_") and message.status == 200)):
        return f"{message.status} is no status of a failure"
    if not (message.text[0].isupper() or message.text[0] in "“{"):
        return "the text begins like no sentence"
    if not message.text.rstrip().endswith((".", "}", ":")):
        return "the text ends like no sentence"
    if any("" in placeholders(template) for template in (message.text, message.remedy)):
        return "details are named, not numbered"
    return ""


@pytest.mark.parametrize(
    ("code", "status", "text"),
    [
        ("Maiúsculo", 404, "Um texto."),
        ("found", 200, "Um texto."),
        ("found", 404, "um texto."),
        ("found", 404, "Um texto"),
        ("found", 404, "Um {}."),
    ],
)
def test_a_message_that_is_not_would_be_noticed(code: str, status: int, text: str) -> None:
    assert _fault(code, replace(CATALOGUE["ticket_not_found"], status=status, text=text))
    assert not _fault("ticket_not_found", CATALOGUE["ticket_not_found"])
