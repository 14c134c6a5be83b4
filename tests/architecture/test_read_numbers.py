"""A text is read as a number only after a question whose yes means that it is one."""

import ast
from pathlib import Path

import cogep_assist

SOURCE = Path(cogep_assist.__file__).parent


def test_whoever_reads_a_number_does_not_ask_isdigit_alone() -> None:
    """``"²".isdigit()`` is true and ``int("²")`` fails: isdecimal() holds, or isascii() with it."""
    wrong = []
    read = 0
    for path in SOURCE.rglob("*.py"):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            asked = {name: _asked(function, name) for name in ("isdigit", "isascii")}
            numbers = {
                ast.unparse(call.args[0])
                for call in ast.walk(function)
                if isinstance(call, ast.Call) and ast.unparse(call.func) == "int" and call.args
            }
            read += len(numbers)
            wrong += [
                f"{path.relative_to(SOURCE)}:{function.lineno} {text}"
                for text in (asked["isdigit"] - asked["isascii"]) & numbers
            ]
    assert read > 50
    assert wrong == []


def _asked(function: ast.AST, question: str) -> set[str]:
    return {
        ast.unparse(node.value)
        for node in ast.walk(function)
        if isinstance(node, ast.Attribute) and node.attr == question
    }
