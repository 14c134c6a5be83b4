"""Read pictures of text, such as a photograph or a scan, by OCR: each frame a page."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import PIL
from PIL import Image, ImageOps, UnidentifiedImageError

from cogep_assist.core.errors import AppError
from cogep_assist.pipeline.parse.builder import DocumentBuilder
from cogep_assist.pipeline.parse.context import ParseContext
from cogep_assist.pipeline.parse.document import ParsedDocument
from cogep_assist.pipeline.parse.pdf_hyphens import Joiner
from cogep_assist.pipeline.parse.pdf_layout import Line
from cogep_assist.pipeline.parse.pdf_ocr import MAX_PIXELS, Ocr
from cogep_assist.pipeline.parse.pdf_paragraphs import paragraphs
from cogep_assist.pipeline.parse.pdf_picture import WIDTH
from cogep_assist.pipeline.parse.picture_reply import MAX_PIXELS as MOST_SHOWN

# What the decoders are asked for; the library knows many more that nobody tests.
FORMATS = {
    "PNG": "image/png",
    "JPEG": "image/jpeg",
    "TIFF": "image/tiff",
    "WEBP": "image/webp",
    "GIF": "image/gif",
    "BMP": "image/bmp",
}
_BROKEN = (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, IndexError)
# Letters of a screenshot are some 10 dots tall; the reader was taught with three times as many.
_SMALL_WIDTH = 1_600
_MOST_MAGNIFIED = 3


def parse(data: bytes, context: ParseContext) -> ParsedDocument:
    """Return the text of a picture.

    Raises AppError picture_too_large, file_corrupt, ocr_unavailable, ocr_too_many_pages or
    ocr_found_no_text.
    """
    picture = _open(data)
    count = _count(picture)
    builder = DocumentBuilder(
        context.limits, media_type=FORMATS[str(picture.format)], parser="pillow"
    )
    ocr = Ocr(context)
    if ocr.missing is not None:
        raise AppError("ocr_unavailable", reason=ocr.missing)
    if count > context.limits.ocr_max_pages:
        raise AppError("ocr_too_many_pages", pages=count, limit=context.limits.ocr_max_pages)
    builder.parser += f" {PIL.__version__}, {ocr.version}"
    builder.page_count = count
    builder.note("ocr_pages", str(count))
    pages = list(_pages(picture, count, ocr, builder, context))
    if not any(lines for _, lines in pages):
        raise AppError("ocr_found_no_text")
    joiner = Joiner(line.text for _, lines in pages for line in lines)
    for paragraph in paragraphs(pages, {}):
        text = joiner.join([line.text for line in paragraph.lines])
        builder.add(paragraph.kind, text, level=paragraph.level, page=paragraph.page)
    return builder.build()


def draw_page(data: bytes, number: int, _quote: str) -> tuple[dict[str, Any], bytes]:
    """Return the size of frame ``number`` (from 1) and a PNG of it; no quote is marked on it.

    What the telephone wrote beside the picture, such as where it was taken, is not passed on.
    Raises AppError("file_corrupt"|"picture_too_large"|"page_not_found").
    """
    picture = _open(data)
    if not 1 <= number <= _count(picture):
        raise AppError("page_not_found")
    shown = _upright(picture, number - 1)
    if shown is None:
        raise AppError("file_corrupt")
    shown.thumbnail((WIDTH, MOST_SHOWN // WIDTH))
    written = io.BytesIO()
    shown.save(written, "PNG")
    header = {"width": shown.width, "height": shown.height, "marked": False}
    return {"picture": header}, written.getvalue()


def _count(picture: Image.Image) -> int:
    return getattr(picture, "n_frames", 1) if picture.format == "TIFF" else 1


def _open(data: bytes) -> Image.Image:
    """Open a picture of a known format; only its head is read yet."""
    # The limit is ours, told before a dot is decoded, and not a warning.
    Image.MAX_IMAGE_PIXELS = None
    try:
        picture = Image.open(io.BytesIO(data), formats=list(FORMATS))
    except _BROKEN as error:
        raise AppError("file_corrupt") from error
    _judge(picture)
    return picture


def _judge(picture: Image.Image) -> None:
    if picture.width * picture.height > MAX_PIXELS:
        raise AppError("picture_too_large", width=picture.width, height=picture.height)


def _pages(
    picture: Image.Image, count: int, ocr: Ocr, builder: DocumentBuilder, context: ParseContext
) -> Iterator[tuple[int, list[Line]]]:
    context.progress("ocr", 0, count)
    for index in range(count):
        grey = _grey(picture, index)
        lines = None
        if grey is None:
            builder.warn("damaged_pages_skipped")
        else:
            path = Path("picture.pgm")
            grey.save(path)
            lines = ocr.read_picture(path, *grey.size)
            if lines is None:
                builder.warn("ocr_page_failed")
        context.progress("ocr", index + 1, count)
        yield index + 1, lines or []


def _upright(picture: Image.Image, index: int) -> Image.Image | None:
    """Return a frame upright and on white, in colours or grey; None if it is broken."""
    try:
        picture.seek(index)
        _judge(picture)
        upright = ImageOps.exif_transpose(picture)
        if upright.has_transparency_data:
            shown = upright.convert("RGBA")
            upright = Image.new("RGBA", shown.size, "white")
            upright.alpha_composite(shown)
        return upright.convert("L" if upright.mode in ("1", "L", "I;16") else "RGB")
    except _BROKEN:
        return None


def _grey(picture: Image.Image, index: int) -> Image.Image | None:
    """Return a frame in grey, large enough to be read; None if it is broken."""
    upright = _upright(picture, index)
    if upright is None:
        if _count(picture) == 1:
            raise AppError("file_corrupt")
        return None
    grey = upright.convert("L")
    times = min(_MOST_MAGNIFIED, -(-_SMALL_WIDTH // max(grey.width, 1)))
    if times > 1 and grey.width * grey.height * times**2 <= MAX_PIXELS:
        grey = grey.resize((grey.width * times, grey.height * times), Image.Resampling.LANCZOS)
    return grey
