"""Documents that people print and keep: headings, paragraphs, facts and tables as a PDF.

Letters with accents come from a font that is embedded. The same parts give the same bytes, so
that a document can be made again and compared.
"""

from collections.abc import Sequence

from cogep_assist.core.pdf_parts import Part


def render_pdf(title: str, parts: Sequence[Part], *, footer: str = "") -> bytes:
    """Return a document of A4 pages in Portuguese; ``footer`` stands below every page.

    Takes some milliseconds a page: call it in a thread where others wait.
    """
    # Most processes draw no document as long as they live.
    from cogep_assist.core.pdf_drawing import draw_pdf  # noqa: PLC0415

    return draw_pdf(title, parts, footer=footer)
