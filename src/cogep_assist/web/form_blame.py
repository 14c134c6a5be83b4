"""Find the fields of a form that an error speaks of, by their names, their labels, its words."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from cogep_assist.core.errors import AppError

# What use-cases call the fields that forms call otherwise, and that no label names.
NAMES = {
    "subject": "assunto",
    "body": "texto",
    "name": "nome",
    "title": "titulo",
    "description": "descricao",
    "steps": "resposta",
    "email": "email",
    "question": "pergunta",
    "url": "endereco",
    "events": "eventos",
    "file": "file",
    "asks_per_minute": "por_minuto",
    "changes": "consequencias",
    "text": "texto",
    "mensagens": "mensagem",
    "chamados": "marcado",
    "outro cliente": "outro",
    "cliente": "busca_cliente",
    "data e hora": "ate",
    "tags": "etiquetas",
    "período": "de",
}
_WORD = re.compile(r"\w+(?:-\w+)*")
_QUOTED = re.compile(r"“([^”]*)”")
_LEADING = re.compile(r"^“[^”]*” ")


@dataclass(frozen=True, slots=True)
class Control:
    """A field of a form: its element, its name, the words of its label."""

    element: HtmlElement
    name: str
    label: str


def blamed_fields(error: AppError) -> list[dict[str, str]]:
    """Return what a script needs to mark a form that stayed on its page: names and reasons."""
    return [
        {
            "field": name,
            "name": _plain(name),
            "other": NAMES.get(_plain(name), ""),
            "reason": reason,
        }
        for name, reason in reasons_of(error)
    ]


def blamed(controls: Sequence[Control], error: AppError) -> Iterator[tuple[Control, str]]:
    """Give the fields that an error speaks of, each with what is wrong in the form's words."""
    reasons = list(reasons_of(error))
    for name, reason in reasons:
        control = named_control(controls, name)
        if control is not None:
            yield control, in_form_words(reason, {name: control})
    if not reasons:
        control = _spoken_of(controls, error.text)
        if control is not None:
            yield control, error.text


def reasons_of(error: AppError) -> Iterator[tuple[str, str]]:
    """Give the fields that an error names, and what is wrong with each."""
    fields = error.details.get("fields")
    if isinstance(fields, list):
        for one in fields:
            if isinstance(one, Mapping) and "field" in one:
                yield str(one["field"]), str(one.get("reason") or error.text)
    elif isinstance(error.details.get("field"), str):
        reason = _LEADING.sub("", str(error.details.get("reason") or error.text))
        yield error.details["field"].strip("“”"), reason


def named_control(controls: Sequence[Control], name: str) -> Control | None:
    """Find a field by its name, by what use-cases call it, or by its label."""
    wanted = {_plain(name), NAMES.get(_plain(name), "")}
    labelled = _folded(name)
    for control in controls:
        if control.name in wanted:
            return control
    for control in controls:
        if labelled and labelled == _folded(control.label):
            return control
    return None


def _plain(name: str) -> str:
    return name.partition("[")[0].rpartition(".")[2]


def _spoken_of(controls: Sequence[Control], text: str) -> Control | None:
    """Find the field whose label or name an error's words hold; the only one where it is alone."""
    typed = [one for one in controls if one.element.get("type") not in {"checkbox", "radio"}]
    said = _stems(text)
    for controls_words in ([(one.label, one) for one in typed], [(one.name, one) for one in typed]):
        for words, control in sorted(controls_words, key=lambda pair: -len(pair[0])):
            stems = _stems(words)
            if stems.strip() and stems in said:
                return control
    written = [one for one in typed if one.element.tag != "select"]
    return written[0] if len(written) == 1 else None


def _stems(text: str) -> str:
    """Return the words of a text, each between spaces, without accents, hyphens, plurals."""
    words = _WORD.findall(_folded(text))
    return f" {' '.join(word.replace('-', '').removesuffix('s') for word in words)} "


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
        return error.text
    return f"{reason[:1].upper()}{reason[1:]}."
