"""Every page, in a real browser: axe finds nothing in light or dark, and it fits 360 pixels."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from page_samples import Prepared, prepare_samples
from playwright.sync_api import Browser, BrowserContext
from sqlalchemy.engine import URL

from cogep_assist.core.db import Database
from cogep_assist.edge.cookies import COOKIE

AXE = Path(__file__).parent / "vendor/axe/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOUD = {"error", "warning"}
RUN = (
    "options => axe.run(document, options).then(found => found.violations.map(v => ({"
    "id: v.id, nodes: v.nodes.map(n => n.html.slice(0, 160) + ' ' + n.failureSummary)})))"
)


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_every_page_is_accessible_and_fits(chromium: Browser, site: str, database_url: URL) -> None:
    found = _prepared(database_url)
    roles = {sample.role for sample in found.pages}
    contexts = {role: _context(chromium, site, found.cookies.get(role)) for role in roles}
    wrong = []
    for sample in found.pages:
        wrong += _complaints(contexts[sample.role], site + sample.address.format(**found.names))
    assert wrong == []


def _prepared(url: URL) -> Prepared:
    async def prepare() -> Prepared:
        database = Database(url, pool_size=2)
        try:
            return await prepare_samples(database)
        finally:
            await database.close()

    # In a thread: Playwright's event loop is the one of this thread.
    with ThreadPoolExecutor(1) as elsewhere:
        return elsewhere.submit(lambda: asyncio.run(prepare())).result(60)


def _context(chromium: Browser, site: str, token: str | None) -> BrowserContext:
    context = chromium.new_context(
        locale="pt-BR", viewport={"width": 360, "height": 740}, reduced_motion="reduce"
    )
    if token:
        context.add_cookies([{"name": COOKIE, "value": token, "url": site}])
    return context


def _complaints(context: BrowserContext, address: str) -> list[str]:
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: message.type in LOUD and said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    reply = page.goto(address)
    # Parts that come after the page are looked at as well, once they stand.
    page.wait_for_timeout(300)
    page.locator(".htmx-request").first.wait_for(state="detached", timeout=15_000)
    path = "/" + address.split("/", 3)[3]
    wrong = [] if reply and reply.status < 500 else [f"{path}: {reply and reply.status}"]
    if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
        wrong.append(f"{path}: wider than 360 pixels")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate(RUN, {"runOnly": TAGS})
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    # Colours are those of the new theme once they have been drawn.
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    found += page.evaluate(RUN, {"runOnly": ["color-contrast"]})
    page.close()
    # A page that says no (an expired link) is told so by its status; browsers log that.
    quiet = [text for text in said if "the server responded with a status of 4" not in text]
    return wrong + [f"{path}: {text}" for text in quiet] + [f"{path}: {one}" for one in found]
