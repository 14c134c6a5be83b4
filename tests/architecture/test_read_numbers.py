"""A text is read as a number only after a question whose yes means that it is one."""

import ast

from source_trees import nodes, source_trees


def test_whoever_reads_a_number_does_not_ask_isdigit_alone() -> None:
    """``"²".isdigit()`` is true and ``int("²")`` fails: isdecimal() holds, or isascii() with it."""
    wrong = []
    read = 0
    for path, tree in source_trees():
        for function in nodes(tree):
            if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            numbers, digits, ascii_only = _asked(function)
            read += len(numbers)
            wrong += [
                f"{path}:{function.lineno} {text}" for text in (digits - ascii_only) & numbers
            ]
    assert read > 50
    assert wrong == []


def _asked(function: ast.AST) -> tuple[set[str], set[str], set[str]]:
    """Return what a function reads as a number, and what it asks isdigit() and isascii()."""
    found: dict[str, set[str]] = {"int": set(), "isdigit": set(), "isascii": set()}
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute) and node.attr in found:
            found[node.attr].add(ast.unparse(node.value))
        elif isinstance(node, ast.Call) and _is_int(node.func) and node.args:
            found["int"].add(ast.unparse(node.args[0]))
    return found["int"], found["isdigit"], found["isascii"]


def _is_int(function: ast.expr) -> bool:
    return isinstance(function, ast.Name) and function.id == "int"
