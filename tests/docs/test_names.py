"""What the documents name exists: files and folders of the repository, addresses of the API."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from starlette.routing import Match, Route

from cogep_assist.core.config import Settings
from cogep_assist.main import create_app

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    page
    for page in (*ROOT.glob("*.md"), *(ROOT / "bench").glob("*.md"), *(ROOT / "docs").rglob("*.md"))
    if page.name != "CHANGELOG.md"
]
CODE = re.compile(r"```.*?```|`([^`\n]+)`", re.DOTALL)
FILE = re.compile(r"(?:[\w.-]+/)*[\w-]+\.(?:py|md|toml|yml|lock|sh|html|css|js)")
FOLDER = re.compile(
    r"(?:src|tests|docs|bench|clients|integrations|scripts|\w+_service|edge)/(?:\w+/)*"
)
ADDRESS = re.compile(r"\b(GET|POST|PUT|PATCH|DELETE) (/[\w/{}.-]*)")
KEPT_OUT = {".git", ".venv", "node_modules", "__pycache__"}
# Addresses of the systems from which customers and tickets are brought over.
OF_OTHERS = ("/api/v1/", "/apirest.php/")


@cache
def tracked() -> frozenset[str]:
    """Return every file and folder, and each way to name it from further within."""
    found = set()
    for path in ROOT.rglob("*"):
        parts = path.relative_to(ROOT).parts
        if not KEPT_OUT.intersection(parts):
            end = "/" if path.is_dir() else ""
            found |= {"/".join(parts[at:]) + end for at in range(len(parts))}
    return frozenset(found)


def spoken(page: Path) -> Iterator[str]:
    for code in CODE.findall(page.read_text("utf-8")):
        if code:
            yield code


def test_files_and_folders_exist() -> None:
    named = [
        (page.relative_to(ROOT), word)
        for page in PAGES
        for word in spoken(page)
        if FILE.fullmatch(word) or FOLDER.fullmatch(word)
    ]
    assert len(named) > 100
    assert [one for one in named if one[1] not in tracked()] == []


def test_addresses_of_the_api_exist() -> None:
    routes = [one for one in create_app(Settings()).routes if isinstance(one, Route)]
    told = [
        (page.relative_to(ROOT), method, path)
        for page in PAGES
        for method, path in ADDRESS.findall(page.read_text("utf-8"))
        if not path.startswith(OF_OTHERS)
    ]
    assert len(told) > 100
    assert [one for one in told if not served(routes, one[1], one[2])] == []


def served(routes: list[Route], method: str, path: str) -> bool:
    """Tell whether a route takes an address, with an id where the page has a word for one."""
    some = "019a0000-0000-7000-8000-000000000000"
    address = re.sub(r"\{\w+\}|\b(?:ID|[A-Z]{3,})\b", some, path.rstrip(".")).replace("/N/", "/1/")
    scope = {"type": "http", "method": method, "path": address}
    return any(route.matches(scope)[0] is Match.FULL for route in routes)
