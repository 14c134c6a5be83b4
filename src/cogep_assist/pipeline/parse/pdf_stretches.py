"""Where on a page words stand beside each other with a gap, told without reading them. Pure."""

import math
from collections.abc import Iterable, Sequence

from cogep_assist.pipeline.parse.pdf_layout import Line

Box = tuple[float, float, float, float]
Stretch = tuple[float, float]

# In heights: a gap that no space of justified prose is, the width of a letter of sparse lines, and
# how far above and below such a place its table may go on.
_GAP = 1.0
_SPARSE = 0.85
_NEAR = 3.0
_MARK = 1.6


def sparse_stretches(lines: Sequence[Line], boxes: Iterable[Box]) -> list[Stretch]:
    """Return the heights of lines with gaps, from below to above, with what is near them.

    Those of a table have some; an engine's box seldom goes on over a gap, and a line of one box has
    too few letters for its length.
    """
    found = [
        (line.bottom - _NEAR * line.size, line.top + _NEAR * line.size)
        for line in lines
        if line.right - line.left > _SPARSE * line.size * len(line.text)
    ]
    last: Box | None = None
    for here in boxes:
        if last is not None and _is_apart(last, here):
            height = here[3] - here[1]
            found.append((here[1] - _NEAR * height, here[3] + _NEAR * height))
        last = here
    return _close_by(found)


def joined_stretches(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Return stretches with those that meet made one."""
    joined: list[Stretch] = []
    for low, up in sorted(stretches):
        if joined and low <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], up)
        else:
            joined.append((low, up))
    return joined


def _is_apart(last: Box, here: Box) -> bool:
    lower, height = sorted((last[3] - last[1], here[3] - here[1]))
    level = min(last[3], here[3]) - max(last[1], here[1]) > 0.5 * lower
    # What is as narrow as this marks an item of a list.
    wide = last[2] - last[0] > _MARK * height
    return level and ((wide and here[0] - last[2] > _GAP * height) or here[2] < last[0])


def _close_by(stretches: list[Stretch]) -> list[Stretch]:
    """Return the stretches that another one meets: one line alone is no table."""
    kept: list[Stretch] = []
    reached, last = -math.inf, None
    for low, up in sorted(stretches):
        if low <= reached:
            kept += [(low, up)] if last is None else [last, (low, up)]
            last = None
        else:
            last = (low, up)
        reached = max(reached, up)
    return kept
