"""JSON that somebody else wrote may be nested deeper than a parser goes: it is bad JSON too."""

import ast

from source_trees import nodes, source_trees

READERS = frozenset({"json.load", "json.loads", "pydantic_core.from_json"})


def test_whoever_expects_bad_json_expects_deep_json() -> None:
    wrong = []
    read = 0
    for path, tree in source_trees():
        for node in nodes(tree):
            if not isinstance(node, ast.Try) or not _reads_json(node):
                continue
            named = " ".join(ast.unparse(one.type) for one in node.handlers if one.type)
            read += 1
            if "ValueError" in named and "RecursionError" not in named:
                wrong.append(f"{path}:{node.lineno} {named}")
    assert read > 20
    assert wrong == []


def _reads_json(node: ast.Try) -> bool:
    return any(
        isinstance(inner, ast.Call) and ast.unparse(inner.func) in READERS
        for statement in node.body
        for inner in ast.walk(statement)
    )
