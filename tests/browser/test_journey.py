"""The whole way in a real browser: sign in by link, ask, open the source, leave."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import Page, expect
from published import publish
from sqlalchemy.engine import URL

from cogep_assist.core.access import create_sign_in_link
from cogep_assist.core.db import Database
from cogep_assist.core.models import Role

pytestmark = pytest.mark.browser

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
    page.wait_for_url("**/respostas/*")
    assert SENTENCE in page.inner_text(".answer")
    page.get_by_label("Fonte 1").first.click()
    assert page.url.endswith("#fonte-1")
    page.locator("#fonte-1 a").first.click()
    page.wait_for_url("**/versoes/1?*#trecho")
    passage = page.locator("mark#trecho")
    assert passage.inner_text() == SENTENCE
    box = passage.bounding_box()
    assert box is not None
    assert 0 < box["y"] < 800, "the passage is not in sight"
    page.go_back()
    page.get_by_role("button", name="Sair").click()
    page.wait_for_url("**/entrar")
    page.goto(f"{site}/perguntar")
    assert page.url == f"{site}/entrar"


def test_the_keyboard_alone_is_enough(page: Page, link: str) -> None:
    page.goto(link)
    expect(page.get_by_role("button", name="Entrar no COGEP Assist")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/perguntar")
    expect(page.get_by_label("Sua pergunta")).to_be_focused()
    page.keyboard.type(QUESTION)
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.wait_for_url("**/respostas/*")
    assert SENTENCE in page.inner_text(".answer")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_fits_and_can_be_read(page: Page, link: str, width: int, scheme: str) -> None:
    page.set_viewport_size({"width": width, "height": 720})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    sign_in(page, link)
    ask(page, QUESTION)
    page.wait_for_url("**/respostas/*")
    page.locator("#fonte-1 a").first.click()
    page.wait_for_url("**/versoes/1?*")
    for _ in range(2):
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        for selector, ratio in page.evaluate(CONTRAST).items():
            assert ratio >= 4.5, f"{selector}: {ratio:.2f}:1"
        page.go_back()


# WCAG 2.2, 1.4.3: the ratio of relative luminances of each text to what lies behind it.
CONTRAST = """() => {
  const light = ([r, g, b]) => [r, g, b].map(v => (v /= 255) <= 0.04045
      ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
      .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const parts = text => text.match(/[\\d.]+/g).map(Number);
  const behind = node => {
    for (; node; node = node.parentElement) {
      const colour = parts(getComputedStyle(node).backgroundColor);
      if (colour.length < 4 || colour[3] === 1) return colour.slice(0, 3);
    }
    return [255, 255, 255];
  };
  const found = {};
  for (const node of document.querySelectorAll('body *')) {
    const own = [...node.childNodes].some(c => c.nodeType === 3 && c.data.trim());
    if (!own || node.closest('.skip')) continue;
    const [a, b] = [light(parts(getComputedStyle(node).color)), light(behind(node))];
    const name = node.tagName + '.' + node.className;
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    found[name] = Math.min(found[name] ?? 99, ratio);
  }
  return found;
}"""
