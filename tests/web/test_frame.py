"""The frame of the pages: files, vendored parts, places, light and dark, notices, live events."""

import asyncio
import contextlib
import gzip
import hashlib
import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx2
import pytest
from api import Api
from browser_session import HTML, signed_in, stranger, words
from served import served
from signed_in import Person, sign_in

from cogep_assist.core.access_sessions import end_sessions_of
from cogep_assist.core.live_events import announce
from cogep_assist.core.models import Role
from cogep_assist.core.principal import ANONYMOUS, SYSTEM
from cogep_assist.edge.live_hub import LOOK_ANEW, MOST_OF_ONE, Listener
from cogep_assist.web import formats
from cogep_assist.web.navigation import COMMANDS, RAIL, rail_of

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "src/cogep_assist/web/static"
VENDORED = (STATIC / "vendor", ROOT / "tests/browser/vendor")
ZONE = ZoneInfo("America/Sao_Paulo")


async def test_files_are_open_kept_for_good_and_compressed(api: Api) -> None:
    ana = await stranger(api)
    page = await ana.get("/entrar")
    addresses = set(re.findall(r'(?:href|src)="(/estatico/[^"]+)"', page.text))
    sheets = [(await ana.get(address)).text for address in addresses if ".css" in address]
    fonts = re.findall(r'url\("(/estatico/[^"]+)"\)', "".join(sheets))
    assert len(fonts) == 2
    # One sheet, one script: what every page needs costs two requests, and the mark.
    assert len(addresses) == 3
    for address in {*addresses, *fonts}:
        assert re.search(r"\?v=[0-9a-f]{12}$", address)
        reply = await ana.client.get(address, headers={"Accept-Encoding": "gzip"})
        assert reply.status_code == 200
        assert "immutable" in reply.headers["cache-control"]
        packed = reply.headers.get("content-encoding") == "gzip"
        assert packed is not address.partition("?")[0].endswith("woff2")
        plain = await ana.client.get(address, headers={"Accept-Encoding": "identity"})
        assert plain.content == reply.content
        assert "content-encoding" not in plain.headers
    for name in ("nada.css", "..%2fpages.py", "../pages.py", "css/theme.css%00", "css", ""):
        assert (await ana.get(f"/estatico/{name}")).status_code == 404


def test_what_is_vendored_is_what_the_manifest_says() -> None:
    described = json.loads((STATIC / "vendor/manifest.json").read_text("utf-8"))
    listed: dict[str, str] = {}
    for package in described:
        assert package["licence"]
        assert any(name.endswith("/LICENSE") for name in package["files"]), package["package"]
        listed |= package["files"]
    there = {
        path.relative_to(ROOT).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in VENDORED
        for path in folder.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    assert there == listed


def test_the_pages_weigh_little() -> None:
    """Style sheets, scripts and fonts together, compressed: the budget is 150 KB."""
    names = re.findall(r'"((?:js|css|vendor)/[^"]+\.(?:js|css))"', _base())
    packed = sum(len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in names)
    fonts = sum(path.stat().st_size for path in (STATIC / "vendor").rglob("*.woff2"))
    assert packed + fonts < 110_000


def test_scripts_write_no_markup_of_their_own() -> None:
    for script in STATIC.glob("js/*.js"):
        text = script.read_text("utf-8")
        assert not re.search(r"\beval\(|new Function|document\.write|insertAdjacentHTML", text)
        # Only what the server rendered, and escaped, may become markup.
        for line in re.findall(r".*innerHTML.*", text):
            assert "await reply.text()" in line, script.name


def test_places_have_their_own_letters_and_addresses() -> None:
    every = [*RAIL, *COMMANDS]
    letters = [place.letter for place in every if place.letter]
    assert len(letters) == len(set(letters))
    assert not {"d", "?", "g"} & set(letters)
    assert len({place.href for place in every}) == len(every)
    assert rail_of(None) == rail_of(ANONYMOUS) == []


async def test_the_command_bar_lists_what_somebody_may_reach(api: Api) -> None:
    ana = await sign_in(api, "Ana Conceição", Role.ADMIN)
    page = await ana.client.get("/comandos", headers=HTML)
    assert "Minha conta" in words(page.text)
    assert "<main" in page.text
    part = await ana.client.get("/comandos", headers=HTML | {"HX-Request": "true"})
    assert "<main" not in part.text
    for address in re.findall(r'href="([^"]+)"', part.text):
        assert (await ana.client.get(address, headers=HTML)).status_code == 200, address
    nameless = await signed_in(api, Role.REQUESTER)
    assert 'href="/conta"' not in (await nameless.get("/comandos")).text


async def test_light_or_dark_is_kept_and_written_into_the_page(api: Api) -> None:
    ana = await signed_in(api)
    assert " data-theme=" not in (await ana.get("/perguntar")).text
    for given, wanted in (("dark", "dark"), ("light", "light"), ('"><script>', "")):
        reply = await ana.client.post("/tema", data={"tema": given, "pagina": "/perguntar"})
        assert (reply.status_code, reply.headers["location"]) == (303, "/perguntar")
        page = (await ana.get("/perguntar")).text
        found = re.search(r'<html lang="pt-BR"(?: data-theme="(\w+)")?>', page)
        assert found is not None
        assert (found.group(1) or "") == wanted
    for elsewhere in ("https://outro.example", "//outro.example", "/\\outro.example"):
        reply = await ana.client.post("/tema", data={"tema": "dark", "pagina": elsewhere})
        assert reply.headers["location"] == "/"


async def test_what_goes_wrong_in_a_part_comes_as_a_card(api: Api) -> None:
    ana = await signed_in(api)
    part = HTML | {"HX-Request": "true"}
    reply = await ana.client.get("/documentos/x/versoes/1", headers=part)
    assert reply.status_code == 422
    assert reply.headers["hx-retarget"] == "#avisos"
    assert "<main" not in reply.text
    assert "Código:" in words(reply.text)
    assert reply.headers["x-request-id"] in reply.text
    gone = await (await stranger(api)).client.get("/perguntar", headers=part)
    assert (gone.status_code, gone.headers["hx-redirect"]) == (401, "/entrar")


async def test_a_page_that_says_no_still_shows_the_way_elsewhere(api: Api) -> None:
    bruno = await sign_in(api, "Bruno Araújo", Role.AGENT)
    refused = await bruno.client.get("/ajustes/pessoas", headers=HTML)
    assert refused.status_code == 403
    assert "<title>Seu papel não permite este ato · " in refused.text
    assert 'href="/chamados" data-go="t"' in refused.text
    missing = await bruno.client.get(f"/chamados/{uuid4()}", headers=HTML)
    assert missing.status_code == 404
    assert "Ir para Chamados" in words(missing.text)
    nowhere = await bruno.client.get("/lugar-nenhum", headers=HTML)
    assert nowhere.status_code == 404
    assert 'href="/chamados" data-go="t"' in nowhere.text
    button = await bruno.client.get("/perguntar/fluxo", headers=HTML)
    assert (button.status_code, 'href="/chamados" data-go="t"' in button.text) == (405, True)
    cut = await bruno.client.get("/documentos/0199/historico", headers=HTML)
    assert cut.status_code == 422
    assert "Este endereço não está certo." in words(cut.text)
    unknown = await (await stranger(api)).client.get("/lugar-nenhum", headers=HTML)
    assert unknown.status_code == 404
    assert 'href="/chamados"' not in unknown.text


def test_a_page_of_a_document_belongs_to_the_place_that_it_is_read_in() -> None:
    places = {place.label: place for place in RAIL}
    here = f"/documentos/{uuid4()}"
    for path, label in (
        (f"{here}/versoes/2", "Perguntar"),
        (f"{here}/versoes/2/mudancas", "Conhecimento"),
        (f"{here}/historico", "Conhecimento"),
        ("/conversas/x", "Perguntar"),
    ):
        assert [name for name, place in places.items() if place.holds(path)] == [label], path


async def test_an_outcome_that_is_not_ours_is_passed_over(api: Api) -> None:
    ana = await signed_in(api)
    for value in ("x", "[]", "%7B%22notice%22%3A%22%3Cb%3EOi%22%7D"):
        reply = await ana.client.get("/perguntar", headers={"Cookie": f"cogep_outcome={value}"})
        assert reply.status_code in {200, 303}
        assert "<b>Oi" not in reply.text


async def test_one_person_holds_no_more_streams_than_pages_are_in_sight(api: Api) -> None:
    ana = await sign_in(api, "Ana Conceição", Role.REQUESTER)
    bruno = await sign_in(api, "Bruno Araújo", Role.REQUESTER)
    hub = api.app.state.live_hub
    heard: list[AsyncIterator[bytes]] = []
    async with served(api) as site, contextlib.AsyncExitStack() as open_ones:

        async def listen(person: Person) -> int:
            cookie = {"Cookie": person.client.headers["Cookie"]}
            limits = httpx2.Limits(max_connections=None)
            browser = await open_ones.enter_async_context(
                httpx2.AsyncClient(headers=cookie, limits=limits, timeout=20)
            )
            address = f"{site}/ao-vivo?topico=notice:{person.id}"
            stream = await open_ones.enter_async_context(browser.stream("GET", address))
            # Its first word: from here on it is counted. Kept, for what is let go ends the stream.
            if stream.status_code == 200:
                heard.append(stream.aiter_bytes())
                await anext(heard[-1])
            return stream.status_code

        told = [await listen(ana) for _ in range(MOST_OF_ONE + 1)]
        assert told == [200] * MOST_OF_ONE + [429]
        assert await listen(bruno) == 200
        await open_ones.aclose()
        while hub._listeners:
            await asyncio.sleep(0.01)
        assert await listen(ana) == 200


async def test_open_pages_hear_of_changes_after_the_commit(api: Api) -> None:
    ana = await sign_in(api, "Ana Conceição", Role.AGENT)
    for address in ("/ao-vivo", "/ao-vivo?topico=nada", "/ao-vivo?topico=ticket%0Adata"):
        assert (await ana.client.get(address)).status_code == 404
    made = await ana.client.post("/crm/tickets", json={"subject": "Crachá", "body": "Perdi-o."})
    ticket, other = made.json()["id"], uuid4()
    carla = await sign_in(api, "Carla Nogueira", Role.REQUESTER)
    for person, topic in (
        *((carla, topic) for topic in ("ticket", "job", "customer", "lgpd")),
        *((carla, f"{topic}:{ticket}") for topic in ("ticket", "presence", "job", "customer")),
        *((ana, f"{topic}:{other}") for topic in ("ticket", "presence")),
    ):
        reply = await person.client.get("/ao-vivo", params={"topico": topic})
        assert reply.status_code == 404, topic
    async with served(api) as site:
        address = f"{site}/ao-vivo?topico=job&topico=ticket:{ticket}"
        cookie = {"Cookie": ana.client.headers["Cookie"]}
        async with (
            httpx2.AsyncClient(headers=cookie) as browser,
            browser.stream("GET", address, timeout=20) as stream,
        ):
            assert stream.headers["content-type"].startswith("text/event-stream")
            # The first thing that a page hears, once somebody listens, is to look at all anew.
            names: list[str] = []
            hearing = asyncio.create_task(_hear(stream, names))
            async with api.database.sessions() as session:
                await announce(session, "job", other)
                await session.rollback()
            while not names:
                await asyncio.sleep(0.01)
            for topic, subject in (("ticket", other), ("ticket", ticket), ("job", other)):
                async with api.database.begin() as session:
                    await announce(session, topic, subject)
            while len(names) < 3:
                await asyncio.sleep(0.01)
            # Whoever is signed out hears nothing more: the stream ends by itself.
            async with api.database.begin() as session:
                await end_sessions_of(session, ana.id, SYSTEM)
            await asyncio.wait_for(hearing, 10)
            assert names == ["*", f"ticket:{ticket}", "job", "."]
    async with api.database.begin() as session:
        with pytest.raises(ValueError, match="no topic"):
            await announce(session, "Título; com dados")


async def test_a_listener_that_is_far_behind_looks_anew() -> None:
    topics = [f"ticket:{n}" for n in range(300)]
    listener = Listener(topics, None)
    for topic in topics:
        listener.hear("ticket", topic.partition(":")[2])
        listener.hear("job", topic)
    heard = await listener.next(0.01)
    assert LOOK_ANEW in heard
    assert len(heard) <= 100
    assert await listener.next(0) == []


def test_moments_and_amounts_are_written_as_brazilians_do() -> None:
    now = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
    written = {
        formats.date_br(datetime(2026, 3, 1, 1, 0, tzinfo=UTC), ZONE): "28/02/2026",
        formats.moment_br(now, ZONE): "02/03/2026 09:00",
        formats.ago(now, now, ZONE): "agora",
        formats.ago(now - timedelta(seconds=59), now, ZONE): "há 59 s",
        formats.ago(now - timedelta(minutes=59), now, ZONE): "há 59 min",
        formats.ago(now - timedelta(hours=23), now, ZONE): "há 23 h",
        formats.ago(now - timedelta(hours=26), now, ZONE): "ontem",
        formats.ago(now - timedelta(days=7), now, ZONE): "há 7 dias",
        formats.ago(now - timedelta(days=8), now, ZONE): "22/02/2026",
        formats.number_br(1234567.891, 2): "1.234.567,89",
        formats.counted(1, "trecho", "trechos"): "1 trecho",
        formats.counted(1200, "trecho", "trechos"): "1.200 trechos",
        formats.size_br(999): "999 B",
        formats.size_br(1536): "1,5 KB",
        formats.size_br(300 * 1024**2): "300 MB",
        formats.duration_br(340): "340 ms",
        formats.duration_br(timedelta(seconds=2.44)): "2,4 s",
        formats.duration_br(125_000): "2 min 5 s",
        formats.duration_br(timedelta(hours=3, minutes=4)): "3 h 4 min",
    }
    assert all(found == wanted for found, wanted in written.items()), written


def _base() -> str:
    return (STATIC.parent / "templates/base.html").read_text("utf-8")


async def _hear(stream: httpx2.Response, names: list[str]) -> None:
    async for line in stream.aiter_lines():
        name = line.removeprefix("data: ")
        if name != line:
            names.append(name)
