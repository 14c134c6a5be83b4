"""Pictures of text: a screenshot, a photograph, a scan of several pages."""

import io
from pathlib import Path

import pytest
from documents import make_picture
from ocr_needed import needs_ocr
from PIL import Image

from cogep_assist.core.errors import AppError
from cogep_assist.pipeline.parse import pdf_ocr, picture
from cogep_assist.pipeline.parse.child import ParserPool
from cogep_assist.pipeline.parse.context import ParseContext
from cogep_assist.pipeline.parse.limits import ParseLimits


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def white(size: tuple[int, int]) -> bytes:
    buffer = io.BytesIO()
    Image.new("1", size, 1).save(buffer, "PNG")
    return buffer.getvalue()


@needs_ocr
@pytest.mark.parametrize(("kind", "turned"), [("PNG", False), ("JPEG", True)])
def test_a_picture_is_read_upright(kind: str, *, turned: bool) -> None:
    document = picture.parse(make_picture(kind, turned=turned), ParseContext())
    assert document.text == "Pedido de férias do servidor"
    assert (document.page_count, document.metadata["ocr_pages"]) == (1, "1")
    assert not list(Path().iterdir()), "nothing is left in the child's folder"


@needs_ocr
def test_each_page_of_a_scan_is_a_page() -> None:
    steps: list[tuple[str, int, int]] = []
    context = ParseContext(progress=lambda *step: steps.append(step))
    document = picture.parse(make_picture("TIFF"), context)
    assert [block.page for block in document.blocks] == [1, 2]
    assert steps == [("ocr", 0, 2), ("ocr", 1, 2), ("ocr", 2, 2)]
    with pytest.raises(AppError, match="ocr_too_many_pages"):
        picture.parse(make_picture("TIFF"), ParseContext(limits=ParseLimits(ocr_max_pages=1)))


@needs_ocr
def test_a_picture_that_cannot_be_read_says_why() -> None:
    for data, code in (
        (white((300, 200)), "ocr_found_no_text"),
        (white((30_000, 30_000)), "picture_too_large"),
        (make_picture()[:3000], "file_corrupt"),
        (make_picture("JPEG")[:200], "file_corrupt"),
    ):
        with pytest.raises(AppError, match=code):
            picture.parse(data, ParseContext())


def test_without_ocr_a_picture_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = ("o programa tesseract não está instalado", "")
    monkeypatch.setattr(pdf_ocr, "tesseract_state", lambda: missing)
    with pytest.raises(AppError, match="ocr_unavailable"):
        picture.parse(make_picture(), ParseContext())


def test_a_photograph_is_shown_upright_and_without_what_the_telephone_wrote() -> None:
    told, drawn = picture.draw_page(make_picture("JPEG", turned=True), 1, "férias")
    shown = Image.open(io.BytesIO(drawn))
    assert shown.format == "PNG"
    assert shown.width > shown.height
    assert (told["picture"]["width"], told["picture"]["marked"]) == (shown.width, False)
    assert not shown.getexif()
    with pytest.raises(AppError, match="page_not_found"):
        picture.draw_page(make_picture(), 2, "")
    with pytest.raises(AppError, match="file_corrupt"):
        picture.draw_page(make_picture()[:2000], 1, "")


@needs_ocr
async def test_a_child_reads_a_picture_and_draws_it() -> None:
    pool, limits = ParserPool(1), ParseLimits()
    try:
        read = await pool.parse(make_picture(), name="a.png", declared_type=None, limits=limits)
        drawn = await pool.draw_page(make_picture(), 1, "", limits=limits)
    finally:
        pool.close()
    assert read.text == "Pedido de férias do servidor"
    assert drawn.startswith(b"\x89PNG")
