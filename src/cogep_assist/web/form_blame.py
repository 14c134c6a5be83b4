"""Find the fields of a form that an error speaks of, by their names, their labels, its words."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lxml.html import HtmlElement

from cogep_assist.core.errors import AppError
from cogep_assist.web.form_fields import BLAMED, NAMES
from cogep_assist.web.page_words import page_text

_QUOTED = re.compile(r"“([^”]*)”")
_LEADING = re.compile(r"^“[^”]*” ")


@dataclass(frozen=True, slots=True)
class Control:
    """A field of a form: its element, its name, the words of its label."""

    element: HtmlElement
    name: str
    label: str


def blamed_fields(error: AppError) -> list[dict[str, Any]]:
    """Return what a script needs to mark a form that stayed on its page: names and reasons."""
    named = [
        {"field": name, "names": [_plain(name), *NAMES.get(_plain(name), ())], "reason": reason}
        for name, reason in reasons_of(error)
    ]
    if error.code in BLAMED:
        named.append({"field": "", "names": BLAMED[error.code], "reason": short_words(error)})
    return named


def blamed(
    controls: Sequence[Control], error: AppError, sent: Mapping[str, Sequence[str]]
) -> Iterator[tuple[Control, str]]:
    """Give the fields that an error speaks of, each with what is wrong in the form's words."""
    found = False
    for name, reason in reasons_of(error):
        control = named_control(controls, name)
        if control is not None:
            found = True
            yield control, in_form_words(reason, {name: control})
    if not found:
        control = _of_code(controls, error.code, sent)
        if control is not None:
            yield control, short_words(error)


def reasons_of(error: AppError) -> Iterator[tuple[str, str]]:
    """Give the fields that an error names, and what is wrong with each."""
    fields = error.details.get("fields")
    if isinstance(fields, list):
        for one in fields:
            if isinstance(one, Mapping) and "field" in one:
                yield str(one["field"]), str(one.get("reason") or page_text(error))
    elif isinstance(error.details.get("field"), str):
        reason = _LEADING.sub("", str(error.details.get("reason") or page_text(error)))
        yield error.details["field"].strip("“”"), reason


def named_control(controls: Sequence[Control], name: str) -> Control | None:
    """Find a field by its name, by what use-cases call it, or by its label."""
    labelled = _folded(name)
    for wanted in (_plain(name), *NAMES.get(_plain(name), ())):
        for control in controls:
            if control.name == wanted:
                return control
    for control in controls:
        if labelled and labelled == _folded(control.label):
            return control
    return None


def _plain(name: str) -> str:
    return name.partition("[")[0].rpartition(".")[2]


def _of_code(
    controls: Sequence[Control], code: str, sent: Mapping[str, Sequence[str]]
) -> Control | None:
    """Find the field that a code speaks of; of several, one that was filled in."""
    named = [one for name in BLAMED.get(code, ()) for one in controls if one.name == name]
    filled = [one for one in named if any(value.strip() for value in sent.get(one.name, ()))]
    return next(iter(filled or named), None)


def _folded(text: str) -> str:
    parts = unicodedata.normalize("NFD", text.lower())
    return " ".join("".join(one for one in parts if not unicodedata.combining(one)).split())


def in_form_words(text: str, labels: Mapping[str, Control]) -> str:
    """Call the fields that a text names as the form calls them."""

    def word(quoted: re.Match[str]) -> str:
        known = labels.get(quoted[1])
        return f"“{known.label}”" if known and known.label else quoted[0]

    return _QUOTED.sub(word, text)


def short_words(error: AppError) -> str:
    """Return what is wrong without the words that a program's request needs around it."""
    reason = error.details.get("reason")
    if error.code != "request_invalid" or not isinstance(reason, str):
        return page_text(error)
    return f"{reason[:1].upper()}{reason[1:]}."
