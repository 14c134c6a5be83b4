"""What changes, or who goes away, while a model writes the answer to POST /ask."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
import uvicorn
from api import Api
from asked_model import GOOD, QUESTION, stored
from chat_server import ChatServer
from fastapi import FastAPI
from uuid_utils.compat import uuid7

from cogep_assist.core.access import SYSTEM
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    Answer,
    Citation,
    Collection,
    Conversation,
    Role,
    Visibility,
)
from cogep_assist.core.principal import Principal, PrincipalKind
from cogep_assist.edge.disconnect import unless_gone
from cogep_assist.lgpd_service.erasure.erasure_index import rebuild_documents
from cogep_assist.lgpd_service.subject_data.search_patterns import SubjectPatterns
from cogep_assist.rag_service.ask_stream import stream_answer


def end_after(server: ChatServer, tasks: list[asyncio.Task[None]]) -> None:
    """Let the end of a reply wait for tasks, as a slow model's would."""
    page: Any = server.web.pages["/v1/chat/completions"]

    async def slow(reader: Any, writer: Any, hit: Any) -> None:
        class Held:
            def write(self, data: bytes) -> None:
                writer.write(data)

            async def drain(self) -> None:
                await asyncio.gather(*tasks)
                await writer.drain()

        await page(reader, Held(), hit)

    server.web.pages["/v1/chat/completions"] = slow


@pytest.mark.parametrize("change", ["removed", "hidden"])
async def test_what_changed_while_the_model_wrote_is_not_told(
    api: Api, server: ChatServer, base: list[UUID], change: str
) -> None:
    carla = await api.client(Role.REQUESTER)
    async with api.database.begin() as session:
        await session.execute(sa.update(Collection).values(visibility=Visibility.PUBLIC))
    curator = await api.client(Role.CURATOR)
    loop = asyncio.get_running_loop()

    async def changed() -> None:
        if change == "removed":
            assert (await curator.delete(f"/documents/{base[0]}")).status_code == 204
            return
        async with api.database.begin() as session:
            await session.execute(sa.update(Collection).values(visibility=Visibility.INTERNAL))

    def says(asked: dict[str, Any]) -> str:
        tasks.append(loop.create_task(changed()))
        return GOOD

    tasks: list[asyncio.Task[None]] = []
    original = server.says
    original(says)
    end_after(server, tasks)
    reply = await carla.post("/ask", json={"question": QUESTION})
    assert reply.status_code == 200
    assert "trinta" not in reply.text
    assert "30 dias" not in reply.text
    quotes = {citation.quote for citation in await stored(api, Citation)}
    assert not any("trinta" in quote for quote in quotes)


async def test_a_text_that_lost_somebody_while_the_model_wrote_is_not_quoted(
    api: Api, server: ChatServer, base: list[UUID]
) -> None:
    """Taking a person out of a text leaves the version as it is, and its passages new ids."""
    await api.client(Role.CURATOR)
    loop, tasks = asyncio.get_running_loop(), list[asyncio.Task[None]]()

    async def rewritten() -> None:
        async with api.database.begin() as session:
            await rebuild_documents(session, [base[0]], SubjectPatterns([]))

    def says(_asked: dict[str, Any]) -> str:
        tasks.append(loop.create_task(rewritten()))
        return GOOD

    server.says(says)
    end_after(server, tasks)
    writer = api.app.state.edge.writer
    with pytest.raises(AppError) as refused:
        async for _ in stream_answer(api.database, SYSTEM, QUESTION, writer=writer):
            pass
    assert refused.value.code == "document_changed_meanwhile"
    assert await stored(api, Answer) == []


async def test_who_is_gone_while_the_model_wrote_keeps_no_answer(
    api: Api, server: ChatServer, base: list[UUID]
) -> None:
    gone = Principal(PrincipalKind.USER, Role.CURATOR, uuid7())
    server.says(GOOD)
    writer = api.app.state.edge.writer
    with pytest.raises(AppError) as refused:
        async for _ in stream_answer(api.database, gone, QUESTION, writer=writer):
            pass
    assert refused.value.code == "not_authenticated"
    assert await stored(api, Answer) == await stored(api, Conversation) == []


async def test_hanging_up_hangs_up_on_the_model(
    api: Api, server: ChatServer, base: list[UUID], database: Database
) -> None:
    server.hangs("As férias dos servidores são de trinta dias por ano [1]. Elas ")
    writer = api.app.state.edge.writer
    events = stream_answer(database, SYSTEM, QUESTION, writer=writer)
    assert await anext(events)
    await anext(events)
    await events.aclose()
    async with asyncio.timeout(5):
        await server.hung_up.wait()
    assert await stored(api, Answer) == await stored(api, Conversation) == []


async def test_work_nobody_waits_for_is_stopped() -> None:
    stopped = asyncio.Event()

    class Gone:
        async def receive(self) -> dict[str, str]:
            return {"type": "http.disconnect"}

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            stopped.set()

    from starlette.requests import ClientDisconnect

    with pytest.raises(ClientDisconnect):
        await unless_gone(Gone(), work())  # type: ignore[arg-type]
    assert stopped.is_set()


async def test_the_first_event_does_not_wait_for_the_model(
    api: Api, server: ChatServer, base: list[UUID], database: Database
) -> None:
    server.hangs()
    began = time.perf_counter()
    events = stream_answer(database, SYSTEM, QUESTION, writer=api.app.state.edge.writer)
    await anext(events)
    assert time.perf_counter() - began < 4, "the model waits longer than that"
    await events.aclose()
    assert not server.asked


@pytest.mark.parametrize("stream", [True, False])
async def test_a_client_that_hangs_up_stops_the_model(
    api: Api, server: ChatServer, base: list[UUID], stream: bool
) -> None:
    """Over real HTTP: only there does a client's going arrive as it does in service."""
    server.hangs("As férias dos servidores são de trinta dias por ano [1]. Elas ")
    ana = await api.client(Role.AGENT)
    body = json.dumps({"question": QUESTION, "stream": stream}).encode()
    async with served(api.app) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        head = (
            f"POST /ask HTTP/1.1\r\nHost: cogep.test\r\nContent-Type: application/json\r\n"
            f"Authorization: {ana.headers['authorization']}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        async with asyncio.timeout(20):
            if stream:
                await reader.readuntil(b"event: delta")
            while not server.asked:
                await asyncio.sleep(0.01)
            writer.close()
            await server.hung_up.wait()
    assert await stored(api, Answer) == []


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[int]:
    """Serve an application whose lifespan runs already, on a free port."""
    config = uvicorn.Config(app, port=0, lifespan="off", log_config=None)
    running = uvicorn.Server(config)
    task = asyncio.create_task(running.serve())
    while not running.started:
        await asyncio.sleep(0.01)
    try:
        yield running.servers[0].sockets[0].getsockname()[1]
    finally:
        running.should_exit = True
        await task
