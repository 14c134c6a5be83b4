"""How a spreadsheet shows a number: R$ 1.234,50, 5,5%, 01310-100. Pure."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

# What Excel calls by number alone; its currency is that of the country it was set up for.
BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%",
    5: '"R$" #,##0', 6: '"R$" #,##0', 7: '"R$" #,##0.00', 8: '"R$" #,##0.00',
    37: "#,##0", 38: "#,##0", 39: "#,##0.00", 40: "#,##0.00",
    41: "#,##0", 42: '"R$" #,##0', 43: "#,##0.00", 44: '"R$" #,##0.00',
}  # fmt: skip
_LONGEST_CODE = 120
_LARGEST = 1e15
# A literal, a currency, what only colours or fills, digits, or another sign.
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|\[\$(?P<currency>[^\]-]*)[^\]]*\]|(?P<skipped>\[[^\]]*\]'
    r"|[_*].)|(?P<digits>[0#?][0#?,.]*|\.[0#?]+)|(?P<sign>.)",
    re.DOTALL,
)
_PLAIN = frozenset(" -+()/:%$€£ºª²³°")


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """The parts of a format: literals, and between them patterns of digits."""

    parts: tuple[tuple[bool, str], ...]
    percent: bool

    def shown(self, value: float) -> str | None:
        """Return the number as it is seen; None for one that no such format is made for."""
        if not abs(value) < _LARGEST:
            return None
        patterns = [text for is_digits, text in self.parts if is_digits]
        number = Decimal(repr(value)).scaleb(2 if self.percent else 0)
        try:
            runs = [_one(number, patterns[0])] if len(patterns) == 1 else _spread(number, patterns)
        except InvalidOperation:
            return None
        if runs is None:
            return None
        told = iter(runs)
        text = "".join(next(told) if is_digits else text for is_digits, text in self.parts)
        sign = "-" if number < 0 and any(map(str.isdigit, text.strip("0,. "))) else ""
        return sign + " ".join(text.split())


@lru_cache(maxsize=512)
def number_format(code: str) -> NumberFormat | None:
    """Return what a format code says of numbers; None for dates, text and what is as it is."""
    parts: list[tuple[bool, str]] = []
    for token in _TOKEN.finditer(_first_section(code[:_LONGEST_CODE])):
        kind, text = token.lastgroup, token.group(token.lastgroup or 0)
        if kind == "skipped":
            # "_-" leaves the room of a sign, in which nothing stands.
            parts.append((False, " " if text[0] == "_" else ""))
        elif kind == "digits":
            parts.append((True, text))
        elif kind == "sign" and text not in _PLAIN:
            return None
        else:
            parts.append((False, text))
    literals = "".join(text for is_digits, text in parts if not is_digits)
    patterns = [text for is_digits, text in parts if is_digits]
    if not patterns or len(code) > _LONGEST_CODE or any(not _is_whole(each) for each in patterns):
        return None
    if len(patterns) > 1 and (any(set(each) & set(".,") for each in patterns) or "/" in code):
        return None
    return NumberFormat(tuple(parts), "%" in literals)


def _first_section(code: str) -> str:
    """Return what is meant for positive numbers, before the first ";" that is no literal."""
    for token in _TOKEN.finditer(code):
        if token.group() == ";":
            return code[: token.start()]
    return code


def _is_whole(pattern: str) -> bool:
    """Tell whether digits stand for the number itself: one point, no thousands cut off."""
    whole, _, after = pattern.partition(".")
    return "." not in after and "," not in after and not whole.endswith(",")


def _one(number: Decimal, pattern: str) -> str:
    whole, _, after = pattern.partition(".")
    rounded = abs(number).quantize(Decimal(1).scaleb(-len(after)), ROUND_HALF_UP)
    units, _, fraction = f"{rounded:f}".partition(".")
    least = sum(sign == "0" for sign in whole)
    units = units.zfill(least) if least else units.lstrip("0")
    if "," in whole:
        units = f"{int(units or 0):,}".replace(",", ".").zfill(least)
    needed = sum(sign == "0" for sign in after)
    while len(fraction) > needed and fraction.endswith("0"):
        fraction = fraction[:-1]
    return f"{units},{fraction}" if fraction else units


def _spread(number: Decimal, patterns: list[str]) -> list[str] | None:
    """Put the digits of a code into its groups from the right: 000.000.000-00."""
    digits = f"{abs(number).quantize(Decimal(1), ROUND_HALF_UP):f}"
    runs: list[str] = []
    for pattern in reversed(patterns):
        held, digits = digits[-len(pattern) :], digits[: -len(pattern)]
        runs.append(held.zfill(len(pattern)) if "#" not in pattern else held)
    runs[-1] = digits + runs[-1]
    return runs[::-1]
