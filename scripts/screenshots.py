"""Picture every page at three widths, light and dark, into screenshots/.

Uses the samples of the tests, on a database that is made for it and thrown away. Options:
--only TEXT (pages whose file name holds it), --width N, --theme light|dark, --out FOLDER.
What the browser itself writes, in fields for dates and files, is Portuguese where its language
pack is installed (Debian: chromium-l10n).
"""

import argparse
import asyncio
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/support"))

from chromium import arguments, find_chromium  # noqa: E402  # lies beside the tests
from page_samples import Prepared, prepare_samples  # noqa: E402
from playwright.sync_api import Browser, sync_playwright  # noqa: E402
from served_site import served_site  # noqa: E402
from sqlalchemy.engine import make_url  # noqa: E402

from cogep_assist.core import embedded_postgres, schema, secret_key  # noqa: E402
from cogep_assist.core.config import Settings  # noqa: E402
from cogep_assist.core.db import Database  # noqa: E402
from cogep_assist.edge.cookies import COOKIE  # noqa: E402

WIDTHS = (360, 768, 1440)
HEIGHTS = {360: 740, 768: 1024, 1440: 900}


def main() -> None:
    """Make the pictures that the options ask for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="")
    parser.add_argument("--width", type=int, choices=WIDTHS)
    parser.add_argument("--theme", choices=("light", "dark"))
    parser.add_argument("--out", type=Path, default=ROOT / "screenshots")
    options = parser.parse_args()
    browser = find_chromium()
    if browser is None:
        raise SystemExit("Chromium was not found: install it to make the pictures.")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        with embedded_postgres.running(Path(folder)) as server:
            _picture(server.url("owner"), browser, options)


def _picture(url: str, browser: str, options: argparse.Namespace) -> None:
    schema.upgrade(make_url(url))
    os.environ["COGEP_SECRET_KEY"] = "so-para-imagens-de-paginas-de-exemplo"
    settings = Settings(_env_file=None, database_url=url)
    secret_key.load(settings)
    found = asyncio.run(_prepare(url))
    options.out.mkdir(parents=True, exist_ok=True)
    with served_site(settings) as site, sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=browser,
            args=[*arguments(), "--lang=pt-BR"],
            # What the browser itself writes in a date or a file field is Portuguese too.
            env={**os.environ, "LANGUAGE": "pt_BR"},
        )
        for width in WIDTHS if options.width is None else (options.width,):
            for theme in ("light", "dark") if options.theme is None else (options.theme,):
                for sample in found.pages:
                    if options.only in sample.file:
                        place = options.out / f"{sample.file}-{width}-{theme}.png"
                        address = sample.address.format(**found.names)
                        cookie = found.cookies.get(sample.role)
                        _shoot(opened, site, address, cookie, width, theme, place)
        opened.close()


def _shoot(
    browser: Browser,
    site: str,
    address: str,
    cookie: str | None,
    width: int,
    theme: str,
    place: Path,
) -> None:
    context = browser.new_context(
        locale="pt-BR",
        viewport={"width": width, "height": HEIGHTS[width]},
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
    )
    if cookie:
        # Of the whole site: what a page listens to lies elsewhere, and would sign it out.
        context.add_cookies([{"name": COOKIE, "value": cookie, "url": site}])
    page = context.new_page()
    page.goto(site + address)
    page.wait_for_load_state("load")
    page.screenshot(path=str(place), full_page=True)
    context.close()
    print(place)


async def _prepare(url: str) -> Prepared:
    database = Database(make_url(url), pool_size=2)
    try:
        return await prepare_samples(database)
    finally:
        await database.close()


if __name__ == "__main__":
    main()
