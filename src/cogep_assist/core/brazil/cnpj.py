"""CNPJ: the number of an organisation, of digits or, since July 2026, letters and digits."""

import re

from stdnum.br import cnpj as standard

from cogep_assist.core.brazil.typed_text import plain

_SEPARATORS = re.compile(r"[ .\-/]")
# Twelve letters or digits, then two digits that check them (IN RFB 2.229/2024).
_FORM = re.compile(r"[0-9A-Z]{12}[0-9]{2}")


def normalize_cnpj(text: str) -> str | None:
    """Return the fourteen characters of a valid CNPJ in upper case, or None.

    Each character counts as its ASCII code minus 48 in the modulo 11 of the check digits
    (IN RFB 2.229/2024), so that numbers of digits alone check as they always did.
    """
    characters = _SEPARATORS.sub("", plain(text)).upper()
    if not _FORM.fullmatch(characters) or len(set(characters)) == 1:
        return None
    return characters if standard.is_valid(characters) else None


def format_cnpj(characters: str) -> str:
    """Return a canonical CNPJ as people write it: ``12.ABC.345/01DE-35``."""
    return standard.format(characters)
