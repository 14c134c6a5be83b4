"""A real Chromium against a real server on a port of its own.

Without Chromium the tests are skipped and say so; COGEP_TEST_BROWSER=required makes that a
failure, as CI does.
"""

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect, sync_playwright

from cogep_assist.core.config import Settings
from cogep_assist.main import create_app

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files/Chromium/Application/chrome.exe",
)
# Read now: the run's own fixtures take such variables out of every test's sight.
REQUIRED = os.environ.get("COGEP_TEST_BROWSER") == "required"
QUIET = (
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Path of the browser, or the reason why these tests do not run."""
    found = [path for name in PROGRAMS if (path := shutil.which(name))]
    found += [place for place in PLACES if Path(place).exists()]
    if found:
        return found[0]
    reason = "Chromium was not found: install it to run the browser tests"
    if REQUIRED:
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def chromium(chromium_path: str) -> Iterator[Browser]:
    # Ended with the module: while Playwright lives, this thread can run no other event loop.
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    # Chromium refuses its own sandbox to root; these pages are ours.
    arguments = [*QUIET, "--no-sandbox"] if root else list(QUIET)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=arguments)
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
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert not complaints


@pytest.fixture
def site(settings: Settings) -> Iterator[str]:
    """Address of a real server on this test's database."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(create_app(settings), log_level="error", loop="asyncio")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + 30
        while not server.started and thread.is_alive() and time.monotonic() < deadline:
            time.sleep(0.02)
        assert server.started
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(20)
