"""Part what somebody wrote now from what they quote, and from their signature (pure).

The line that our own letters bear is the surest sign; then the ways in which mail programs
introduce a quotation, in Portuguese and English.
"""

import re

MARKER = "— Para responder, escreva acima desta linha —"
MAX_LINES = 20_000
_LONGEST_OPENING = 2_000
_MARKER = re.compile(r"[>\s]*—?\s*Para responder, escreva acima desta linha")
_WROTE = re.compile(
    r"[>\s]*(?:Em|No dia|On|Le|El)\b.{4,300}\b(?:escreveu|wrote|a écrit|escribió)\s*:\s*$",
    re.IGNORECASE,
)
_WROTE_BEGINS = re.compile(r"[>\s]*(?:Em|No dia|On)\s.{4,200}$", re.IGNORECASE)
_DIVIDER = re.compile(
    r"\s*(?:-{3,}|_{3,}|\*{3,})?\s*(?:Mensagem original|Mensagem encaminhada|Original Message|"
    r"Forwarded message)\s*(?:-{3,}|_{3,}|\*{3,})?\s*$",
    re.IGNORECASE,
)
_OUTLOOK_FIRST = re.compile(r"\s*\*?(?:De|From)\s*:\*?\s*\S", re.IGNORECASE)
_OUTLOOK_NEXT = re.compile(
    r"\s*\*?(?:Enviad[oa](?: em)?|Data|Sent|Date|Para|To|Assunto|Subject|Cc)\s*:", re.IGNORECASE
)
_RULE = re.compile(r"\s*_{10,}\s*$")
_SIGNATURE = re.compile(r"-- ?$")
_MOBILE = re.compile(
    r"\s*(?:Enviad[oa] (?:a partir )?(?:d[oe]|via|pel[oa])|Sent from|Obter o Outlook|Get Outlook)\b"
    r".{0,80}$",
    re.IGNORECASE,
)


def split_quoted(text: str) -> tuple[str, str]:
    """Return what was written now, and the rest; a message that only quotes is kept whole."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    cut = _first_quoted(lines[:MAX_LINES])
    if cut == MAX_LINES:
        # Too long to be looked through: what lies beyond is kept as it is.
        return text.strip(), ""
    said, rest = lines[:cut], lines[cut:]
    end = _signature(said)
    said, rest = said[:end], said[end:] + rest
    # Somebody who answers between the lines of a quotation: all of it is what they wrote.
    if _answers_inside(rest):
        return text.strip(), ""
    visible = "\n".join(said).strip()
    return (visible, "\n".join(rest).strip()) if visible else (text.strip(), "")


def _first_quoted(lines: list[str]) -> int:
    told = [_told(line) for line in lines]
    quoted_from = _quoted_to_the_end(lines)
    for number, line in enumerate(told):
        if _MARKER.match(line) or _DIVIDER.match(line) or _WROTE.match(line):
            return number
        following = told[number + 1 : number + 4]
        if _WROTE_BEGINS.match(line) and following and _WROTE.match(f"{line} {following[0]}"):
            return number
        if _OUTLOOK_FIRST.match(line) and sum(map(bool, map(_OUTLOOK_NEXT.match, following))) >= 2:
            return number
        if _RULE.match(line) and any(map(_OUTLOOK_FIRST.match, following[:2])):
            return number
        if number >= quoted_from and lines[number].startswith(">"):
            return number
    return len(lines)


def _told(line: str) -> str:
    """Return a line with single blanks, "" for one longer than any that introduces a quotation.

    A line may be a megabyte of blanks, which each of the patterns would try from everywhere.
    """
    return " ".join(line.split()) if len(line) <= _LONGEST_OPENING else ""


def _quoted_to_the_end(lines: list[str]) -> int:
    """Return from which line on all are quoted or empty."""
    number = len(lines)
    while number and (not lines[number - 1].strip() or lines[number - 1].startswith(">")):
        number -= 1
    return number


def _signature(lines: list[str]) -> int:
    """Return where the signature begins, looked for near the end."""
    for number in range(len(lines) - 1, max(-1, len(lines) - 30), -1):
        if _SIGNATURE.match(lines[number]):
            return number
    last = len(lines)
    while last and not lines[last - 1].strip():
        last -= 1
    return last - 1 if last and _MOBILE.match(_told(lines[last - 1])) else len(lines)


def _answers_inside(rest: list[str]) -> bool:
    """Whether unquoted words follow quoted lines that are marked by a sign at their beginning."""
    quoted = [number for number, line in enumerate(rest) if line.startswith(">")]
    if not quoted:
        return False
    between = rest[quoted[0] : quoted[-1]]
    return any(line.strip() and not line.startswith(">") for line in between)
