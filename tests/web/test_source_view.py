"""The source page shows the exact passage, whole or in part, and never links to a script."""

from uuid import UUID

import pytest

from cogep_assist.core.errors import AppError
from cogep_assist.web.source_view import (
    PART_CHARS,
    WHOLE_CHARS,
    passage_href,
    safe_link,
    source_view,
)

DOCUMENT = UUID("01938d5e-0000-7000-8000-000000000001")
HREF = f"/documentos/{DOCUMENT}/versoes/2"
SHORT = "Art. 1º São Paulo.\n\nAs férias são de 30 dias 🏖.\nFim."
LONG = "".join(f"Linha {n} sobre a progressão funcional.\n" for n in range(8_000))


def test_marks_the_exact_passage_of_a_short_text() -> None:
    start = SHORT.index("As férias")
    end = SHORT.index("\nFim")
    view = source_view(HREF, SHORT, start, end)
    assert view.passage == "As férias são de 30 dias 🏖."
    assert view.before + view.passage + view.after == SHORT
    assert (view.part, view.previous_href, view.next_href) == ("", None, None)


def test_shows_a_text_without_a_passage() -> None:
    view = source_view(HREF, SHORT, None, None)
    assert (view.before + view.passage + view.after, view.passage) == (SHORT, "")


@pytest.mark.parametrize("place", [0, 1_000, 150_000, len(LONG) - 40])
def test_opens_a_long_text_around_the_passage(place: int) -> None:
    assert len(LONG) > WHOLE_CHARS
    view = source_view(HREF, LONG, place, place + 40)
    assert view.passage == LONG[place : place + 40]
    shown = view.before + view.passage + view.after
    assert len(shown) <= PART_CHARS + 4_000
    assert shown in LONG
    assert "%" in view.part


def test_the_parts_of_a_long_text_join_without_a_gap() -> None:
    href: str | None = f"{HREF}?de=0"
    pieces = []
    while href is not None:
        view = source_view(HREF, LONG, None, None, int(href.rpartition("de=")[2]))
        pieces.append(view.before + view.passage + view.after)
        href = view.next_href
    assert "".join(pieces) == LONG


def test_a_part_without_the_passage_marks_nothing_and_keeps_the_way_back() -> None:
    view = source_view(HREF, LONG, 10, 20, 200_000)
    assert view.passage == ""
    assert view.previous_href is not None
    assert "inicio=10&fim=20" in view.previous_href


@pytest.mark.parametrize(
    ("start", "end"),
    [(-1, 5), (5, 4), (0, len(SHORT) + 1), (3, 3), (None, 5), (5, None), (10**9, 10**9 + 1)],
)
def test_refuses_a_passage_that_is_not_there(start: int | None, end: int | None) -> None:
    with pytest.raises(AppError, match="passage_invalid"):
        source_view(HREF, SHORT, start, end)


@pytest.mark.parametrize("begin", [-5, 10**12])
def test_a_part_out_of_bounds_is_brought_inside(begin: int) -> None:
    view = source_view(HREF, LONG, None, None, begin)
    assert view.before + view.passage + view.after


def test_address_of_a_passage() -> None:
    assert passage_href(DOCUMENT, 2, 5, 9) == f"{HREF}?inicio=5&fim=9#trecho"


@pytest.mark.parametrize(
    ("uri", "link"),
    [
        ("https://exemplo.gov.br/férias", "https://exemplo.gov.br/férias"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("ferias.pdf", None),
        ("http://[", None),
        (None, None),
    ],
)
def test_only_web_addresses_become_links(uri: str | None, link: str | None) -> None:
    assert safe_link(uri) == link
