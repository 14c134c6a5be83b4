"""Roman numerals, by which laws count their incisos. Pure."""

_SIZES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


def roman_number(written: str) -> int:
    """Return the number that a numeral of I, V, X, L and C stands for, in either case."""
    sizes = [_SIZES[letter] for letter in written.lower()]
    after = [*sizes[1:], 0]
    return sum(-one if one < two else one for one, two in zip(sizes, after, strict=True))


def written_in_roman(number: int) -> str:
    """Return the numeral of a number from 1 to 99: 14 is "XIV"."""
    tens = ("", "X", "XX", "XXX", "XL", "L", "LX", "LXX", "LXXX", "XC")
    ones = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")
    return tens[number // 10 % 10] + ones[number % 10]
