"""Rows of tables with the same heads say which table they are of."""

import pytest

from cogep_assist.core.errors import AppError
from cogep_assist.pipeline.parse import html, markdown
from cogep_assist.pipeline.parse.builder import DocumentBuilder
from cogep_assist.pipeline.parse.context import ParseContext
from cogep_assist.pipeline.parse.document import ParsedDocument
from cogep_assist.pipeline.parse.limits import ParseLimits

# A kind and what it says; "" as a kind begins another table.
Written = list[tuple[str, str]]
TWO = ["Item: Monitoria | Valor: 560 | Vagas: 12", "Item: Extensão | Valor: 640 | Vagas: 6"]
LEVELS = {"heading": 1, "heading2": 2}


def written(*blocks: tuple[str, str], limits: ParseLimits | None = None) -> ParsedDocument:
    builder = DocumentBuilder(limits or ParseLimits(), media_type="text/plain", parser="test")
    for kind, text in blocks:
        if kind == "":
            builder.separate()
        else:
            builder.add(kind.rstrip("2"), text, level=LEVELS.get(kind, 0))
    return builder.build()


def table(*rows: str) -> Written:
    return [("", ""), *(("table_row", row) for row in rows or TWO)]


def rows_of(document: ParsedDocument) -> list[str]:
    return [
        document.text[block.start : block.end]
        for block in document.blocks
        if block.kind == "table_row"
    ]


@pytest.mark.parametrize(
    ("first", "second", "labels"),
    [
        (
            "Tabela 1 – Bolsas de graduação", "Tabela 2 – Bolsas de pós-graduação",
            ("Bolsas de graduação", "Bolsas de pós-graduação"),
        ),
        ("Quadro nº 3: Manhã.", "Quadro nº 4: Noite.", ("Manhã", "Noite")),
        ("ANEXO IV - Capitais", "ANEXO V - Interior", ("Capitais", "Interior")),
        ("Vigente em 2025", "Vigente em 2026:", ("Vigente em 2025", "Vigente em 2026")),
        ("Preços: Norte", "Preços: Sul", ("Preços – Norte", "Preços – Sul")),
        ("Tabela 1", "Tabela 2", ("Tabela 1", "Tabela 2")),
    ],
)  # fmt: skip
def test_each_row_begins_with_the_caption(first: str, second: str, labels: tuple[str, str]) -> None:
    document = written(("paragraph", first), *table(), ("paragraph", second), *table())
    expected = [f"{label} | {row}" for label in labels for row in TWO]
    assert rows_of(document) == expected
    # Every block still marks what it says, and nothing else moved.
    assert [document.text[b.start : b.end] for b in document.blocks if b.kind != "table_row"] == [
        first,
        second,
    ]


def test_captions_below_belong_to_the_table_above_them() -> None:
    document = written(
        ("heading", "Visitas"),
        *table(),
        ("paragraph", "Quadro 2 – Adultos"),
        *table(),
        ("paragraph", "Quadro 3 – Crianças"),
    )
    assert [row.partition(" | ")[0] for row in rows_of(document)] == [
        "Adultos", "Adultos", "Crianças", "Crianças",
    ]  # fmt: skip


def test_without_captions_the_heading_that_differs_tells_them_apart() -> None:
    document = written(
        ("heading", "Graduação"), ("heading2", "Valores"), *table(),
        ("heading", "Pós-graduação"), ("heading2", "Valores"), *table(),
        ("heading", "Extensão"), *table(),
    )  # fmt: skip
    assert [row.partition(" | ")[0] for row in rows_of(document)][::2] == [
        "Graduação – Valores", "Pós-graduação – Valores", "Extensão",
    ]  # fmt: skip


def test_a_line_that_stands_above_each_of_them_leaves_it_to_the_heading() -> None:
    said = ("paragraph", "Posição em 31/12/2030")
    document = written(
        ("heading", "Caminhões"), said, *table(), ("heading", "Ônibus"), said, *table()
    )
    assert [row.partition(" | ")[0] for row in rows_of(document)][::2] == ["Caminhões", "Ônibus"]


@pytest.mark.parametrize(
    "blocks",
    [
        # One table, whatever its caption.
        [("paragraph", "Tabela 1 – Bolsas"), *table()],
        # Two whose columns are called otherwise.
        [
            ("paragraph", "Tabela 1 – Bolsas"), *table(),
            ("paragraph", "Tabela 2 – Ramais"), *table("Setor: Copa | Ramal: 31"),
        ],
        # The same table, going on below a page's head that is said again.
        [("paragraph", "Tabela 1 – Bolsas"), *table(),
         ("paragraph", "Tabela 1 – Bolsas"), *table("Item: Estágio | Valor: 9 | Vagas: 1")],
        # Nothing tells them apart: text stands above, under one heading.
        [("heading", "Bolsas"), ("paragraph", "São pagas por mês."), *table(),
         ("paragraph", "Fonte: Proex."), *table()],
        # Rows without names.
        [("paragraph", "Norte"), *table("Copa | 31"), ("paragraph", "Sul"), *table("Copa | 32")],
    ],
)  # fmt: skip
def test_what_needs_no_label_has_none(blocks: Written) -> None:
    plain = [text for kind, text in blocks if kind == "table_row"]
    assert rows_of(written(*blocks)) == plain


def test_a_part_right_below_goes_on_with_the_caption_of_the_first() -> None:
    more = "Item: Estágio | Valor: 9 | Vagas: 1"
    document = written(
        ("paragraph", "Tabela 1 – Norte"), *table(), *table(more),
        ("paragraph", "Tabela 2 – Sul"), *table(),
    )  # fmt: skip
    assert rows_of(document)[2] == f"Norte | {more}"


def test_a_group_that_says_the_caption_is_not_said_twice() -> None:
    said = "Norte | Item: Monitoria | Valor: 560"
    document = written(
        ("paragraph", "Tabela 1 – Norte"),
        *table(said),
        ("paragraph", "Tabela 2 – Sul"),
        *table(said),
    )  # fmt: skip
    assert rows_of(document) == [said, f"Sul | {said}"]


def test_what_labels_would_make_too_long_stays_without_them() -> None:
    blocks = [("paragraph", "Norte"), *table(), ("paragraph", "Sul"), *table()]
    length = len(written(*[each for each in blocks if each[0] != "paragraph"]).text) + 20
    document = written(*blocks, limits=ParseLimits(max_text_chars=length))
    assert rows_of(document) == TWO * 2
    with pytest.raises(AppError):
        written(*blocks, limits=ParseLimits(max_text_chars=100))


def test_captions_of_web_pages_and_markdown_arrive() -> None:
    row = "<tr><th>Sala<th>Lugares<th>Andar</tr><tr><td>Ipê<td>{}<td>2</tr>"
    page = "".join(
        f"<table><caption>Bloco {name}</caption>{row.format(seats)}</table>"
        for name, seats in (("Norte", 12), ("Sul", 30))
    )
    told = rows_of(
        html.parse(f"<h1>Salas</h1>{page}".encode(), ParseContext(declared_type="text/html"))
    )
    assert told == [
        "Bloco Norte | Sala: Ipê | Lugares: 12 | Andar: 2",
        "Bloco Sul | Sala: Ipê | Lugares: 30 | Andar: 2",
    ]
    text = "".join(
        f"Tabela {n}: Bloco {name}\n\n| Sala | Lugares |\n|---|---|\n| Ipê | {n} |\n\n"
        for n, name in ((3, "Norte"), (4, "Sul"))
    )
    assert rows_of(markdown.parse(text.encode(), ParseContext())) == [
        "Bloco Norte | Sala: Ipê | Lugares: 3",
        "Bloco Sul | Sala: Ipê | Lugares: 4",
    ]
