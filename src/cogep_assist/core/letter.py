"""A letter to a person, as plain text and as simple HTML of the same words."""

import html
from collections.abc import Mapping
from dataclasses import dataclass

_STYLE = "font-family:Verdana,Arial,sans-serif;font-size:16px;line-height:1.5;color:#1b2733"
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
    parts += [f"Olá, {letter.name}!" if letter.name else "Olá!", *letter.paragraphs]
    if letter.action is not None:
        label, address = letter.action
        parts.append(f"{label}:\n{address}")
    return "\n\n".join([*parts, letter.closing]) + "\n"


def as_html(letter: Letter) -> str:
    """Return the letter as HTML, without images, styles of others or anything that is fetched."""
    said = [letter.above] if letter.above else []
    said += [f"Olá, {letter.name}!" if letter.name else "Olá!", *letter.paragraphs]
    body = "".join(f"<p>{html.escape(text).replace(chr(10), '<br>')}</p>" for text in said)
    if letter.action is not None:
        label, address = (html.escape(part) for part in letter.action)
        body += f'<p><a href="{address}" style="{_BUTTON}">{label}</a></p>'
        body += f"<p>Se o botão não abrir, copie este endereço:<br>{address}</p>"
    return (
        '<!doctype html><html lang="pt-BR"><head><meta charset="utf-8"></head>'
        f'<body style="{_STYLE}">{body}<p>{html.escape(letter.closing)}</p></body></html>'
    )
