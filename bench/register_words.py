"""Words of the values, by section, from ``register_words.txt``."""

from functools import cache
from pathlib import Path


@cache
def words(section: str) -> list[str]:
    """Return the words of one section."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in Path(__file__).with_name("register_words.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            name = line.strip("[]")
            found[name] = []
        elif not line.startswith("#"):
            found[name] += line.split("|")
    return found[section]
