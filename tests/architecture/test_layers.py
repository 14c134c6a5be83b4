"""The fences: import contracts, sizes, and words that have no place here."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from source_trees import SOURCE, nodes, source_trees

ROOT = Path(__file__).resolve().parents[2]
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
# A migration says what it does from top to bottom, one statement after the other.
EXEMPT_FROM_SIZE = {SOURCE / "migrations"}


def modules() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def measured() -> list[Path]:
    return [m for m in modules() if not any(m.is_relative_to(e) for e in EXEMPT_FROM_SIZE)]


def test_import_contracts_hold() -> None:
    result = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=100,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "0 broken" in result.stdout


def test_no_files_import_each_other() -> None:
    """Imports inside functions count: they only put the circle off."""
    trees = dict(source_trees())
    files = {_module(path): path for path in trees}
    graph = {
        path: {files[m] for m in _imported(tree) if m in files} - {path}
        for path, tree in trees.items()
    }
    TopologicalSorter(graph).prepare()


def _module(path: Path) -> str:
    parts = path.parent.parts if path.stem == "__init__" else path.with_suffix("").parts
    return ".".join((SOURCE.name, *parts))


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in nodes(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_files_stay_short() -> None:
    sizes = {m: len(m.read_text("utf-8").splitlines()) for m in measured()}
    long = {str(m.relative_to(ROOT)): n for m, n in sizes.items() if n > MAX_FILE_LINES}
    assert not long, f"files over {MAX_FILE_LINES} lines: {long}"


def test_functions_stay_short() -> None:
    told = set(measured())
    long = [
        f"{path}:{node.lineno} {node.name}"
        for path, tree in source_trees()
        if SOURCE / path in told
        for node in functions(tree)
        if (node.end_lineno or 0) - node.lineno + 1 > MAX_FUNCTION_LINES
    ]
    assert not long, f"functions over {MAX_FUNCTION_LINES} lines: {long}"


@pytest.mark.parametrize(
    "name", ["utils", "util", "helpers", "helper", "service", "misc", "common"]
)
def test_no_file_is_named_after_nothing(name: str) -> None:
    assert not [m for m in modules() if m.stem == name]


def test_nothing_is_printed_by_the_library() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path, tree in source_trees()
        for node in nodes(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
    ]
    assert not found


def test_no_machine_is_named_in_what_git_keeps() -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False, timeout=60
    )
    if tracked.returncode:
        pytest.skip("not a git checkout: there is no list of kept files to read")
    # Put together here, so that this very file does not hold them.
    words = ["/" + word for word in ("work/", "root/.", "home/user")]
    found = []
    for name in filter(None, tracked.stdout.decode().split("\0")):
        path = ROOT / name
        if path.is_file():
            content = path.read_bytes()
            found += [f"{name}: {word}" for word in words if _names(content, word)]
    assert not found


def _names(content: bytes, word: str) -> bool:
    start = content.find(word.encode())
    while start != -1:
        before = content[start - 1 : start]
        # Inside a longer path or an address it is no path of a machine.
        if not (before.isalnum() or before in {b".", b"_", b"-", b"}", b")"}):
            return True
        start = content.find(word.encode(), start + 1)
    return False
