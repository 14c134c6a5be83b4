"""The number of a ticket, as people read it aloud: ``AAAA.NNNNNN-D``.

Year, number within the year (six digits, more when a year needs them), and a check digit over
all of them by Damm's quasigroup of order 10, which finds every single wrong digit and every two
neighbours swapped (H. M. Damm, "Total anti-symmetrische Quasigruppen", Marburg, 2004).
"""

import re

_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)
_WRITTEN = re.compile(r"(\d{4})[.\s/]?(\d{6,9})[-\s]?(\d)", re.ASCII)


def write_protocol(year: int, number: int) -> str:
    """Write the protocol of the number-th ticket of a year."""
    digits = f"{year:04d}{number:06d}"
    return f"{year:04d}.{number:06d}-{_check_digit(digits)}"


def read_protocol(text: str) -> str | None:
    """Return a protocol in its one written form, or None when it is none or is mistyped."""
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        return None
    year, number, digit = found.groups()
    if _check_digit(year + number) != int(digit):
        return None
    return f"{year}.{number}-{digit}"


def _check_digit(digits: str) -> int:
    state = 0
    for digit in digits:
        state = _DAMM[state][int(digit)]
    return state
