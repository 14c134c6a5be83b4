"""A letter to a person, as plain text and as simple HTML of the same words."""

import html
from collections.abc import Mapping
from dataclasses import dataclass

_STYLE = (
    "margin:0 auto;padding:24px 16px;max-width:600px;"
    "font-family:Verdana,Arial,sans-serif;font-size:16px;line-height:1.5;color:#1b2733"
)
_ASIDE = "font-size:13px;color:#5c6670"
_END = "margin-top:24px;padding-top:16px;border-top:1px solid #d6dde8;color:#5c6670"
_BUTTON = (
    "display:inline-block;padding:12px 20px;border-radius:8px;background:#1351b4;"
    "color:#ffffff;text-decoration:none;font-weight:bold"
)


@dataclass(frozen=True, slots=True)
class Letter:
    """What a letter says: whom it greets, its paragraphs, and one thing to do, if any."""

    subject: str
    name: str
    paragraphs: tuple[str, ...]
    action: tuple[str, str] | None = None
    closing: str = "COGEP Assist"
    # Said before the greeting: where a reply begins.
    above: str = ""
    # What a person wrote greets by itself.
    greets: bool = True


def mail_payload(letter: Letter, to: str) -> Mapping[str, str]:
    """Return what the outbox keeps of a letter to one address."""
    return {
        "to": to,
        "subject": letter.subject,
        "text": as_text(letter),
        "html": as_html(letter),
    }


def as_text(letter: Letter) -> str:
    """Return the letter as plain text."""
    parts = [letter.above] if letter.above else []
    parts += _said(letter)
    if letter.action is not None:
        label, address = letter.action
        parts.append(f"{label}:\n{address}")
    return "\n\n".join([*parts, letter.closing]) + "\n"


def as_html(letter: Letter) -> str:
    """Return the letter as HTML, without images, styles of others or anything that is fetched."""
    body = f'<p style="{_ASIDE}">{_lines(letter.above)}</p>' if letter.above else ""
    body += "".join(f"<p>{_lines(text)}</p>" for text in _said(letter))
    if letter.action is not None:
        label, address = (html.escape(part) for part in letter.action)
        body += f'<p><a href="{address}" style="{_BUTTON}">{label}</a></p>'
        body += f'<p style="{_ASIDE}">Se o botão não abrir, copie este endereço:<br>{address}</p>'
    return (
        '<!doctype html><html lang="pt-BR"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'</head><body style="{_STYLE}">{body}<p style="{_END}">{_lines(letter.closing)}</p>'
        "</body></html>"
    )


def _said(letter: Letter) -> list[str]:
    greeting = [f"Olá, {letter.name}!" if letter.name else "Olá!"] if letter.greets else []
    return [*greeting, *letter.paragraphs]


def _lines(text: str) -> str:
    return html.escape(text).replace("\n", "<br>")
