"""No text that somebody writes keeps a regular expression busy: a question has 4,000 characters."""

import ast
import importlib
import pkgutil
import re
import signal
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

import pytest
from pattern_attacks import attacks
from source_trees import SOURCE, nodes, source_trees

import cogep_assist

LENGTH = 600
# Of processor time. What grows with the square of a length takes a fourth of it at most.
MOST_SECONDS = 0.1
_METHODS = ("match", "fullmatch", "search")
_END = "\x00"


class _TooLongError(Exception):
    pass


@pytest.mark.timeout(600)
@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timer to stop a pattern by")
def test_no_pattern_takes_long() -> None:
    slow = {
        f"{place}: {begin!r} + {run!r} * n"
        for place, pattern, methods in _patterns()
        for begin, run in _first_slow(pattern, methods)
    }

    assert not slow, "\n".join(sorted(slow))


def test_a_slow_pattern_is_found() -> None:
    assert list(_first_slow(re.compile(r"\s*,?\s+e\s+x"), ["search"]))
    assert not list(_first_slow(re.compile(r"\s+e\s+x"), ["match"]))


def _first_slow(pattern: re.Pattern[str], methods: Iterable[str]) -> Iterator[tuple[str, str]]:
    for begin, run in attacks(pattern):
        text = begin + (run * (LENGTH // len(run) + 1))[:LENGTH] + _END
        for method in methods:
            if _takes_long(_call(pattern, method), text):
                yield begin, run
                return


def _call(pattern: re.Pattern[str], method: str) -> Callable[[str], Any]:
    if method == "finditer":
        return lambda text: deque(pattern.finditer(text), maxlen=0)
    return getattr(pattern, method)  # type: ignore[no-any-return]


def _takes_long(look: Callable[[str], Any], text: str) -> bool:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise _TooLongError

    before = signal.signal(signal.SIGPROF, stop)
    began = time.process_time()
    signal.setitimer(signal.ITIMER_PROF, MOST_SECONDS)
    try:
        look(text)
    except _TooLongError:
        return True
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
    return time.process_time() - began > MOST_SECONDS


def _patterns() -> Iterator[tuple[str, re.Pattern[str], list[str]]]:
    """Yield each pattern that a module keeps, once, with the methods it is used by there."""
    seen: set[tuple[str, int]] = set()
    for module in _modules():
        kept = [(name, one) for name, value in vars(module).items() for one in _within(value)]
        used = _used_methods(module) if kept else {}
        for name, pattern in kept:
            if (pattern.pattern, pattern.flags) not in seen:
                seen.add((pattern.pattern, pattern.flags))
                yield f"{module.__name__}.{name}", pattern, used.get(name, ["finditer"])


def _modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(cogep_assist.__path__, "cogep_assist."):
        if "__main__" not in found.name and ".migrations" not in found.name:
            yield importlib.import_module(found.name)


def _used_methods(module: ModuleType) -> dict[str, list[str]]:
    tree = dict(source_trees())[Path(module.__file__ or "").resolve().relative_to(SOURCE)]
    used: dict[str, set[str]] = {}
    for node in nodes(tree):
        if not (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)):
            continue
        if node.attr not in {"pattern", "flags"}:
            method = node.attr if node.attr in _METHODS else "finditer"
            used.setdefault(node.value.id, set()).add(method)
    return {name: sorted(methods) for name, methods in used.items()}


def _within(value: Any, depth: int = 0) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        if isinstance(value.pattern, str):
            yield value
    elif isinstance(value, dict) and depth < 3 and len(value) < 500:
        for pair in value.items():
            yield from _within(pair, depth + 1)
    elif isinstance(value, list | tuple | set | frozenset) and depth < 3 and len(value) < 500:
        for one in value:
            yield from _within(one, depth + 1)
