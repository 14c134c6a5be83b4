"""Roman numerals, by which laws count their incisos. Pure."""

_SIZES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


def roman_number(written: str) -> int:
    """Return the number that a numeral of I, V, X, L and C stands for, in either case."""
    sizes = [_SIZES[letter] for letter in written.lower()]
    after = [*sizes[1:], 0]
    return sum(-one if one < two else one for one, two in zip(sizes, after, strict=True))
