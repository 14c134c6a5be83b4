"""Cells of tables that people open in a spreadsheet: none is a formula, in any table."""

import ast

import pytest
from source_trees import source_trees

from cogep_assist.edge.csv_cells import plain_cell, told_cell

RUN = ("=1", "+1", "-1", "@a", "＝1", "＠a")
BEFORE = ("", "\t", "\r", "\n", " ", "\u00a0", "\u200b", "\ufeff", "\u202e", "\x1f", " \u2003 ")


@pytest.mark.parametrize("blank", BEFORE)
@pytest.mark.parametrize("text", RUN)
def test_what_a_spreadsheet_would_run_is_shielded(text: str, blank: str) -> None:
    assert told_cell(blank + text) == f"'{blank}{text}"
    assert plain_cell(told_cell(blank + text)) == blank + text
    for plain in ("a=1", "", " ", "'", "'a", f"a{blank}{text}"):
        assert told_cell(plain) == plain_cell(plain) == plain


def test_every_writer_of_tables_shields_its_cells() -> None:
    writing, shielding = set(), set()
    for path, tree in source_trees():
        named = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        if attributes & {"writerow", "writerows"}:
            writing.add(path.as_posix())
        if "told_cell" in named:
            shielding.add(path.as_posix())
    assert len(writing) >= 7
    assert writing <= shielding
