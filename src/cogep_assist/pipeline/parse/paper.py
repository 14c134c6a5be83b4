"""Whether a colour can be told from white paper."""

import re

# Each of red, green and blue: the contrast to white is then below 1.2 to 1, and nobody reads it.
_PALEST = 0xF0
_HEX = re.compile(r"#?(?:[0-9A-Fa-f]{2})?([0-9A-Fa-f]{6})")


def is_paper(red: int, green: int, blue: int) -> bool:
    """Tell whether a colour, each part from 0 to 255, is white or so near that it is not seen."""
    return min(red, green, blue) >= _PALEST


def is_paper_hex(colour: str | None) -> bool:
    """Tell the same of ``#FFFFFF``, ``FFFFFF`` or ``FFFFFFFF``; of anything else, False."""
    found = _HEX.fullmatch((colour or "").strip())
    return found is not None and is_paper(*bytes.fromhex(found.group(1)))
