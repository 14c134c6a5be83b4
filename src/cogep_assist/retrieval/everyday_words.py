"""What documents say instead of the words that people type: "cachorro" and "animais". Pure.

Only what no document holds is looked for by these, so that they never stand beside what was said.
"""

import re
from functools import cache
from importlib import resources

from cogep_assist.retrieval.portuguese import fold, stem
from cogep_assist.retrieval.word_families import relatives

# What is said in other words counts less than what is said as it was asked.
EVERYDAY_WEIGHT = 0.6
_TIME = re.compile(r"0?(\d{1,2})h(\d{2})?")


def documents_words(word: str) -> tuple[str, ...]:
    """Return words that documents may say instead of a folded word, the likeliest first."""
    time = _TIME.fullmatch(word)
    if time:
        return _times(word, int(time[1]), time[2] or "")
    return tuple(dict.fromkeys((*_groups().get(stem(word), ()), *relatives(word))))


def _times(word: str, hour: int, minutes: str) -> tuple[str, ...]:
    """Return the other ways to write a time: "7h15" is "07h15"."""
    full = "" if minutes == "00" else minutes
    written = (f"{hour:02}h{minutes}", f"{hour}h{minutes}", f"{hour:02}h{full}", f"{hour}h{full}")
    return tuple(dict.fromkeys(one for one in written if one != word))


@cache
def _groups() -> dict[str, tuple[str, ...]]:
    text = resources.files(__package__).joinpath("everyday_words.txt").read_text(encoding="utf-8")
    lines = (fold(line).split() for line in text.splitlines() if not line.startswith("#"))
    found: dict[str, tuple[str, ...]] = {}
    for typed, *said in lines:
        found[stem(typed)] = tuple(dict.fromkeys((*found.get(stem(typed), ()), *said)))
    return found
