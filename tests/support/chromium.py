"""Where the browser is, and how it is started."""

import os
import shutil
from pathlib import Path

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files/Chromium/Application/chrome.exe",
)
QUIET = (
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def find_chromium() -> str | None:
    """Return the path of the browser, or None."""
    found = [path for name in PROGRAMS if (path := shutil.which(name))]
    found += [place for place in PLACES if Path(place).exists()]
    return found[0] if found else None


def arguments() -> list[str]:
    """Return what the browser is started with."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    # Chromium refuses its own sandbox to root; these pages are ours.
    return [*QUIET, "--no-sandbox"] if root else list(QUIET)
