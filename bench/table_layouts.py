"""Documents whose tables are laid out in the ways that organisations lay them out, with questions.

Each layout is a PDF made here and now, and questions with what a right answer holds. Places, names
and values are invented; ``make_layouts`` needs reportlab, python-docx and, for two of them,
LibreOffice on the path.
"""

import shutil
from collections.abc import Callable

from table_layouts_documents import (
    boxed_heads,
    groups_and_total,
    in_columns,
    lists_and_contents,
    only_prose,
    same_heads,
    word_merged,
    word_table,
)
from table_layouts_pages import (
    brackets,
    calendar,
    form_boxes,
    form_pairs,
    monospaced,
    open_sides,
    sideways_heads,
    turned_page,
    uprights_only,
    wide,
)
from table_layouts_plain import (
    booktabs,
    merged_down,
    ruled,
    spanning_once,
    spanning_repeated,
    two_heads,
    unruled,
    wrapped_cells,
    wrapped_unruled,
    zebra,
)
from table_making import Layout


def make_layouts() -> list[Layout]:
    """Return every layout that can be made here."""
    made = [make() for make in MAKERS]
    if shutil.which("soffice"):
        made += [word_table(), word_merged()]
    return made


MAKERS: tuple[Callable[[], Layout], ...] = (
    ruled, zebra, booktabs, unruled, spanning_repeated, spanning_once, wrapped_cells,
    wrapped_unruled, two_heads, merged_down, form_pairs, form_boxes, open_sides, uprights_only,
    turned_page, sideways_heads, brackets, calendar, in_columns, same_heads, groups_and_total,
    monospaced, boxed_heads, wide, only_prose, lists_and_contents,
)  # fmt: skip
