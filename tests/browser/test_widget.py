"""The question box in a page of another origin, under that page's strict policy, by keyboard."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Frame, Page, expect
from published import publish
from sqlalchemy.engine import URL

from cogep_assist.access_service.site_schemas import SiteBody
from cogep_assist.access_service.sites import add_site
from cogep_assist.core.db import Database
from cogep_assist.core.principal import SYSTEM

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]
AXE = (Path(__file__).parent / "vendor/axe/axe.min.js").read_text("utf-8")
# Each frame by itself: axe would speak to a frame of another origin, which the browser forbids.
RUN = (
    "() => axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', "
    "'best-practice'], iframes: false}).then(found => "
    "found.violations.map(v => v.id + ' ' + v.nodes[0].html))"
)
FITS = "document.documentElement.scrollWidth <= innerWidth"
TEXT = "O adicional de férias corresponde a um terço da remuneração do mês."
TABLE = """Calendário de pagamento de 2026, por folha, com a data em que o crédito cai na conta.

Folha | Data do crédito | Quem confere | Responsabilidade
novembro | 27/11/2026 | Coordenação de Pagamento | Superintendência
dezembro | 18/12/2026 | Coordenação de Cadastro | Superintendência"""
# The two directives that the guide names, and nothing else that would help.
POLICY = (
    "default-src 'none'; script-src {desk}; frame-src {desk}; require-trusted-types-for 'script'"
)
PAGE = """<!doctype html><html lang="pt-BR"><head><title>Portal do órgão</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><main><h1>Portal do órgão</h1><p><a href="#conteudo">Serviços</a></p></main>
{script}</body></html>"""


@contextmanager
def portal(desk: str) -> Iterator[tuple[int, list[str]]]:
    """A site of another origin; give its port, and the list whose last is its script's line."""
    line = [""]

    class Portal(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = PAGE.format(script=line[-1]).encode()
            self.send_response(200 if self.path == "/" else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", POLICY.format(desk=desk))
            self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
            self.send_header("Referrer-Policy", "no-referrer")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Portal)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1], line
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


def prepare(url: URL, origin: str) -> str:
    async def work() -> str:
        database = Database(url, pool_size=1)
        try:
            await publish(database, TEXT, "Guia do adicional", public=True)
            await publish(database, TABLE, "Calendário da folha", public=True)
            async with database.begin() as session:
                body = SiteBody(name="Portal", origins=[origin])
                return str(await add_site(session, SYSTEM, body))
        finally:
            await database.close()

    # In a thread: Playwright's event loop is the one of this thread.
    with ThreadPoolExecutor(1) as elsewhere:
        return elsewhere.submit(lambda: asyncio.run(work())).result(60)


def test_a_person_asks_and_opens_a_ticket_from_another_site(
    chromium: Browser, site: str, database_url: URL
) -> None:
    with portal(site) as (port, line):
        home = f"http://127.0.0.1:{port}"
        ident = prepare(database_url, home)
        line.append(f'<script src="{site}/widget.js" data-site="{ident}" defer></script>')
        context = chromium.new_context(locale="pt-BR", viewport={"width": 1280, "height": 800})
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda one: one.type in {"error", "warning"} and said.append(one.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(home)
        box = opened_by_keyboard(page, ident)
        agree_and_ask(box)
        stays_inside(page, box)
        page.set_viewport_size({"width": 360, "height": 740})
        look(page, box, 360)
        page.set_viewport_size({"width": 1280, "height": 800})
        look(page, box, 1280)
        reach_a_person(page, box)
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_be_hidden()
        expect(page.get_by_role("button", name="Perguntar")).to_be_focused()
        # On a telephone it fills the window; what was going on there is still there.
        page.set_viewport_size({"width": 360, "height": 740})
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        page.keyboard.press("Enter")
        expect(box.get_by_role("heading", name="Chamado aberto")).to_be_focused()
        look(page, box, 360)
        assert page.locator(".panel").bounding_box() == {
            "x": 0,
            "y": 0,
            "width": 360,
            "height": 740,
        }
        assert said == []
        context.close()


def test_a_site_that_is_not_listed_is_refused(
    chromium: Browser, site: str, database_url: URL
) -> None:
    with portal(site) as (port, line):
        ident = prepare(database_url, "https://outro.gov.br")
        line.append(f'<script src="{site}/widget.js" data-site="{ident}" defer></script>')
        context = chromium.new_context(locale="pt-BR")
        page = context.new_page()
        page.clock.install()
        page.goto(f"http://localhost:{port}")
        page.get_by_role("button", name="Perguntar").click()
        page.wait_for_timeout(300)
        page.clock.fast_forward(13_000)
        expect(page.get_by_text("Não foi possível abrir")).to_be_visible()
        # The browser shows its own page of refusal where ours would be.
        assert not any(frame.url.startswith(site) for frame in page.frames)
        page.get_by_role("button", name="Fechar").click()
        expect(page.get_by_role("button", name="Perguntar")).to_be_focused()
        context.close()


def opened_by_keyboard(page: Page, ident: str) -> Frame:
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Perguntar")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Perguntar")).to_be_visible()
    expect(page.frame_locator("iframe").get_by_role("heading", name="Perguntar")).to_be_focused()
    return next(frame for frame in page.frames if ident in frame.url)


def agree_and_ask(box: Frame) -> None:
    expect(box.get_by_text("Ao continuar, você concorda")).to_be_visible()
    assert box.evaluate("document.getElementById('perguntar').hidden")
    box.get_by_role("button", name="Concordo e quero perguntar").press("Enter")
    expect(box.get_by_label("Sua pergunta")).to_be_focused()
    cut_short(box)
    box.get_by_label("Sua pergunta").press("Enter")
    expect(box.locator(".turn .answer")).to_contain_text("um terço da remuneração")
    expect(box.get_by_role("status")).to_contain_text("Resposta: O adicional de férias")
    chip = box.get_by_role("button", name="Fonte 1: Guia do adicional")
    chip.press("Enter")
    expect(box.get_by_role("blockquote")).to_have_text(TEXT)
    box.get_by_role("button", name="Ajudou", exact=True).press("Enter")
    expect(box.get_by_text("Obrigado: sua avaliação ficou.")).to_be_focused()
    box.get_by_role("button", name="Retirar a avaliação").press("Enter")
    expect(box.get_by_text("Sua avaliação foi retirada.")).to_be_focused()
    expect(box.get_by_role("button", name="Não ajudou")).to_be_visible()
    box.get_by_label("Sua pergunta").fill("Qual é a data do crédito da folha de novembro?")
    box.get_by_label("Sua pergunta").press("Enter")
    expect(box.get_by_role("columnheader", name="Quem confere")).to_be_visible()
    expect(box.locator("td strong").first).to_have_text("27/11/2026")


def cut_short(box: Frame) -> None:
    """The network ends the answer without a word: the question comes back, and that is said."""
    context, question = box.page.context, "Quanto é o adicional de férias?"
    context.route(
        "**/widget/perguntar",
        lambda route: route.fulfill(
            content_type="text/event-stream", body='event: sources\ndata: {"citations": []}\n\n'
        ),
    )
    box.get_by_label("Sua pergunta").fill(question)
    box.get_by_label("Sua pergunta").press("Enter")
    expect(box.get_by_text("A conexão caiu antes do fim").first).to_be_visible()
    expect(box.get_by_role("status")).to_contain_text("A conexão caiu")
    expect(box.get_by_label("Sua pergunta")).to_have_value(question)
    context.unroute("**/widget/perguntar")


def stays_inside(page: Page, box: Frame) -> None:
    """Tab and Shift+Tab go round in the box, and reach everything in it."""
    box.get_by_role("button", name="Fechar").focus()
    page.keyboard.press("Shift+Tab")
    expect(box.get_by_role("button", name="Falar com uma pessoa")).to_be_focused()
    page.keyboard.press("Tab")
    expect(box.get_by_role("button", name="Fechar")).to_be_focused()
    reached = set()
    for _ in range(20):
        page.keyboard.press("Tab")
        reached.add(box.evaluate("document.activeElement.id || document.activeElement.tagName"))
    assert {"fechar", "pergunta", "enviar", "chamar", "SUMMARY"} <= reached
    assert "BODY" not in reached


def look(page: Page, box: Frame, width: int) -> None:
    assert page.evaluate(FITS)
    assert box.evaluate(FITS), f"wider than its frame at {width}"
    for place in (page.main_frame, box):
        place.evaluate(AXE)
        assert place.evaluate(RUN) == []


def reach_a_person(page: Page, box: Frame) -> None:
    box.get_by_label("Sua pergunta").fill("Qual é a raiz quadrada do hipopótamo?")
    box.get_by_label("Sua pergunta").press("Enter")
    expect(box.get_by_text("Não encontrei isso na base.").first).to_be_visible()
    box.get_by_role("button", name="Abrir chamado com esta pergunta").press("Enter")
    expect(box.get_by_label("O que você precisa")).to_have_value(
        "Qual é a raiz quadrada do hipopótamo?"
    )
    look(page, box, 1280)
    box.get_by_role("button", name="Abrir chamado", exact=True).press("Enter")
    expect(box.get_by_role("heading", name="Chamado aberto")).to_be_focused()
    expect(box.locator("#protocolo")).not_to_be_empty()
    expect(box.locator("#codigo")).not_to_be_empty()
