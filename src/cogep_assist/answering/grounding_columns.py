"""Whether a claim gives the value of one column of a table's row for another's. Pure."""

from collections.abc import Sequence

from cogep_assist.answering.grounding_rows import Stretch, all_in, holds, read_stretch

_CELL = " | "
_NAMES = ": "


def takes_another_column(claim: Stretch, row: str, header: str) -> bool:
    """Tell whether a claim names a column and says a number that stands in another one.

    ``header`` names the columns unless each cell says its own ("Solução: 4 h").
    """
    cells = list(_cells(row, header))
    named = [value for name, value in cells if name.tokens and all_in(name.tokens, claim.tokens)]
    lacking = [value for value in named if not _told(value, claim)]
    if not lacking:
        return False
    own = {token for value in named for token in value.tokens}
    others = [
        value
        for name, value in cells
        if value.tokens and not (name.tokens and all_in(name.tokens, claim.tokens))
    ]
    return any(
        _has_number(value) and _told(value, claim) and not own >= set(value.tokens)
        for value in others
    )


def _cells(row: str, header: str) -> Sequence[tuple[Stretch, Stretch]]:
    values = row.split(_CELL)
    if sum(_NAMES in value for value in values) * 2 > len(values):
        pairs = [value.partition(_NAMES)[::2] for value in values]
    else:
        names = header.split(_CELL)
        if len(names) != len(values):
            return []
        pairs = list(zip(names, values, strict=True))
    return [(read_stretch(name), read_stretch(value)) for name, value in pairs]


def _told(value: Stretch, claim: Stretch) -> bool:
    return bool(value.tokens) and all(holds(claim.tokens, token) for token in value.tokens)


def _has_number(value: Stretch) -> bool:
    return any(token[0] == "#" for token in value.tokens)
