"""A cited row is seen in its table, under the heads; around it the text stays as it is."""

from cogep_assist.web.answer_table import named_table
from cogep_assist.web.rendering import _environment
from cogep_assist.web.source_table import source_parts
from cogep_assist.web.source_view import source_view

ROWS = (
    "Norte | Sala: Ipê | Lugares: 12 | Andar: 2",
    "Norte | Sala: Cedro | Lugares: 6",
    "Norte | Sala: <b> | Lugares: 9 | Andar: 3",
)
TEXT = "Salas\n\nReserve antes.\n\n" + "\n".join(ROWS) + "\n\nLigue 4410.\nObrigado."


def page_of(text: str, cited: str, template: str = "ask/_source_text.html") -> str:
    start = text.index(cited) if cited else None
    view = source_view("/x", text, start, start + len(cited) if start is not None else None)
    return _environment().get_template(template).render(source=view, mark_id="trecho")


def test_the_cited_row_stands_marked_in_its_table() -> None:
    page = page_of(TEXT, ROWS[1])
    assert page.count("<table>") == 1
    assert "<caption>Norte</caption>" in page
    assert '<th scope="col">Sala</th><th scope="col">Lugares</th><th scope="col">Andar</th>' in page
    assert '<tr id="trecho" tabindex="-1" class="cited"><td><mark>Cedro</mark></td>' in page
    assert page.count("<mark>") == 2
    assert "<td>&lt;b&gt;</td><td>9</td><td>3</td>" in page
    assert page.startswith("Salas\n\nReserve antes.<div")
    assert page.endswith("</div>Ligue 4410.\nObrigado.")


def test_a_mark_over_text_and_rows_has_one_place_to_begin() -> None:
    cited = TEXT[TEXT.index("Reserve") : TEXT.index(ROWS[1]) + len(ROWS[1])]
    page = page_of(TEXT, cited)
    assert page.count('id="trecho"') == 1
    assert '<mark id="trecho" tabindex="-1">Reserve antes.</mark>' in page
    assert page.count('class="cited"') == 2


def test_without_a_passage_nothing_is_marked() -> None:
    page = page_of(TEXT, "")
    assert "mark" not in page
    assert "trecho" not in page
    assert page.count("<table>") == 1


def test_prose_and_rows_without_names_stay_text() -> None:
    for text in ("Um texto.\n\nOutro | aqui.\n", "a | b\nc | d", "x", "\n"):
        parts = source_parts(text, 0, 0)
        assert ["".join(part.text) for part in parts] == [text]
        assert page_of(text, "") == text.replace("<", "&lt;")


def test_tables_with_other_heads_and_tables_apart_are_each_their_own() -> None:
    other = "Setor: Copa | Ramal: 31"
    text = "\n".join((*ROWS[:2], other)) + f"\n\n{other}"
    assert [part.table.heads for part in source_parts(text, 0, 0) if part.table] == [
        ["Sala", "Lugares", "Andar"], ["Setor", "Ramal"], ["Setor", "Ramal"],
    ]  # fmt: skip
    assert all(part.table for part in source_parts(text, 0, 0))


def test_what_all_rows_say_first_under_no_name_is_the_caption() -> None:
    def cells(row: str) -> list[tuple[str, str, str]]:
        return [(cell, "", "") for cell in row.split(" | ")]

    table = named_table([(cells(row), (1,)) for row in ROWS])
    assert table is not None
    assert (table.caption, table.heads) == ("Norte", ["Sala", "Lugares", "Andar"])
    mixed = named_table([(cells(ROWS[0]), ()), (cells(ROWS[1].replace("Norte", "Sul")), ())])
    assert mixed is not None
    assert (mixed.caption, mixed.heads[0]) == ("", "")
