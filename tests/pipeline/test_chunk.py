from hypothesis import given
from hypothesis import strategies as st

from cogep_assist.pipeline.chunk import Chunk, chunk
from cogep_assist.pipeline.parse.builder import DocumentBuilder
from cogep_assist.pipeline.parse.document import BLOCK_KINDS, ParsedDocument
from cogep_assist.pipeline.parse.limits import ParseLimits

SENTENCE = (
    "O servidor deve apresentar o requerimento à chefia imediata, "
    "conforme o art. 5º da Lei nº 8.112. "
)


def make(blocks: list[tuple[str, str, int]]) -> ParsedDocument:
    builder = DocumentBuilder(ParseLimits(), media_type="text/plain", parser="teste")
    builder.add("paragraph", "Início.")
    for kind, text, level in blocks:
        builder.add(kind, text, level=level)
    return builder.build()


def texts(document: ParsedDocument, **options: int) -> list[str]:
    return [document.text[c.start : c.end] for c in chunk(document, **options)]


def assert_sound(document: ParsedDocument, chunks: list[Chunk], limit: int) -> None:
    reached = 0
    for number, piece in enumerate(chunks):
        assert piece.ordinal == number
        assert reached <= piece.start < piece.end <= len(document.text)
        assert piece.end - piece.start <= limit
        assert document.text[piece.start : piece.end].strip()
        # Nothing but separators lies between two passages.
        assert not document.text[reached : piece.start].strip()
        reached = piece.end
    assert not document.text[reached:].strip()


words = st.text(st.sampled_from("abç é.!?\nÁ:0;|"), min_size=1, max_size=400)
blocks = st.lists(
    st.tuples(st.sampled_from(sorted(BLOCK_KINDS)), words, st.integers(1, 6)), max_size=30
)


@given(blocks, st.integers(1, 300), st.integers(1, 500))
def test_passages_are_ordered_disjoint_bounded_and_cover_the_text(
    pieces: list[tuple[str, str, int]], target: int, limit: int
) -> None:
    document = make(pieces)
    assert_sound(document, chunk(document, target_chars=target, max_chars=limit), limit)


def test_long_text_is_cut_between_sentences_into_even_passages() -> None:
    document = make([("paragraph", SENTENCE * 40, 0)])
    pieces = texts(document)
    assert all(600 <= len(piece) <= 1300 for piece in pieces)
    assert all(piece.endswith("8.112.") for piece in pieces)


def test_a_passage_stays_in_its_section_and_knows_its_headings() -> None:
    document = make(
        [
            ("heading", "Férias", 1),
            ("heading", "Como pedir", 2),
            ("paragraph", "Pelo sistema.", 0),
            ("heading", "Prazo", 2),
            ("paragraph", "Trinta dias.", 0),
            ("heading", "Licenças", 1),
            ("paragraph", "Noventa dias.", 0),
        ]
    )
    assert [(c.heading_path, document.text[c.start : c.end]) for c in chunk(document)] == [
        ((), "Início."),
        (("Férias", "Como pedir"), "Férias\n\nComo pedir\n\nPelo sistema."),
        (("Férias", "Prazo"), "Prazo\n\nTrinta dias."),
        (("Licenças",), "Licenças\n\nNoventa dias."),
    ]


def test_list_items_stay_whole_and_their_introduction_stays_with_them() -> None:
    items = [("list_item", f"{n}. {SENTENCE}", 0) for n in range(30)]
    document = make([("paragraph", SENTENCE * 8 + "São documentos exigidos:", 0), *items])
    pieces = texts(document)
    with_introduction = next(piece for piece in pieces if "São documentos exigidos:" in piece)
    assert "exigidos:\n\n0. O servidor" in with_introduction
    for number in range(30):
        assert sum(f"{number}. {SENTENCE.strip()}" in piece for piece in pieces) >= 1


def test_table_rows_stay_whole_and_the_first_row_is_not_left_behind() -> None:
    rows = [("table_row", f"Cargo {n} | {'valor ' * 12}| fim {n}", 0) for n in range(40)]
    document = make([("paragraph", SENTENCE * 9, 0), *rows])
    for piece in texts(document):
        for line in piece.split("\n"):
            assert line.startswith("Cargo") == line.rstrip()[-1:].isdigit() or "Cargo" not in line
        assert not piece.endswith("fim 0")


def test_a_sentence_beyond_the_limit_is_cut_at_a_word() -> None:
    document = make([("paragraph", "palavra " * 1000, 0)])
    pieces = texts(document)
    assert_sound(document, chunk(document), 1800)
    assert all(set(piece.split()) <= {"palavra", "Início."} for piece in pieces)


def test_a_word_without_end_is_cut_anyway() -> None:
    document = make([("paragraph", "a" * 1_000_000, 0)])
    assert_sound(document, chunk(document), 1800)


def test_no_tiny_passage_trails_a_section() -> None:
    document = make([("heading", "Férias", 1), ("paragraph", SENTENCE * 10 + "Fim do texto.", 0)])
    assert all(len(piece) > 300 for piece in texts(document)[1:])


def test_headings_at_the_end_are_not_lost() -> None:
    document = make([("paragraph", "Texto.", 0), ("heading", "Anexo", 1)])
    assert texts(document) == ["Início.\n\nTexto.", "Anexo"]


def test_the_page_is_where_the_passage_begins() -> None:
    builder = DocumentBuilder(ParseLimits(), media_type="application/pdf", parser="teste")
    for page in (1, 2, 3):
        builder.add("paragraph", SENTENCE * 9, page=page)
    pages = [piece.page for piece in chunk(builder.build())]
    assert pages == sorted(pages)  # type: ignore[type-var]
    assert pages[0] == 1
    assert pages[-1] == 3
