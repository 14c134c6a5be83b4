"""Telephones: one canonical number for each line, with or without the ninth digit."""

import enum
import re
from dataclasses import dataclass

import phonenumbers

from cogep_assist.core.brazil.typed_text import plain

MAX_CHARS = 60
# Area codes in use (Anatel, Plano Geral de Códigos Nacionais).
_AREA_CODE_TEXT = """
11 12 13 14 15 16 17 18 19 21 22 24 27 28 31 32 33 34 35 37 38 41 42 43 44 45 46 47 48 49 51 53 54
55 61 62 63 64 65 66 67 68 69 71 73 74 75 77 79 81 82 83 84 85 86 87 88 89 91 92 93 94 95 96 97 98
99
"""
AREA_CODES = frozenset(_AREA_CODE_TEXT.split())
_EXTENSION = re.compile(
    r"[ ,;(]{0,3}\b(?:ramal|ram|r|ext|x)[.: ]{0,3}[0-9]{1,6}\)?$", re.IGNORECASE
)
# "0xx61": the two letters stand for the carrier that one dials by.
_ANY_CARRIER = re.compile(r"^\(?0 ?xx[ )]?(?=\(?[1-9])", re.IGNORECASE)
_ALLOWED = re.compile(r"\+?[0-9 ().\-/]+")
_FREE = re.compile(r"0?([358]0[0-9])([0-9]{6,7})")
_EVERYWHERE = re.compile(r"(?:300[0-9]|400[0-9]|4020)[0-9]{4}")


class Line(enum.StrEnum):
    """What kind of line a number is."""

    MOBILE = "mobile"
    FIXED = "fixed"
    SERVICE = "service"
    ABROAD = "abroad"


@dataclass(frozen=True, slots=True)
class Phone:
    """A canonical number (E.164) and what kind of line it is."""

    e164: str
    line: Line


def normalize_phone(text: str, *, area_code: str | None = None) -> Phone | None:
    """Return the canonical number of a telephone, or None for what is none.

    A mobile of eight digits gets the ninth (Resolução Anatel 553/2010), so that both
    forms are one number. ``area_code`` completes a number that came without.
    """
    typed = _EXTENSION.sub("", plain(text).removeprefix("tel:").strip())
    typed = _ANY_CARRIER.sub("0", typed)
    if len(typed) > MAX_CHARS or not _ALLOWED.fullmatch(typed):
        return None
    digits = re.sub(r"\D", "", typed)
    if typed.startswith("+") and not digits.startswith("55"):
        return _abroad(digits)
    return _brazilian(digits, area_code)


def format_phone(e164: str) -> str:
    """Return a canonical number as people write it: ``(11) 98765-4321``."""
    if e164.startswith("+55") and len(e164) in {13, 14}:
        area, local = e164[3:5], e164[5:]
        if area in AREA_CODES:
            return f"({area}) {local[:-4]}-{local[-4:]}"
    try:
        parsed = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    style = (
        phonenumbers.PhoneNumberFormat.NATIONAL
        if parsed.country_code == 55
        else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )
    return phonenumbers.format_number(parsed, style)


def _brazilian(digits: str, area_code: str | None) -> Phone | None:
    service = _FREE.fullmatch(digits) or _EVERYWHERE.fullmatch(digits)
    if service:
        return Phone(f"+55{digits.removeprefix('0')}", Line.SERVICE)
    for national in _readings(digits, area_code):
        area, local = national[:2], national[2:]
        if area not in AREA_CODES:
            continue
        if len(local) == 9 and local[0] == "9":
            return Phone(f"+55{area}{local}", Line.MOBILE)
        if len(local) == 8 and local[0] in "6789":
            return Phone(f"+55{area}9{local}", Line.MOBILE)
        if len(local) == 8 and local[0] in "2345":
            return Phone(f"+55{area}{local}", Line.FIXED)
    return None


def _readings(digits: str, area_code: str | None) -> list[str]:
    """Return area code and number as the digits may be read, the likeliest first.

    Before them may stand 55, a zero, or a zero and the two digits of a carrier.
    """
    readings = [digits]
    if len(digits) > 11 and digits.startswith("55"):
        readings.append(digits[2:].removeprefix("0"))
    if digits.startswith("0"):
        readings += [digits[1:], digits[3:]]
    if area_code is not None and len(digits) in {8, 9}:
        readings.append(area_code + digits)
    return [reading for reading in readings if len(reading) in {10, 11}]


def _abroad(digits: str) -> Phone | None:
    try:
        parsed = phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    e164 = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return Phone(e164, Line.ABROAD)
