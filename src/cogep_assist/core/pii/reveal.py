"""Put back what markers stand for: in streams cut anywhere, in JSON, as models miswrite them.

A model may write a marker in small letters, with blanks or dashes for underscores, with accents,
in another language, without its brackets, escaped for Markdown or JSON, in the plural. Its nonce
and number tell it all the same; what is put back is never read again, and markers of other
conversations stay as they are.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from unicodedata import combining, normalize

from cogep_assist.core.pii.pseudonyms import CLOSE, OPEN

_OPENING = rf"(?:{OPEN}|\\u27[eE]6|\[\[)"
_CLOSING = rf"(?:{CLOSE}|\\u27[eE]7|\]\])"
_SIGN = "[_\\s:\uff3f\u2010-\u2015-]"
_UNSEEN = "[\u200b-\u200d\u2060\ufeff]"
_JOINT = rf"(?:\\|{_UNSEEN}){{0,2}}{_SIGN}{_UNSEEN}?"
_LONGEST = 72
_ACCENTED = {"A": "[AÁÂÃÀ]", "C": "[CÇ]", "E": "[EÉÊ]", "I": "[IÍ]", "O": "[OÓÔÕ]", "U": "[UÚ]"}
_OTHER_LANGUAGES = {
    "PESSOA": "PERSON PERSONA",
    "TELEFONE": "PHONE TELEPHONE TELEFONO",
    "ENDERECO": "ADDRESS DIRECCION",
    "NASCIMENTO": "BIRTH BIRTH_DATE BIRTHDATE NACIMIENTO",
    "CARTAO": "CARD TARJETA",
    "CONTA": "ACCOUNT CUENTA",
    "AGENCIA": "AGENCY BRANCH",
    "PLACA": "PLATE",
    "PASSAPORTE": "PASSPORT PASAPORTE",
    "TITULO_ELEITOR": "VOTER_ID",
    "CARTAO_SUS": "HEALTH_CARD",
    "CHAVE_PIX": "PIX_KEY",
    "PROCESSO": "CASE PROCESO",
    "BOLETO": "PAYMENT_SLIP",
}
# Where a piece may be the beginning of a marker: at a bracket, a backslash, or a word.
_BEGINNINGS = re.compile(r"[⟦\\\[]|(?<![A-Za-z0-9])[A-Za-z]")
_JSON_BEGINS = re.compile(r"\s*(?:```(?:json)?\s*)?(?:\{\s*[\"}]|\[\s*[\"\[{\]])")
_JSON_MAY_BEGIN = re.compile(r"\s*(?:`{0,3}|```j?s?o?n?\s*|(?:```(?:json)?\s*)?[\[{]\s*)\Z")


class Revealer:
    """Reveals one stream: feed it pieces, then take the rest.

    ``json_text`` says whether surfaces are escaped as JSON asks; None lets the beginning of the
    stream tell.
    """

    def __init__(self, surfaces: Mapping[str, str], *, json_text: bool | None = None) -> None:
        told = _translated(surfaces)
        self._surfaces = {_key(name): surface for name, surface in told.items()}
        self._pattern = _pattern(told) if told else None
        self._prefixes = _prefixes(self._surfaces)
        self._json = json_text
        self._rest = self._before = ""

    def feed(self, text: str) -> str:
        """Return what can be told already; what may begin a marker is held back."""
        if self._pattern is None:
            return text
        self._rest += text
        if self._json is None and not self._told_form():
            return ""
        cut = self._held_from()
        told, self._rest = self._rest[:cut], self._rest[cut:]
        return self._revealed(told)

    def finish(self) -> str:
        """Return what was held back."""
        told, self._rest = self._rest, ""
        if self._json is None:
            self._json = bool(_JSON_BEGINS.match(told))
        return self._revealed(told)

    def _told_form(self) -> bool:
        """Learn from the beginning whether this is JSON; False while it cannot be told."""
        if _JSON_BEGINS.match(self._rest):
            self._json = True
        elif not _JSON_MAY_BEGIN.match(self._rest):
            self._json = False
        return self._json is not None

    def _held_from(self) -> int:
        """Return where the end begins that more text might make a marker, or a longer one."""
        start = max(len(self._rest) - _LONGEST, 0)
        word_goes_on = not start and self._before.isalnum()
        for found in _BEGINNINGS.finditer(self._rest, start):
            if found.start() == 0 and word_goes_on and found[0].isalpha():
                continue
            if _key(self._rest[found.start() :]) in self._prefixes:
                return found.start()
        return len(self._rest)

    def _revealed(self, text: str) -> str:
        if self._pattern is None or not text:
            return text
        # A letter told before makes a word of what follows it, and no marker.
        before, self._before = self._before, text[-1]
        return self._pattern.sub(self._surface, before + text)[len(before) :]

    def _surface(self, found: re.Match[str]) -> str:
        surface = self._surfaces.get(_key(found["name"]))
        if surface is None:
            return found[0]
        told = json.dumps(surface, ensure_ascii=False)[1:-1] if self._json else surface
        # Two brackets that nothing opened belong to the text around, such as a list.
        close = found["close"] or ""
        others = close if close.endswith("]") and not found["open"] else ""
        return told + (found["plural"] or "") + others


def reveal(text: str, surfaces: Mapping[str, str]) -> str:
    """Return a whole text with what its markers stand for."""
    revealer = Revealer(surfaces, json_text=False)
    return revealer.feed(text) + revealer.finish()


def reveal_json(value: Any, surfaces: Mapping[str, str]) -> Any:
    """Return a JSON value with what markers in its strings and keys stand for."""
    if isinstance(value, str):
        return reveal(value, surfaces)
    if isinstance(value, list):
        return [reveal_json(each, surfaces) for each in value]
    if isinstance(value, dict):
        return {reveal(k, surfaces): reveal_json(each, surfaces) for k, each in value.items()}
    return value


def _translated(surfaces: Mapping[str, str]) -> Mapping[str, str]:
    """Return markers with those whose kind a model put into English or Spanish.

    Nonce and number are this conversation's own all the same; a marker given out wins.
    """
    found: dict[str, str] = {}
    for name, surface in surfaces.items():
        tag, nonce, number = name.rsplit("_", 2)
        for other in _OTHER_LANGUAGES.get(tag, "").split():
            found[f"{other}_{nonce}_{number}"] = surface
    return found | dict(surfaces)


def _pattern(names: Iterable[str]) -> re.Pattern[str]:
    """Match these markers alone, longest first, as models may write them."""
    written = (
        _JOINT.join("".join(map(_letter, part)) for part in name.split("_"))
        for name in sorted(names, key=len, reverse=True)
    )
    either = "|".join(written)
    return re.compile(
        rf"(?:(?P<open>{_OPENING}\s?)|(?<![A-Za-z0-9]))(?P<name>{either})(?![0-9])"
        rf"(?P<plural>'?s(?={_CLOSING}))?(?P<close>\s?{_CLOSING})?",
        re.IGNORECASE,
    )


def _letter(letter: str) -> str:
    """Match a letter with or without its accent: models write CARTÃO where CARTAO was given."""
    return _ACCENTED.get(letter, re.escape(letter))


def _key(written: str) -> str:
    bare = re.sub(rf"^{_OPENING}\s?|\s?{_CLOSING}$", "", written)
    seen = re.sub(_UNSEEN, "", bare.replace("\\", "")).upper()
    if not seen.isascii():
        seen = "".join(c for c in normalize("NFD", seen) if not combining(c))
    return re.sub(_SIGN, "_", seen)


def _prefixes(keys: Iterable[str]) -> frozenset[str]:
    """Return every beginning of every key, and of the brackets before and after it."""
    found = {"", "\\U", "U", "U2", "U27", "U27E", "["}
    for key in keys:
        found.update(key[:length] for length in range(1, len(key) + 1))
        found.update(key + end for end in ("_", "S", "'", "'S", "]", "U", "U2", "U27", "U27E"))
    return frozenset(found)
