"""No two things wait for each other by mistake: every advisory lock has a key of its own."""

import re
from pathlib import Path

import cogep_assist
from cogep_assist.core import advisory_locks

SOURCE = Path(cogep_assist.__file__).parent
KEYS = {name: key for name, key in vars(advisory_locks).items() if isinstance(key, int)}


def test_every_lock_has_a_key_of_its_own() -> None:
    assert len(KEYS) > 5
    assert len(set(KEYS.values())) == len(KEYS)


def test_no_lock_has_its_key_elsewhere() -> None:
    digits = str(min(KEYS.values()))[:7]
    strays = [
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        if path.name != "advisory_locks.py"
        and re.search(digits, path.read_text(encoding="utf-8").replace("_", ""))
    ]
    assert strays == []
    assert all(str(key).startswith(digits) for key in KEYS.values())
