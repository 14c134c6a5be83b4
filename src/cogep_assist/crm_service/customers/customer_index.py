"""What a customer is found by: words and numbers for search, keys for duplicates. Pure.

PostgreSQL's own ``tsvector`` holds the words, made here: no dictionary and no extension.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cogep_assist.core.brazil.email_address import mailbox
from cogep_assist.core.brazil.names import fold_name, name_words, sound, telling_words
from cogep_assist.core.models import ContactKind, CustomerKind

# Marks a lexeme that is a word's sound and not its letters.
SOUND = "~"
MAX_LEXEME_CHARS = 120


@dataclass(frozen=True, slots=True)
class CustomerIndex:
    """The columns that are made from the others, and the words of the names."""

    sort_key: str
    search: str
    match_keys: list[int]
    words: list[str]


def index_customer(
    columns: Mapping[str, Any], contacts: Iterable[tuple[ContactKind, str]]
) -> CustomerIndex:
    """Make a customer's index from its columns and the canonical forms of its contacts."""
    reached = list(contacts)
    names = [columns["name"], columns.get("social_name") or ""]
    words = sorted({word for name in names for word in name_words(name)})
    shown = columns.get("social_name") if columns["kind"] is CustomerKind.PERSON else None
    return CustomerIndex(
        sort_key=fold_name(shown or columns["name"])[:MAX_LEXEME_CHARS],
        search=tsvector(_lexemes(columns, words, reached)),
        match_keys=sorted({_hashed(key) for key in match_keys(columns, reached)}),
        words=known_words(*names),
    )


def known_words(*names: str | None) -> list[str]:
    """Return the words of names that are kept to find the nearest to a wrong one."""
    words = {word for name in names if name for word in name_words(name)}
    return sorted(w for w in words if w.isascii() and w.isalpha() and len(w) > 2)


def tsvector(lexemes: Iterable[str]) -> str:
    """Write lexemes as the text of a tsvector."""
    return " ".join(sorted({quoted(lexeme) for lexeme in lexemes if lexeme}))


def quoted(lexeme: str) -> str:
    """Quote a lexeme for a tsvector or a tsquery."""
    doubled = lexeme[:MAX_LEXEME_CHARS].replace("\\", "\\\\").replace("'", "''")
    return f"'{doubled}'"


def phone_lexemes(e164: str) -> list[str]:
    """Return a number as people search it: whole, without area, without the ninth digit."""
    digits = e164.removeprefix("+")
    if not e164.startswith("+55") or len(digits) not in {12, 13}:
        return [digits]
    national, local = digits[2:], digits[4:]
    forms = [national, local]
    if len(local) == 9:
        forms += [national[:2] + local[1:], local[1:]]
    return forms


def match_keys(
    columns: Mapping[str, Any], contacts: Iterable[tuple[ContactKind, str]]
) -> list[str]:
    """Return the keys of which two customers share one if they may be the same.

    A mailbox, a line, a birth date whichever of day and month came first, an address, the
    sounds of the whole name in any order, and of the first and the last word.
    """
    kind = columns["kind"].value
    keys = []
    for contact_kind, canonical in contacts:
        if contact_kind is ContactKind.EMAIL:
            keys.append(f"e:{mailbox(canonical)}")
        elif not _is_everybodys(canonical):
            keys.append(f"p:{canonical}")
    born = columns.get("birth_date")
    if born is not None:
        low, high = sorted((born.day, born.month))
        keys.append(f"b:{born.year}-{low}-{high}")
    if columns.get("cep") and columns.get("street_number"):
        keys.append(f"a:{columns['cep']}:{fold_name(columns['street_number'])}")
    for name in filter(None, (columns["name"], columns.get("social_name"))):
        sounds = [sound(word) for word in telling_words(name)]
        keys.append(f"n:{kind}:{' '.join(sorted(sounds))}")
        if len(sounds) > 1:
            keys.append(f"f:{kind}:{' '.join(sorted((sounds[0], sounds[-1])))}")
    return keys


def _lexemes(
    columns: Mapping[str, Any], words: Iterable[str], contacts: Iterable[tuple[ContactKind, str]]
) -> list[str]:
    found = [lexeme for word in words for lexeme in (word, SOUND + sound(word))]
    for kind, canonical in contacts:
        if kind is ContactKind.EMAIL:
            found += [canonical, "@" + canonical.rpartition("@")[2]]
        else:
            found += phone_lexemes(canonical)
    # Not the CPF: a search by its beginning would tell, digit by digit, what the mask hides.
    if columns.get("cnpj"):
        found.append(str(columns["cnpj"]).lower())
    if columns.get("external_id"):
        found.append(fold_name(str(columns["external_id"])).replace(" ", ""))
    return found


def _is_everybodys(e164: str) -> bool:
    return e164.startswith("+55") and len(e164) not in {13, 14}


def _hashed(key: str) -> int:
    digest = hashlib.blake2b(key.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
