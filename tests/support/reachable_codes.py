"""Which error codes a function may raise: read in the source, through everything it names.

More than it ever raises is found, never less: what is named is taken to be called.
"""

import ast
import importlib.util
from collections.abc import Iterator
from functools import cache
from pathlib import Path

# Module and name of something at the top of a module.
Place = tuple[str, str]
# A code, and the field that it is said to be about where the source says it.
Raised = tuple[str, str]
ROOT = "cogep_assist"
# These raise a code of their own about the field that they are given.
_NAMING = {"invalid_field": (0, "request_invalid"), "clean_text": (1, "text_missing")}
_NAMING["clean_name"] = _NAMING["clean_text"]


@cache
def codes_of(module: str, name: str) -> frozenset[Raised]:
    """Return every code that may come out of a function."""
    seen: set[Place] = set()
    todo, found = [(module, name)], set[Raised]()
    while todo:
        place = todo.pop()
        if place in seen:
            continue
        seen.add(place)
        raised, named = _read(place)
        found |= raised
        todo += named
    return frozenset(found)


@cache
def _read(place: Place) -> tuple[frozenset[Raised], frozenset[Place]]:
    module, name = place
    raised, named = set[Raised](), set[Place]()
    for node in ast.walk(_source(module)[0][name]):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            raised.update(_raised(node, node.func.id))
        if isinstance(node, ast.Name):
            named.add(_found(module, node.id))
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            whole, inside = _found(module, node.value.id)
            if whole and not inside:
                named.add(_found(whole, node.attr))
    return frozenset(raised), frozenset(one for one in named if one[1] and one != place)


def _raised(call: ast.Call, called: str) -> Iterator[Raised]:
    if called == "AppError" and call.args:
        given = {word.arg: _text(word.value) for word in call.keywords}
        for code in ast.walk(call.args[0]):
            if _text(code):
                yield _text(code), given.get("field", "")
    elif called in _NAMING:
        place, code = _NAMING[called]
        yield code, _text(call.args[place]) if len(call.args) > place else ""


def _text(node: ast.AST) -> str:
    value = node.value if isinstance(node, ast.Constant) else None
    return value if isinstance(value, str) else ""


def _found(module: str, name: str) -> Place:
    """Say where a name of a module is made: a module alone has no name inside it."""
    for _ in range(8):
        made, imported = _source(module)
        if name in made:
            return module, name
        if name not in imported:
            break
        module, name = imported[name]
        if _file(f"{module}.{name}"):
            return f"{module}.{name}", ""
    return "", ""


@cache
def _source(module: str) -> tuple[dict[str, ast.AST], dict[str, Place]]:
    made, imported = dict[str, ast.AST](), dict[str, Place]()
    path = _file(module)
    for node in ast.parse(path.read_text("utf-8")).body if path else ():
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            made[node.name] = node
        elif isinstance(node, ast.Assign):
            made |= {one.id: node.value for one in node.targets if isinstance(one, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            made[node.target.id] = node.value
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(ROOT):
            for one in node.names:
                imported[one.asname or one.name] = (node.module or "", one.name)
    return made, imported


@cache
def _file(module: str) -> Path | None:
    # Nothing is imported: only where the file would be is asked.
    root = importlib.util.find_spec(ROOT)
    assert root is not None
    assert root.origin is not None
    inside = Path(root.origin).parents[1].joinpath(*module.split("."))
    for path in (inside.with_suffix(".py"), inside / "__init__.py"):
        if path.is_file():
            return path
    return None
