"""Every error that the code raises has its words, and every word its details."""

import ast
from dataclasses import dataclass
from string import Formatter

import pytest
from source_trees import source_trees

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


def raised() -> list[Raised]:
    found = []
    for path, tree in source_trees():
        for node in ast.walk(tree):
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


RAISED = raised()


def test_the_scan_sees_the_code() -> None:
    assert len({error.code for error in RAISED}) > 40


@pytest.mark.parametrize("error", RAISED, ids=lambda error: f"{error.code}@{error.where}")
def test_error_has_its_message_and_its_details(error: Raised) -> None:
    assert error.code in CATALOGUE, f"{error.where} raises a code that no catalogue explains"
    if error.open_ended:
        return
    message = CATALOGUE[error.code]
    needed = placeholders(message.text) | placeholders(message.remedy)
    missing = needed - error.details - SUPPLIED_LATER
    assert not missing, f"{error.where} does not supply {sorted(missing)}"


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_message_is_well_formed(code: str) -> None:
    message = CATALOGUE[code]
    assert code == code.lower()
    assert code.isascii()
    # What "cogep doctor" says about a thing that is well is a message too, but no failure.
    assert 400 <= message.status < 600 or (code.startswith("doctor_") and message.status == 200)
    assert message.text[0].isupper() or message.text[0] in "“{"
    assert message.text.rstrip().endswith((".", "}", ":"))
    for template in (message.text, message.remedy):
        assert "" not in placeholders(template), "details are named, not numbered"
