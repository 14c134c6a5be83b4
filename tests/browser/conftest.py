"""A real Chromium against a real server on a port of its own.

Without Chromium the tests are skipped and say so; COGEP_TEST_BROWSER=required makes that a
failure, as CI does.
"""

import os
from collections.abc import Iterator

import pytest
from chromium import arguments, find_chromium
from playwright.sync_api import Browser, Page, expect, sync_playwright
from served_site import served_site

from cogep_assist.core.config import Settings

# Read now: the run's own fixtures take such variables out of every test's sight.
REQUIRED = os.environ.get("COGEP_TEST_BROWSER") == "required"
# What a browser only remarks, such as data that it cleared as we asked, is no complaint.
LOUD = {"error", "warning"}


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Path of the browser, or the reason why these tests do not run."""
    found = find_chromium()
    if found:
        return found
    reason = "Chromium was not found: install it to run the browser tests"
    if REQUIRED:
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def chromium(chromium_path: str) -> Iterator[Browser]:
    # Ended with the module: while Playwright lives, this thread can run no other event loop.
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=arguments())
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page in a browser profile of its own; what the console complains of fails the test."""
    context = chromium.new_context(locale="pt-BR", viewport={"width": 1280, "height": 800})
    complaints: list[str] = []
    opened = context.new_page()
    # A machine that is busy with other tests is slow, not broken.
    opened.set_default_timeout(60_000)
    expect.set_options(timeout=30_000)
    opened.on("console", lambda said: said.type in LOUD and complaints.append(said.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert not complaints


@pytest.fixture
def site(settings: Settings) -> Iterator[str]:
    """Address of a real server on this test's database."""
    with served_site(settings) as address:
        yield address
