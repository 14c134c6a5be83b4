"""CPF: the number of a person in the federal register of taxpayers."""

import re

from stdnum.br import cpf as standard

from cogep_assist.core.brazil.typed_text import plain

_SEPARATORS = re.compile(r"[ .\-/]")
_DIGITS = re.compile(r"[0-9]{11}")


def normalize_cpf(text: str) -> str | None:
    """Return the eleven digits of a valid CPF, or None.

    The two check digits are modulo 11 (Receita Federal). A number of one repeated digit
    passes them and was never given to anybody: refused.
    """
    digits = _SEPARATORS.sub("", plain(text))
    if not _DIGITS.fullmatch(digits) or len(set(digits)) == 1:
        return None
    return digits if standard.is_valid(digits) else None


def format_cpf(digits: str) -> str:
    """Return a canonical CPF as people write it: ``529.982.247-25``."""
    return standard.format(digits)


def mask_cpf(digits: str) -> str:
    """Return a CPF that tells people apart and does not give them away: ``***.982.247-**``."""
    return f"***.{digits[3:6]}.{digits[6:9]}-**"
