"""Measure how much of a document's words the parsers find, and how fast, beside other libraries.

Usage: see bench/parsing.md. Everything is read from the paths given; nothing is fetched.
"""

import argparse
import asyncio
import io
import re
import statistics
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import docx
import pypdfium2
from bs4 import BeautifulSoup, Tag, XMLParsedAsHTMLWarning
from markitdown import MarkItDown
from odf import opendocument, table, teletype, text
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph

from cogep_assist.pipeline.parse.child import ParserPool
from cogep_assist.pipeline.parse.limits import ParseLimits

# What surrounds the text on the pages of DocBook and of LibreOffice's help.
FURNITURE = (
    "script, style, nav, footer, .docnav, .navheader, .navfooter, #title, .leftside, .rightside, "
    "header, [hidden], #SearchFrame, .contents-treeview, #langs, .modules, .donation, aside, .toc"
)
INLINE = [
    "a",
    "b",
    "code",
    "em",
    "font",
    "i",
    "q",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "tt",
    "u",
]
WORD = re.compile(r"\w+")
LINK_TARGET = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
PAGE_CHARS = 3_000


@dataclass
class Sample:
    """A document, the words it is known to hold, and its length in pages."""

    name: str
    data: bytes
    truth: list[str]
    pages: float


@dataclass
class Score:
    """What one reader got out of one set of documents."""

    words: float
    pairs: float
    pages_per_second: float


warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)


def main() -> None:
    """Run every set that was asked for and print one table."""
    options = _options()
    sets: list[tuple[str, list[Sample], dict[str, Callable[[str, bytes], str]]]] = []
    markitdown = MarkItDown()

    def convert(name: str, data: bytes) -> str:
        suffix = Path(name).suffix
        found = markitdown.convert_stream(io.BytesIO(data), file_extension=suffix)
        return LINK_TARGET.sub(r"\1", found.text_content)

    for folder in options.html:
        pages = list(_pages(folder, options.limit))
        label = f"HTML {folder.name}"
        sets.append((label, [_html_sample(path) for path in pages], {"markitdown": convert}))
    for pdf_path, source in options.pdf:
        sample = _pdf_sample(pdf_path, source)
        readers = {"pypdfium2 alone": _pypdfium2, "markitdown": convert}
        sets.append((f"PDF {pdf_path.stem}", [sample], readers))
    if options.html:
        bodies = [_blocks(path) for path in _pages(options.html[0], options.limit)]
        bodies = [body for body in bodies if sum(len(words) for _, words in body) > 1_000]
        sets.append(("DOCX", [_docx_sample(body) for body in bodies], {"markitdown": convert}))
        sets.append(("ODT", [_odt_sample(body) for body in bodies], {"odfpy teletype": _odfpy}))
        columns = [_columns_sample(body) for body in bodies[:20]]
        readers = {"pypdfium2 alone": _pypdfium2, "markitdown": convert}
        sets.append(("PDF, two columns", columns, readers))
    for label, samples, others in sets:
        _compare(label, samples, others)


def _options() -> argparse.Namespace:
    def pair(value: str) -> tuple[Path, Path]:
        pdf, _, source = value.partition("=")
        return Path(pdf), Path(source)

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--html", type=Path, action="append", default=[], help="folder of pages")
    parser.add_argument("--pdf", type=pair, action="append", default=[], help="PDF=its HTML source")
    parser.add_argument("--limit", type=int, default=60, help="pages taken from each folder")
    return parser.parse_args()


def _compare(
    label: str, samples: list[Sample], others: dict[str, Callable[[str, bytes], str]]
) -> None:
    ours = asyncio.run(_run_ours(samples))
    print(f"\n{label}: {len(samples)} documents, {sum(s.pages for s in samples):.0f} pages")
    print(f"{'':18}{'words F1':>10}{'pairs F1':>10}{'pages/s':>10}{'pages/s, ours : theirs':>25}")
    print(f"{'cogep':18}{ours.words:10.4f}{ours.pairs:10.4f}{ours.pages_per_second:10.1f}")
    for name, read in others.items():
        theirs = _run_other(samples, read)
        ratio = ours.pages_per_second / theirs.pages_per_second
        figures = f"{theirs.words:10.4f}{theirs.pairs:10.4f}{theirs.pages_per_second:10.1f}"
        print(f"{name:18}{figures}{ratio:24.2f}x")


async def _run_ours(samples: list[Sample]) -> Score:
    """Read through the limited child, as the product does."""
    pool = ParserPool(1)
    limits = ParseLimits(ocr=False)
    found: list[str] = []
    try:
        await pool.parse(b"aquecer", name="a.txt", declared_type=None, limits=limits)
        began = time.perf_counter()
        for sample in samples:
            document = await pool.parse(
                sample.data, name=sample.name, declared_type=None, limits=limits
            )
            found.append(document.text)
        seconds = time.perf_counter() - began
    finally:
        pool.close()
    return _score(samples, found, seconds)


def _run_other(samples: list[Sample], read: Callable[[str, bytes], str]) -> Score:
    began = time.perf_counter()
    found = [read(sample.name, sample.data) for sample in samples]
    return _score(samples, found, time.perf_counter() - began)


def _score(samples: list[Sample], found: Iterable[str], seconds: float) -> Score:
    words, pairs = [], []
    for sample, read in zip(samples, found, strict=True):
        got = _words(read)
        words.append(_f1(sample.truth, got))
        pairs.append(_f1(list(pairwise(sample.truth)),
                         list(pairwise(got))))  # fmt: skip
    pages = sum(sample.pages for sample in samples)
    return Score(statistics.mean(words), statistics.mean(pairs), pages / seconds)


def _f1(truth: list, got: list) -> float:
    common = sum((Counter(truth) & Counter(got)).values())
    return 2 * common / (len(truth) + len(got)) if truth or got else 1.0


def _words(found: str) -> list[str]:
    return WORD.findall(found.lower())


def _pages(folder: Path, limit: int) -> Iterator[Path]:
    paths = sorted(folder.rglob("*.html"))
    step = max(1, len(paths) // limit)
    yield from paths[::step][:limit]


def _content(path: Path) -> Tag:
    soup = BeautifulSoup(path.read_bytes(), "lxml")
    for element in soup.select(FURNITURE):
        element.decompose()
    content = soup.select_one("#DisplayArea") or soup.body or soup
    # Inline marks part no words.
    for element in content.find_all(INLINE):
        element.unwrap()
    content.smooth()
    return content


def _html_sample(path: Path) -> Sample:
    truth = _words(_content(path).get_text(" "))
    return Sample(path.name, path.read_bytes(), truth, len(" ".join(truth)) / PAGE_CHARS)


def _pdf_sample(pdf_path: Path, source: Path) -> Sample:
    paths = [source] if source.is_file() else sorted(source.glob("*.html"))
    truth = [word for path in paths for word in _words(_content(path).get_text(" "))]
    data = pdf_path.read_bytes()
    return Sample(pdf_path.name, data, truth, len(pypdfium2.PdfDocument(data)))


def _blocks(path: Path) -> list[tuple[str, str]]:
    """Return (kind, text) of the headings, paragraphs, items and table rows of a page."""
    found = []
    for element in _content(path).select("h1, h2, h3, h4, p, .para, li, tr"):
        inside = element.find_parent(["p", "li", "tr"]) or element.find_parent(class_="para")
        words = " ".join(element.get_text(" ").split())
        if words and inside is None:
            found.append((element.name, words))
    return found


def _written(name: str, buffer: io.BytesIO, blocks: list[tuple[str, str]]) -> Sample:
    truth = [word for _, words in blocks for word in _words(words)]
    return Sample(name, buffer.getvalue(), truth, len(" ".join(truth)) / PAGE_CHARS)


def _docx_sample(blocks: list[tuple[str, str]]) -> Sample:
    document = docx.Document()
    for kind, words in blocks:
        if kind[0] == "h":
            document.add_heading(words, level=int(kind[1]))
        elif kind == "li":
            document.add_paragraph(words, style="List Bullet")
        elif kind == "tr":
            half = len(words) // 2
            row = document.add_table(rows=1, cols=2).rows[0]
            row.cells[0].text, row.cells[1].text = _halves(words, half)
        else:
            document.add_paragraph(words)
    buffer = io.BytesIO()
    document.save(buffer)
    return _written("a.docx", buffer, blocks)


def _odt_sample(blocks: list[tuple[str, str]]) -> Sample:
    document = opendocument.OpenDocumentText()
    for kind, words in blocks:
        if kind[0] == "h":
            document.text.addElement(text.H(outlinelevel=int(kind[1]), text=words))
        elif kind == "li":
            items, item = text.List(), text.ListItem()
            item.addElement(text.P(text=words))
            items.addElement(item)
            document.text.addElement(items)
        elif kind == "tr":
            grid, row = table.Table(), table.TableRow()
            for half in _halves(words, len(words) // 2):
                cell = table.TableCell()
                cell.addElement(text.P(text=half))
                row.addElement(cell)
            grid.addElement(row)
            document.text.addElement(grid)
        else:
            document.text.addElement(text.P(text=words))
    buffer = io.BytesIO()
    document.write(buffer)
    return _written("a.odt", buffer, blocks)


def _columns_sample(blocks: list[tuple[str, str]]) -> Sample:
    """Set the text in two justified columns, as bulletins and gazettes are."""
    width, height = A4
    buffer = io.BytesIO()
    frames = [Frame(40 + side * 262, 40, 250, height - 80, id=str(side)) for side in (0, 1)]
    template = BaseDocTemplate(buffer, pagesize=A4)
    template.addPageTemplates([PageTemplate(frames=frames)])
    body = ParagraphStyle("corpo", getSampleStyleSheet()["BodyText"], alignment=4)
    shown = [
        (kind, re.sub(r"[^\x20-\x7e\xa0-\xff]", " ", words)) for kind, words in blocks if width
    ]
    escaped = (words.replace("&", "&amp;").replace("<", "&lt;") for _, words in shown)
    template.build([Paragraph(words, body) for words in escaped])
    sample = _written("a.pdf", buffer, shown)
    sample.pages = len(pypdfium2.PdfDocument(sample.data))
    return sample


def _halves(words: str, middle: int) -> tuple[str, str]:
    cut = words.find(" ", middle)
    return (words[:cut], words[cut + 1 :]) if cut > 0 else (words, "")


def _pypdfium2(_name: str, data: bytes) -> str:
    pdf = pypdfium2.PdfDocument(data)
    return "\n".join(page.get_textpage().get_text_range() for page in pdf)


def _odfpy(_name: str, data: bytes) -> str:
    with tempfile.NamedTemporaryFile(suffix=".odt") as file:
        file.write(data)
        file.flush()
        body = opendocument.load(file.name).text
        return "\n".join(teletype.extractText(element) for element in body.childNodes)


if __name__ == "__main__":
    main()
