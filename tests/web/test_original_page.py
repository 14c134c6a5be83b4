"""The page of a PDF with the passage marked, and its file handed out to who may read it."""

import struct
import zlib

from api import Api
from browser_session import HTML
from desk_client import PART, UNKNOWN, page
from documents import make_pdf
from published import publish
from signed_in import Person

from cogep_assist.pipeline.parse.pdf_picture import draw_page

LINES = [
    "Manual do ponto",
    "",
    "A jornada normal é de oito horas por",
    "dia, com uma hora de pausa.",
]
PASSAGE = "A jornada normal é de oito horas por dia"


async def test_a_page_is_drawn_with_its_passage_and_its_file_is_handed_out(
    api: Api, admin: Person, requester: Person
) -> None:
    file = make_pdf([LINES])
    text = f"Manual do ponto\n\n{PASSAGE}, com uma hora de pausa."
    start = text.index(PASSAGE)
    document = await publish(api.database, text, "Manual: do ponto/2026", pdf=file)
    place = f"/documentos/{document}/versoes/1"
    query = f"inicio={start}&fim={start + len(PASSAGE)}"
    pane = await admin.client.get(f"{place}?{query}", headers=PART)
    picture = f"{place}/paginas/1?{query}"
    assert f'src="{picture.replace("&", "&amp;")}"' in pane.text
    for _ in range(2):
        drawn = await admin.client.get(picture)
        assert drawn.headers["content-type"] == "image/png"
        assert drawn.headers["cache-control"] == "private, no-cache"
    assert drawn.content.startswith(b"\x89PNG")
    original = await admin.client.get(f"{place}/original")
    assert original.content == file
    assert original.headers["content-type"] == "application/octet-stream"
    assert original.headers["content-disposition"].startswith("attachment")
    assert "Manual%20%20do%20ponto%202026.pdf" in original.headers["content-disposition"]
    assert original.headers["x-content-type-options"] == "nosniff"
    # Whoever may not read the document gets neither, though the page was drawn a moment ago.
    for address in (picture, f"{place}/original"):
        assert (await requester.client.get(address, headers=HTML)).status_code == 404
        assert (await api.anonymous(headers=HTML).get(address)).status_code == 303
    for nowhere in (
        f"{place}/paginas/2",
        f"/documentos/{document}/versoes/9/original",
        f"/documentos/{UNKNOWN}/versoes/1/paginas/1",
    ):
        await page(admin, nowhere, 404)
    plain = await publish(api.database, text, "Só texto")
    await page(admin, f"/documentos/{plain}/versoes/1/original", 404)
    assert "Baixar o original" not in await page(admin, f"/documentos/{plain}/versoes/1")
    broken = await publish(api.database, text, "Quebrado", pdf=b"%PDF-1.7 nada")
    await page(admin, f"/documentos/{broken}/versoes/1/paginas/1", 422)


def test_only_the_passage_is_marked() -> None:
    file = make_pdf([LINES])
    told, marked = draw_page(file, 1, "jornada normal e de OITO horas por dia")
    assert told["picture"]["marked"]
    assert told["picture"]["width"] == 1100
    untold, plain = draw_page(file, 1, "nada disto está na página")
    assert not untold["picture"]["marked"]
    changed = [
        n for n, (a, b) in enumerate(zip(_rows(marked), _rows(plain), strict=True)) if a != b
    ]
    # Two lines of text, of a page of some 1,550.
    assert 20 < len(changed) < 120
    # As much of it as the page holds, where the passage goes on overleaf.
    cut, _ = draw_page(file, 1, PASSAGE + ", com uma hora de pausa. " + "E na folha seguinte. " * 3)
    assert cut["picture"]["marked"]


def _rows(png: bytes) -> list[bytes]:
    """Return the lines of a picture that was written in three chunks."""
    width, height = struct.unpack(">II", png[16:24])
    size = struct.unpack(">I", png[33:37])[0]
    data = zlib.decompress(png[41 : 41 + size])
    step = len(data) // height
    assert step > width
    return [data[n * step : (n + 1) * step] for n in range(height)]
