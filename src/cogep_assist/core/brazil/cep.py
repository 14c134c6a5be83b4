"""CEP: the Brazilian postal code."""

import re

from cogep_assist.core.brazil.typed_text import plain

_FORM = re.compile(r"([0-9]{2})\.?([0-9]{3})[ -]?([0-9]{3})")
# First three digits of each state's ranges (Correios, "Estrutura do CEP").
_RANGES = (
    ("SP", 10, 199),
    ("RJ", 200, 289),
    ("ES", 290, 299),
    ("MG", 300, 399),
    ("BA", 400, 489),
    ("SE", 490, 499),
    ("PE", 500, 569),
    ("AL", 570, 579),
    ("PB", 580, 589),
    ("RN", 590, 599),
    ("CE", 600, 639),
    ("PI", 640, 649),
    ("MA", 650, 659),
    ("PA", 660, 688),
    ("AP", 689, 689),
    ("AM", 690, 692),
    ("RR", 693, 693),
    ("AM", 694, 698),
    ("AC", 699, 699),
    ("DF", 700, 727),
    ("GO", 728, 729),
    ("DF", 730, 736),
    ("GO", 737, 767),
    ("RO", 768, 769),
    ("TO", 770, 779),
    ("MT", 780, 788),
    ("MS", 790, 799),
    ("PR", 800, 879),
    ("SC", 880, 899),
    ("RS", 900, 999),
)
STATES = frozenset(state for state, _, _ in _RANGES)


def normalize_cep(text: str) -> str | None:
    """Return the eight digits of a postal code that lies in some state's range, or None."""
    found = _FORM.fullmatch(plain(text))
    if found is None:
        return None
    digits = "".join(found.groups())
    return digits if state_of_cep(digits) else None


def format_cep(digits: str) -> str:
    """Return a canonical CEP as people write it: ``01310-100``."""
    return f"{digits[:5]}-{digits[5:]}"


def state_of_cep(digits: str) -> str | None:
    """Return the two letters of the state that a canonical CEP lies in, or None."""
    place = int(digits[:3])
    return next((state for state, low, high in _RANGES if low <= place <= high), None)
