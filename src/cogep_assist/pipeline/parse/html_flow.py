"""Turn a stream of HTML tags and text into blocks, without a tree."""

from collections.abc import Mapping

from cogep_assist.pipeline.parse.builder import DocumentBuilder
from cogep_assist.pipeline.parse.html_table import HtmlTable, write
from cogep_assist.pipeline.parse.raised import read_raised

HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_OF_DETAILS = 6
_BLOCKS_TEXT = """
address article aside blockquote body caption center dd details dialog dir div dl dt fieldset
figcaption figure footer form frameset header hgroup hr html legend li main menu nav noframes ol p
pre section summary table tbody td tfoot th thead tr ul
"""
BLOCKS = frozenset(_BLOCKS_TEXT.split()) | frozenset(HEADINGS)
_SKIPPED_TEXT = """
applet area audio base button canvas datalist embed frame head iframe input link map math meta
meter noembed noscript object optgroup option output param progress rp rt script select source
style svg template textarea title track video xml
"""
# What is unfolded below a summary is its own: mostly the answer to a question.
_KINDS = {
    **{tag: ("heading", level) for tag, level in HEADINGS.items()},
    "summary": ("heading", _OF_DETAILS),
    "dt": ("paragraph", 0),
    "pre": ("code", 0),
    "blockquote": ("quote", 0),
}
SKIPPED = frozenset(_SKIPPED_TEXT.split())
STRUCK = frozenset({"del", "s", "strike"})
_BOLD = frozenset({"b", "strong"})
_OF_TABLES = frozenset({"tr", "td", "th", "table"})


class HtmlFlow:
    """Collect inline text and cut it into blocks where the tags say so.

    A data table gives one row per ``tr``, under its heads; a list item of an ``ol`` keeps
    its number, because other sentences refer to it. ``1<sup>o</sup>`` reads ``1º``, as
    Brazilian law is published.
    """

    def __init__(self, builder: DocumentBuilder) -> None:
        self._builder = builder
        self._inline: list[str] = []
        self._tables: list[HtmlTable] = []
        self._kinds: list[tuple[str, str, int]] = []
        self._lists: list[_Numbering] = []
        self._marker = ""
        self._sup_from: int | None = None

    def start(self, tag: str, attributes: Mapping[str, str], *, layout: bool = False) -> None:
        """Open an element; `layout` says that its table only places things on the page."""
        if tag == "br":
            self._inline.append("\n")
        elif tag == "sup":
            self._sup_from = len(self._inline)
        elif tag == "q":
            self._inline.append("“")
        elif tag == "img":
            self._image(attributes.get("alt") or "")
        elif tag in _BOLD:
            self._embolden(1)
        elif tag in BLOCKS:
            if self._in_row and (layout or tag not in _OF_TABLES):
                self._part(tag)
            else:
                self._open_block(tag, attributes, layout=layout)

    def end(self, tag: str, *, layout: bool = False) -> None:
        """Close an element that was opened with the same `layout`."""
        if tag == "sup":
            self._close_sup()
        elif tag == "q":
            self._inline.append("”")
        elif tag in _BOLD:
            self._embolden(-1)
        elif tag in BLOCKS:
            if self._in_row and (layout or tag not in _OF_TABLES):
                self._inline.append(" ")
            else:
                self._close_block(tag, layout=layout)

    def text(self, text: str | None) -> None:
        """Add text as it stands in the source."""
        if text:
            if self._tables:
                self._tables[-1].see(text)
            self._inline.append(text if self._within("pre") else text.replace("\n", " "))

    def finish(self) -> None:
        """Emit what is still open."""
        self._flush()
        while self._tables:
            self._close_table()

    def _open_block(self, tag: str, attributes: Mapping[str, str], *, layout: bool) -> None:
        if layout:
            self._flush()
            return
        if tag in ("td", "th"):
            if self._in_row:
                self._inline = []
                self._tables[-1].open_cell(head=tag == "th", attributes=attributes)
            return
        if tag == "table":
            self._open_table()
            return
        self._flush()
        if tag in ("tr", "thead") and self._tables:
            self._tables[-1].open_rows(tag)
        elif tag in ("ul", "ol", "menu", "dir"):
            self._lists.append(_Numbering(tag == "ol", attributes))
            if len(self._lists) == 1:
                self._builder.separate()
        elif tag == "li":
            self._marker = self._lists[-1].next(attributes) if self._lists else ""
            self._kinds.append((tag, "list_item", 0))
        elif tag in _KINDS:
            self._kinds.append((tag, *_KINDS[tag]))

    def _close_block(self, tag: str, *, layout: bool) -> None:
        if tag in ("td", "th") and self._in_row:
            self._tables[-1].close_cell("".join(self._inline))
            self._inline = []
            return
        if tag == "tr" and self._in_row:
            self._tables[-1].close_row("".join(self._inline))
            self._inline = []
            self._tell()
            return
        if tag == "table" and self._tables and not layout:
            self._close_table()
            return
        if tag == "thead" and self._tables:
            self._tables[-1].in_head = False
        self._flush()
        if tag in ("ul", "ol", "menu", "dir") and self._lists:
            self._lists.pop()
            if not self._lists:
                self._builder.separate()
        elif self._kinds and self._kinds[-1][0] == tag:
            self._kinds.pop()
            self._marker = "" if tag == "li" else self._marker

    @property
    def _in_row(self) -> bool:
        return bool(self._tables) and self._tables[-1].in_row

    def _embolden(self, step: int) -> None:
        if self._tables:
            self._tables[-1].bold = max(0, self._tables[-1].bold + step)

    def _part(self, tag: str) -> None:
        """Part what a block inside a cell says from what stands before it."""
        while tag == "li" and self._inline and not self._inline[-1].strip():
            self._inline.pop()
        last = self._inline[-1].rstrip() if self._inline else ""
        if tag == "li" and self._tables[-1].in_cell and last and last[-1] not in ":;,":
            self._inline[-1] = last
            self._inline.append("; ")
        else:
            self._inline.append(" ")

    def _open_table(self) -> None:
        table = HtmlTable()
        if self._in_row:
            # It stands inside a cell, whose words go on below it.
            table.outside, self._inline = self._inline, []
        else:
            self._flush()
            self._builder.separate()
        self._tables.append(table)

    def _close_table(self) -> None:
        table = self._tables[-1]
        if table.in_row:
            table.close_cell("".join(self._inline))
            table.close_row()
            self._inline = []
        else:
            self._flush()
        lines = table.finish()
        self._tables.pop()
        if self._in_row:
            self._tables[-1].put_inside([text for _, text in lines])
            self._inline = [*table.outside, " "]
        else:
            write(lines, self._builder)

    def _tell(self) -> None:
        """Write the rows that are told by now; those inside a cell wait for the row around them."""
        if len(self._tables) == 1:
            write(self._tables[0].ready(), self._builder)

    def _flush(self) -> None:
        if not self._inline:
            return
        text = "".join(self._inline)
        self._inline = []
        self._sup_from = None
        if not text.strip():
            return
        tag, kind, level = self._kinds[-1] if self._kinds else ("", "paragraph", 0)
        if tag == "dt":
            # Of a list of questions each heads its answer; other terms are told as they stand.
            asks = text.rstrip().endswith("?")
            kind, level = ("heading", _OF_DETAILS) if asks else ("paragraph", 0)
        if kind == "list_item" and self._marker:
            text, self._marker = f"{self._marker} {text.lstrip()}", ""
        if kind == "heading":
            text = text.rstrip().removesuffix("¶").removesuffix("#")
        self._builder.add(kind, text, level=level)

    def _within(self, tag: str) -> bool:
        return bool(self._kinds) and self._kinds[-1][0] == tag

    def _image(self, alt: str) -> None:
        # A short alternative text names an icon; a long one stands for what the picture says.
        if len(alt.split()) >= 4:
            self._inline.append(f" {alt} ")

    def _close_sup(self) -> None:
        if self._sup_from is None:
            return
        raised = "".join(self._inline[self._sup_from :])
        before = "".join(self._inline[max(0, self._sup_from - 3) : self._sup_from])
        read = read_raised(raised, before) if raised else raised
        if read != raised:
            self._inline[self._sup_from :] = [read]
        self._sup_from = None


class _Numbering:
    """Number the items of one list as a browser shows them."""

    def __init__(self, ordered: bool, attributes: Mapping[str, str]) -> None:
        self._ordered = ordered
        self._style = attributes.get("type") or "1"
        self._next = _integer(attributes.get("start"), 1)

    def next(self, attributes: Mapping[str, str]) -> str:
        if not self._ordered:
            return ""
        number = _integer(attributes.get("value"), self._next)
        self._next = number + 1
        return f"{number_as(number, self._style)}."


def number_as(number: int, style: str) -> str:
    """Write a number in the style of a list: ``1``, ``a``, ``A``, ``i`` or ``I``."""
    if style in "aA" and number > 0:
        letters = ""
        while number > 0:
            number, digit = divmod(number - 1, 26)
            letters = chr(ord("a") + digit) + letters
        return letters.upper() if style == "A" else letters
    if style in "iI" and 0 < number < 4000:
        roman = _roman(number)
        return roman if style == "I" else roman.lower()
    return str(number)


def _roman(number: int) -> str:
    written = ""
    for value, sign in zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ("M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"),
        strict=True,
    ):
        count, number = divmod(number, value)
        written += sign * count
    return written


def _integer(value: str | None, default: int) -> int:
    try:
        return int(value) if value and len(value) < 10 else default
    except ValueError:
        return default
