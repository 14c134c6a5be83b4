"""Count columns of tickets group by group: shares, medians, people, what waits. Pure."""

from typing import Any

import numpy as np

from cogep_assist.crm_service.reports.report_columns import NEVER, Numbers, Tickets

# How many wait, and when the oldest was opened (seconds of the epoch).
Waiting = tuple[int, int]
SHARES = (0.5, 0.9)


def waiting(tickets: Tickets, groups: Numbers) -> dict[int, Waiting]:
    """Return what waits to be solved in each group where something does."""
    unfinished = tickets.unfinished
    found = {}
    for group, rows in _parts(groups[unfinished], tickets.opened[unfinished]):
        found[group] = (int(rows[0].size), int(rows[0].min()))
    return found


def tally(tickets: Tickets, groups: Numbers) -> dict[int, dict[str, Any]]:
    """Return the figures of each group that has tickets; nothing to count is None."""
    columns = (
        *(tickets.people, tickets.opened, tickets.unfinished, tickets.replied, tickets.solved),
        *(tickets.reply_kept, tickets.resolution_kept, tickets.scores),
    )
    return {group: _figures(*rows) for group, rows in _parts(groups, *columns)}


def volumes(tickets: Tickets, groups: Numbers) -> dict[int, dict[str, Any]]:
    """Return of each group that has tickets how much there was, and what waits: no medians."""
    opened = np.bincount(groups)
    ended = np.bincount(groups[tickets.solved != NEVER], minlength=opened.size)
    scores = tickets.scores
    rated = np.bincount(groups[scores > 0], minlength=opened.size)
    points = np.bincount(groups, weights=scores, minlength=opened.size)
    waits = waiting(tickets, groups)
    found = {}
    for group in np.flatnonzero(opened).tolist():
        unfinished, oldest = waits.get(group, (0, None))
        found[group] = {
            "opened": int(opened[group]),
            "resolved": int(ended[group]),
            "unfinished": unfinished,
            "oldest": oldest,
            "ratings": int(rated[group]),
            "rating_mean": float(points[group] / rated[group]) if rated[group] else None,
        }
    return found


def _parts(groups: Numbers, *columns: Numbers) -> list[tuple[int, list[Numbers]]]:
    """Return each group with its part of every column."""
    counts = np.bincount(groups)
    # Short numbers are sorted by counting them.
    short = groups.astype(np.uint16) if counts.size <= 2**16 else groups
    order = np.argsort(short, kind="stable")
    found = np.flatnonzero(counts)
    cut = [np.split(column[order], np.cumsum(counts[found])[:-1]) for column in columns]
    return [(int(group), [parts[n] for parts in cut]) for n, group in enumerate(found)]


def _figures(
    people: Numbers,
    opened: Numbers,
    unfinished: Numbers,
    replied: Numbers,
    solved: Numbers,
    reply_kept: Numbers,
    resolution_kept: Numbers,
    scores: Numbers,
) -> dict[str, Any]:
    rated = scores[scores > 0]
    ended = solved[solved != NEVER]
    return {
        "people": _distinct(people),
        "opened": int(opened.size),
        "resolved": int(ended.size),
        "unfinished": int(unfinished.sum()),
        "oldest": int(opened[unfinished].min()) if unfinished.any() else None,
        "replied": percentiles(replied[replied != NEVER]),
        "solved": percentiles(ended),
        "first_reply_kept": _share(reply_kept),
        "resolution_kept": _share(resolution_kept),
        "ratings": int(rated.size),
        "rating_mean": float(rated.mean()) if rated.size else None,
    }


def _distinct(numbers: Numbers) -> int:
    in_order = np.sort(numbers)
    return 1 + int(np.count_nonzero(in_order[1:] != in_order[:-1]))


def percentiles(seconds: Numbers) -> tuple[float, float] | None:
    """Return the median and the ninth decile in minutes, as ``percentile_cont`` does."""
    if not seconds.size:
        return None
    places = [share * (seconds.size - 1) for share in SHARES]
    around = [(int(place), min(int(place) + 1, seconds.size - 1)) for place in places]
    sorted_there = np.partition(seconds, sorted({place for pair in around for place in pair}))
    found = []
    for place, (below, above) in zip(places, around, strict=True):
        low, high = float(sorted_there[below]), float(sorted_there[above])
        found.append((low + (high - low) * (place - below)) / 60.0)
    return found[0], found[1]


def _share(kept: Numbers) -> float | None:
    """Return how much of what was promised was kept."""
    promised = int(np.count_nonzero(kept))
    return np.count_nonzero(kept == 2) / promised if promised else None
