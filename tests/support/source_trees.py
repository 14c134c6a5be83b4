"""The product's modules as syntax trees, parsed once for all the tests that read them."""

import ast
import gc
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import cogep_assist

SOURCE = Path(cogep_assist.__file__).resolve().parent


def source_trees(*folders: str) -> Iterator[tuple[Path, ast.Module]]:
    """Every module of some folders of the package, or of all, with its path inside it."""
    for path, tree in _trees().items():
        if not folders or path.parts[0] in folders:
            yield path, tree


@cache
def nodes(tree: ast.Module) -> tuple[ast.AST, ...]:
    """Every node of a module, in the order of ``ast.walk``: found once for all who look through."""
    return tuple(ast.walk(tree))


@cache
def _trees() -> dict[Path, ast.Module]:
    trees = {
        path.relative_to(SOURCE): ast.parse(path.read_text("utf-8"))
        for path in sorted(SOURCE.rglob("*.py"))
    }
    # Millions of nodes that stay: the collector need not look at them after every test.
    gc.freeze()
    return trees
