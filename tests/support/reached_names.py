"""Which definitions of the product the body of another one names, directly or further down."""

import ast
from collections.abc import Iterable
from functools import cache

from source_trees import nodes, source_trees

PACKAGE = "cogep_assist"
# A module and a name that it defines.
Name = tuple[str, str]
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign
VERBS = frozenset({"get", "post", "put", "patch", "delete"})


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of the product but the migrations, by its whole name."""
    return {
        ".".join((PACKAGE, *path.with_suffix("").parts)).removesuffix(".__init__"): tree
        for path, tree in source_trees()
        if "versions" not in path.parts
    }


@cache
def definitions(module: str) -> dict[str, Definition]:
    """What a module defines at its outermost level."""
    found: dict[str, Definition] = {}
    for node in modules()[module].body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found[node.name] = node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {one.id: node for one in targets if isinstance(one, ast.Name)}
    return found


@cache
def named_by(name: Name) -> frozenset[Name]:
    """What a definition names itself."""
    module, own = name
    found = set()
    for node in ast.walk(definitions(module)[own]):
        if isinstance(node, ast.Name):
            found.add(_meant(module, node.id))
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            whole = _imports(module).get(node.value.id)
            if whole in modules():
                found.add(_meant(str(whole), node.attr))
    return frozenset(one for one in found if one is not None and one != name)


def reached(starts: Iterable[Name]) -> set[Name]:
    """Return what some definitions name, and what that names, and so on; themselves too."""
    seen: set[Name] = set()
    waiting = list(starts)
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.add(one)
            waiting.extend(named_by(one))
    return seen


def is_function(name: Name) -> bool:
    """Tell a function from a class or a value."""
    return isinstance(definitions(name[0])[name[1]], ast.FunctionDef | ast.AsyncFunctionDef)


def routes(module: str) -> list[tuple[Name, str]]:
    """Return the handlers of a module's routes, each with its verb."""
    return [
        ((module, own), decorator.func.attr)
        for own, node in definitions(module).items()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call)
        and isinstance(decorator.func, ast.Attribute)
        and decorator.func.attr in VERBS
    ]


@cache
def _imports(module: str) -> dict[str, str]:
    return {
        one.asname or one.name: f"{node.module}.{one.name}"
        for node in nodes(modules()[module])
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(PACKAGE)
        for one in node.names
    }


def _meant(module: str, name: str) -> Name | None:
    """Return where a name of a module is defined, or None for what is not the product's."""
    if name in definitions(module):
        return module, name
    whole = _imports(module).get(name)
    if whole is None:
        return None
    home, _, own = whole.rpartition(".")
    return _meant(home, own) if home in modules() else None
