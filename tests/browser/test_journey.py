"""The whole way in a real browser: sign in by link, ask, open the source, leave."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import Page, Route, expect
from published import publish
from sqlalchemy.engine import URL

from cogep_assist.core.access import create_sign_in_link
from cogep_assist.core.db import Database
from cogep_assist.core.models import Role

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FILLER = "".join(f"Parágrafo {n} sobre outros assuntos do órgão.\n\n" for n in range(200))
SENTENCE = "As férias dos servidores são de trinta dias por ano."
QUESTION = "Quantos dias de férias têm os servidores?"


@pytest.fixture
def link(site: str, database_url: URL) -> str:
    """A sign-in link, on a base of one long document."""

    async def prepare() -> str:
        database = Database(database_url, pool_size=2)
        try:
            await publish(database, f"{FILLER}{SENTENCE}\n\n{FILLER}", "Guia de férias")
            async with database.begin() as session:
                return await create_sign_in_link(session, Role.AGENT)
        finally:
            await database.close()

    # In a thread: Playwright's event loop is the one of this thread.
    with ThreadPoolExecutor(1) as elsewhere:
        token = elsewhere.submit(lambda: asyncio.run(prepare())).result(60)
    return f"{site}/entrar?token={token}"


def sign_in(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_role("button", name="Entrar no COGEP Assist").click()
    page.wait_for_url("**/perguntar")


def ask(page: Page, question: str) -> None:
    page.get_by_label("Sua pergunta").fill(question)
    page.get_by_role("button", name="Perguntar").click()


def test_from_the_link_to_the_marked_passage_and_out(page: Page, site: str, link: str) -> None:
    sign_in(page, link)
    ask(page, QUESTION)
    # The answer is written into the page, is kept, and gets an address of its own.
    page.wait_for_url("**/conversas/*")
    expect(page.locator(".turn .answer")).to_contain_text(SENTENCE)
    expect(page.get_by_label("Sua pergunta")).to_have_value("")
    expect(page.locator(".turn")).to_have_count(1)
    # Far down a long conversation: what is read stays where it was when the source opens beside it.
    page.evaluate(
        "(turn => { for (let n = 0; n < 40; n++) { const long = turn.cloneNode(true);"
        "long.querySelector('h2').textContent = 'Quantos dias? '.repeat(9); turn.before(long); } })"
        "(document.querySelector('.turn'))"
    )
    chip = page.locator("[data-source='1']").last
    chip.scroll_into_view_if_needed()
    stood = chip.bounding_box()
    chip.click()
    passage = page.locator("#fonte mark")
    expect(passage).to_have_text(SENTENCE)
    stands = chip.bounding_box()
    assert stood is not None
    assert stands is not None
    assert abs(stands["y"] - stood["y"]) < 3
    box = passage.bounding_box()
    assert box is not None
    assert 0 < box["y"] < 800, "the passage is not in sight"
    page.get_by_role("link", name="Abrir o documento inteiro").click()
    page.wait_for_url("**/versoes/1?*#trecho")
    assert page.locator("mark#trecho").inner_text() == SENTENCE
    page.go_back()
    page.get_by_role("button", name="Sair").click()
    page.wait_for_url("**/entrar")
    page.goto(f"{site}/perguntar")
    assert page.url == f"{site}/entrar"


def test_below_a_tall_page_the_text_of_a_source_is_reached(page: Page, link: str) -> None:
    page.set_viewport_size({"width": 390, "height": 600})
    sign_in(page, link)
    ask(page, QUESTION)
    page.wait_for_url("**/conversas/*")
    page.locator("[data-source]").first.click()
    expect(page.locator("#fonte mark")).to_have_text(SENTENCE)
    # As high as the picture of a page is on a phone.
    page.locator("#fonte .pane-head").evaluate(
        """head => {
          const picture = document.createElement('p');
          Object.assign(picture.style, {flex: 'none', height: '50rem'});
          head.after(picture);
        }"""
    )
    page.get_by_role("link", name="Abrir o documento inteiro").click()
    page.wait_for_url("**/versoes/1?*#trecho")


def test_the_keyboard_alone_is_enough(page: Page, link: str) -> None:
    page.goto(link)
    expect(page.get_by_role("button", name="Entrar no COGEP Assist")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/perguntar")
    box = page.get_by_label("Sua pergunta")
    expect(box).to_be_focused()
    page.keyboard.type(QUESTION)
    page.reload()
    # What was typed and not sent is still there.
    expect(box).to_have_value(QUESTION)
    box.focus()
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/conversas/*")
    expect(page.locator(".turn .answer")).to_contain_text(SENTENCE)
    page.locator("main").focus()
    page.keyboard.press("1")
    expect(page.locator("#fonte mark")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#fonte mark")).to_have_count(0)
    page.keyboard.press("Control+k")
    page.keyboard.type("conversas")
    page.keyboard.press("Enter")
    page.wait_for_url("**/conversas")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Atalhos do teclado")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("p")
    page.wait_for_url("**/perguntar")
    page.locator("main").focus()
    page.keyboard.press("d")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_an_answer_that_breaks_off_gives_the_question_back(page: Page, link: str) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    sign_in(page, link)
    turn = '<article class="turn" aria-busy="true"><h2 class="question">?</h2>'
    began = f'{turn}<div class="sheet answer"><p></p><div class="waiting">…</div></div></article>'
    # The stream ends before the answer does, as where a proxy or the network cuts it.
    page.route(
        "**/perguntar/fluxo",
        lambda route: route.fulfill(content_type="text/event-stream", body=f"data: {began}\n\n"),
    )
    box = page.get_by_label("Sua pergunta")
    ask(page, QUESTION)
    expect(page.locator(".turn .notice")).to_contain_text("A resposta parou no meio")
    expect(page.get_by_role("status").last).to_contain_text("A resposta parou no meio")
    expect(box).to_have_value(QUESTION)
    expect(page.locator(".turn[aria-busy]")).to_have_count(0)
    page.unroute("**/perguntar/fluxo")
    waits_on_a_slow_network(page)
    # What is said aloud is said once, when it is whole.
    page.evaluate(
        "window.told = []; new MutationObserver(() => told.push("
        "document.getElementById('anuncio').textContent.trim())).observe("
        "document.getElementById('anuncio'), {childList: true})"
    )
    box.press("Enter")
    page.wait_for_url("**/conversas/*")
    expect(page.locator(".turn .answer").last).to_contain_text(SENTENCE)
    expect(page.get_by_role("status").last).to_contain_text("Apoiado em 1 trecho")
    said = page.evaluate("told.filter((one, place) => one && one !== told[place - 1])")
    assert [one.split()[0] for one in said] == ["Procurando", "Resposta:"]
    # Every place of the bar has its word; what has no room there is one touch away.
    for place in ("Perguntar", "Chamados"):
        assert page.get_by_role("link", name=place, exact=True).is_visible()
    page.get_by_text("Mais", exact=True).click()
    expect(page.get_by_role("button", name="Sair")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sair")).to_be_hidden()


def waits_on_a_slow_network(page: Page) -> None:
    """The question stands at once, and the next one waits for its answer."""
    sent: list[Route] = []

    def hold(route: Route) -> None:
        sent.append(route)

    page.route("**/perguntar/fluxo", hold)
    box = page.get_by_label("Sua pergunta")
    box.press("Enter")
    expect(page.locator(".turn.on-its-way .question")).to_have_text(QUESTION)
    box.fill("E o adicional?")
    box.press("Enter")
    expect(page.get_by_text("Espere a resposta terminar").last).to_be_visible()
    expect(box).to_have_value("E o adicional?")
    assert len(sent) == 1
    box.fill("")
    page.keyboard.press("Escape")
    expect(page.locator(".turn.on-its-way")).to_have_count(0)
    expect(box).to_have_value(QUESTION)
    page.unroute("**/perguntar/fluxo")
