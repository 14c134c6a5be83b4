"""Nothing is handed out piece by piece while a transaction is open: its reader may be slow."""

import ast

from source_trees import nodes, source_trees

OPENS = (".begin()", ".reading()", ".sessions()", ".begin_nested()")
# They end before the reply leaves: their scope is the function, not the request.
DEPENDENCIES = {"request_session", "reading_session"}


def test_no_generator_yields_within_a_transaction() -> None:
    found = {
        (path.as_posix(), function.name)
        for path, tree in source_trees()
        for function in nodes(tree)
        if isinstance(function, ast.AsyncFunctionDef) and not _is_context_manager(function)
        for block in ast.walk(function)
        if isinstance(block, ast.AsyncWith) and _opens_a_transaction(block) and _yields(block)
    }
    assert found == {("edge/transactions.py", name) for name in DEPENDENCIES}


def _is_context_manager(function: ast.AsyncFunctionDef) -> bool:
    return any(ast.unparse(each) == "asynccontextmanager" for each in function.decorator_list)


def _opens_a_transaction(block: ast.AsyncWith) -> bool:
    return any(ast.unparse(item.context_expr).endswith(OPENS) for item in block.items)


def _yields(block: ast.AsyncWith) -> bool:
    return any(isinstance(node, ast.Yield | ast.YieldFrom) for node in ast.walk(block))
