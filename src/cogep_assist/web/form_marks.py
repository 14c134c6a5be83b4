"""Write into a page's form what was typed, and beside its fields what is wrong with it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from lxml.html import HtmlElement, document_fromstring, fromstring, tostring

from cogep_assist.core.errors import AppError
from cogep_assist.web.form_blame import (
    Control,
    blamed,
    in_form_words,
    named_control,
    reasons_of,
    short_words,
)
from cogep_assist.web.page_words import page_remedy

EMPTY = "preencha este campo"
# What the server chose stays as it is; secrets and files are never given back.
NOT_TYPED = {"hidden", "password", "file", "submit", "button", "image", "reset"}
_CARD = "<div class='notice bad' role='alert'><h2></h2><p></p></div>"
_ASIDE = re.compile(r"\([^)]*\)|\*")


def give_back(
    page: str, here: str, action: str, sent: Mapping[str, Sequence[str]], error: AppError
) -> str:
    """Return the page with the form at ``action`` filled and marked; "" where it has no such form.

    ``here``: the page's own path, which a form without an action is sent to.
    """
    root = document_fromstring(page)
    form = _form(root, here, action, sent)
    if form is None:
        return ""
    _fill(form, sent, only_empty=error.status == 412)
    found = _mark(form, sent, error)
    _tell(root, form, found, error)
    _open(form)
    return _written(root)


def mark_page(page: str, action: str, sent: Mapping[str, Sequence[str]], error: AppError) -> str:
    """Return a page that tells an error already, with its form filled and marked as well."""
    return give_back(page, action, action, sent, error) or page


def _form(
    root: HtmlElement, here: str, action: str, sent: Mapping[str, Sequence[str]]
) -> HtmlElement | None:
    """Find the form that was sent: of several with one address, the one that fits best."""
    best, most = None, -1
    for form in root.iter("form"):
        if urlsplit(form.get("action") or here).path != action:
            continue
        hidden = [one for one in form.iter("input") if one.get("type") == "hidden"]
        own = [one for one in hidden if one.get("name") not in (None, "csrf_token", "chave")]
        if any(one.get("value", "") not in sent.get(one.get("name"), ()) for one in own):
            fits = 0
        else:
            fits = 1 + len(own)
        fits = fits * 100 + sum(control.name in sent for control in _controls(form))
        if fits > most:
            best, most = form, fits
    return best


def _controls(form: HtmlElement) -> Iterator[Control]:
    for one in form.iter("input", "select", "textarea"):
        if one.get("name") and one.get("type") not in {"hidden", "submit", "button", "image"}:
            yield Control(one, one.get("name"), _label(form, one))


def _label(form: HtmlElement, element: HtmlElement) -> str:
    if element.get("type") in {"checkbox", "radio"}:
        group = next(element.iterancestors("fieldset"), None)
        words = group.find("legend") if group is not None else None
        if words is not None:
            return _words(words)
    for label in form.iter("label"):
        if label.get("for") == element.get("id") and element.get("id"):
            return _words(label)
    around = next(element.iterancestors("label"), None)
    return _words(around) if around is not None else ""


def _words(element: HtmlElement) -> str:
    return " ".join(_ASIDE.sub(" ", str(element.text_content())).split())


def _fill(form: HtmlElement, sent: Mapping[str, Sequence[str]], *, only_empty: bool) -> None:
    """Put back what was typed. ``only_empty``: another person's newer values stay in sight."""
    places: dict[str, int] = {}
    for one in _controls(form):
        kind = one.element.get("type", "")
        if kind in NOT_TYPED:
            continue
        values = sent.get(one.name, ())
        if kind in {"checkbox", "radio"}:
            if not only_empty:
                _tick(one.element, values)
            continue
        place = places[one.name] = places.get(one.name, -1) + 1
        if place < len(values):
            _put(one.element, values[place], only_empty=only_empty)


def _tick(element: HtmlElement, values: Sequence[str]) -> None:
    if element.get("value", "on") in values:
        element.set("checked", "checked")
    elif "checked" in element.attrib:
        del element.attrib["checked"]


def _put(element: HtmlElement, value: str, *, only_empty: bool) -> None:
    value = "".join(one for one in value if one in "\n\t\r" or ord(one) >= 32)
    if element.tag == "select":
        options = list(element.iter("option"))
        if only_empty or value not in [_option(one) for one in options]:
            return
        for option in options:
            option.attrib.pop("selected", None)
            if _option(option) == value:
                option.set("selected", "selected")
    elif element.tag == "textarea":
        if not only_empty or not (element.text or "").strip():
            # A browser takes the first line break away.
            element.text = f"\n{value}"
    elif not only_empty or not element.get("value"):
        element.set("value", value)


def _option(option: HtmlElement) -> str:
    return str(option.get("value", (option.text or "").strip()))


def _mark(
    form: HtmlElement, sent: Mapping[str, Sequence[str]], error: AppError
) -> list[tuple[Control, str]]:
    """Mark the fields that an error speaks of, and those that had to be filled in."""
    controls = list(_controls(form))
    found = list(blamed(controls, error, sent))
    known = {control.element for control, _ in found}
    empty = [one for one in controls if one.element not in known and _left_empty(one, sent)]
    found = [
        (one, EMPTY if error.code == "request_invalid" and _left_empty(one, sent) else reason)
        for one, reason in found
    ]
    found += [(one, EMPTY) for one in empty]
    for number, (control, reason) in enumerate(found):
        _note(control.element, reason, number)
    return found


def _left_empty(control: Control, sent: Mapping[str, Sequence[str]]) -> bool:
    kind = control.element.get("type")
    if "required" not in control.element.attrib or kind in {"checkbox", "radio", *NOT_TYPED}:
        return False
    return not any(value.strip() for value in sent.get(control.name, ()))


def _note(element: HtmlElement, reason: str, number: int) -> None:
    """Write what is wrong below a field, and join the two for who hears the page."""
    if not element.get("id"):
        element.set("id", f"campo-errado-{number}")
    if element.get("aria-invalid") == "true":
        return
    note = fromstring("<p class='field-error'></p>")
    note.set("id", f"{element.get('id')}-erro")
    note.text = reason
    described = element.get("aria-describedby")
    element.set(
        "aria-describedby", f"{described} {note.get('id')}" if described else note.get("id")
    )
    element.set("aria-invalid", "true")
    beside = element
    if element.get("type") in {"checkbox", "radio"}:
        group = next(element.iterancestors("fieldset"), None)
        beside = group if group is not None else next(element.iterancestors("label"), element)
    beside.addnext(note)
    # What stood behind the field in the text stays there.
    note.tail, beside.tail = beside.tail, None


def _tell(
    root: HtmlElement,
    form: HtmlElement,
    found: Sequence[tuple[Control, str]],
    error: AppError,
) -> None:
    """Say above the form what is wrong, with a link to each field."""
    main = root.get_element_by_id("conteudo", root)
    told = [one for one in main.iter("div") if one.get("role") == "alert"]
    box = told[0] if told else fromstring(_CARD)
    if not told:
        form.addprevious(box)
    named = {name: named_control([one for one, _ in found], name) for name, _ in reasons_of(error)}
    labels = {name: one for name, one in named.items() if one is not None}
    texts = (short_words(error), page_remedy(error))
    if len(found) > 1 and all(reason == EMPTY for _, reason in found):
        texts = (f"Falta preencher {len(found)} campos.", "O que você escreveu está mantido.")
    for part, text in zip((*box.iter("h2"), *box.iter("p")), texts, strict=False):
        part.text = in_form_words(text, labels)
    if len(found) > 1:
        box.append(_links(found))


def _links(found: Sequence[tuple[Control, str]]) -> HtmlElement:
    links = fromstring("<ul class='plain'></ul>")
    for control, reason in found:
        link = fromstring("<a></a>")
        link.set("href", f"#{control.element.get('id')}")
        link.text = f"{control.label}: {reason}" if control.label else reason
        item = fromstring("<li></li>")
        item.append(link)
        links.append(item)
    return links


def _open(form: HtmlElement) -> None:
    for details in form.iterancestors("details"):
        details.set("open", "open")
    for one in form.iter("details"):
        if any(inner.get("aria-invalid") for inner in one.iter("input", "select", "textarea")):
            one.set("open", "open")


def _written(root: HtmlElement) -> str:
    return str(tostring(root, encoding="unicode", doctype="<!doctype html>"))
