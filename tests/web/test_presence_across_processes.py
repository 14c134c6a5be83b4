"""Two agents at one ticket, each at an API process of their own: the notice crosses over."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import pytest
from accounts import make_user, session_of
from api import Api
from sqlalchemy.engine import URL

from cogep_assist.core.config import Settings
from cogep_assist.core.models import Role
from cogep_assist.edge.cookies import COOKIE

PATIENCE = 60.0


@contextmanager
def another_process(settings: Settings, url: URL) -> Iterator[str]:
    """``cogep serve`` as its own process on the same database."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert settings.secret_key is not None
    environment = {
        **os.environ,
        "DATABASE_URL": url.render_as_string(hide_password=False),
        "COGEP_SECRET_KEY": settings.secret_key.get_secret_value(),
        "COGEP_DATA_DIR": str(settings.data_dir),
    }
    command = [sys.executable, "-m", "cogep_assist.cli", "serve", "--port", str(port)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(20)


async def answered(site: str) -> None:
    deadline = time.monotonic() + PATIENCE
    async with httpx2.AsyncClient(base_url=site) as client:
        while True:
            try:
                if (await client.get("/readyz")).status_code == 200:
                    return
            except httpx2.TransportError:
                assert time.monotonic() < deadline
            await asyncio.sleep(0.1)


@pytest.mark.slow
async def test_who_comes_and_who_writes_is_told_across_processes(
    api: Api, settings: Settings, database_url: URL
) -> None:
    ana, bruno = [
        await make_user(api, f"{name[:3].lower()}@orgao.gov.br", Role.AGENT, name=name)
        for name in ("Ana Conceição", "Bruno Araújo")
    ]
    key = await api.client(Role.AGENT)
    made = await key.post("/crm/tickets", json={"subject": "Crachá", "body": "Perdi o crachá."})
    topic, path = f"presence:{made.json()['id']}", f"/chamados/{made.json()['id']}/presenca"
    hers, her_session = await session_of(api, ana)
    _, his_session = await session_of(api, bruno)

    async def here(writing: str) -> httpx2.Response:
        form = {"csrf_token": her_session.csrf_token, "escrevendo": writing}
        return await hers.client.post(path, data=form)

    with another_process(settings, database_url) as site:
        await answered(site)
        cookies = {COOKIE: his_session.token}
        async with (
            httpx2.AsyncClient(base_url=site, cookies=cookies, timeout=PATIENCE) as his,
            his.stream("GET", "/ao-vivo", params={"topico": topic}) as stream,
            api.app.state.live_hub.listening([topic]) as listener,
        ):
            heard = stream.aiter_lines()

            async def next_told() -> str:
                return await anext(line async for line in heard if line.startswith("data:"))

            # Both hear the database from here on.
            assert await next_told() == "data: *"
            assert await listener.next(PATIENCE) == ["*"]
            for writing, words, comes in (
                ("0", "está neste chamado", True),
                ("1", "está escrevendo", False),
            ):
                await here(writing)
                assert await next_told() == f"data: {topic}"
                assert await listener.next(PATIENCE) == [topic]
                form = {"csrf_token": his_session.csrf_token, "escrevendo": "0"}
                seen = await his.post(path, data=form)
                assert f"Ana Conceição {words}" in seen.text
                if comes:
                    assert await next_told() == f"data: {topic}"
                    assert await listener.next(PATIENCE) == [topic]
            assert "Bruno Araújo está neste chamado" in (await here("1")).text
            # That somebody is still there is no news, or two pages would wake each other for ever.
            assert await listener.next(0.2) == []
