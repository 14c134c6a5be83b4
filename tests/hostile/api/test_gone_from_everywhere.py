"""A document that moves out of somebody's sight: no door of the product tells of it any more.

Everything is done that leaves traces of a document: questions, searches, measurements, tickets,
suggestions, jobs. Then it becomes a team's alone, and every route and page is asked.
"""

import json
import re
from collections.abc import Iterator
from uuid import UUID

import httpx2
import pytest
import sqlalchemy as sa
from api import Api
from browser_session import HTML
from fastapi.routing import iter_route_contexts
from published import publish
from seeded_base import Seeded, seed
from signed_in import Person, sign_in

from cogep_assist.core.access_teams import create_team
from cogep_assist.core.models import (
    Collection,
    DocumentVersion,
    IngestionJob,
    JobStatus,
    Role,
    SourceKind,
    Visibility,
)
from cogep_assist.core.principal import SYSTEM
from cogep_assist.ingestion_service.collections import set_visibility
from cogep_assist.rag_service.gap_grouping import group_gaps
from cogep_assist.rag_service.question_set_run import measure_question_set

HOLDER = "sigilosos"
TITLE = "Dossiê Zumbarela"
TEXT = (
    "O cofre da sede fica na sala Xilopago, no térreo do prédio. "
    "A chave é da Comissão Xilofônica Federal (CXF), que atende de segunda a sexta."
)
# What the document alone says; none of it is ever typed by anybody here.
SECRETS = ("xilopago", "xilofônica", "xilofonica", "zumbarela")
QUESTIONS = (
    "Onde fica o cofre da sede?",
    "Onde fica o cofre da filial de Recife?",
    "Quem guarda a chave do cofre?",
    "O que é CXF?",
    "Quanto custa o cofre da sede?",
    "sala Xilopagu",
)
FOLLOW_UPS = ("E quem tem a chave?", "E em que andar?", "Por quê?")
# Words that another of the base's own documents, which all may see, would be found by.
SOUGHT = ("cofre da sede", "CXF", "sala Xilopagu", "chave")
ACCEPT = {"Accept": "application/json, text/event-stream"}
PATHS = {"name": "Geral", "page": "1", "act": "pausar", "turn": "dispensar"}
# Streams that do not end.
ENDLESS = ("/ao-vivo",)


def told_of(reply: httpx2.Response) -> bool:
    """Whether a reply tells of the document, in its body or its headers."""
    heads = " ".join(f"{name}: {value}" for name, value in reply.headers.items())
    text = f"{reply.text} {heads}".casefold()
    return any(secret in text for secret in SECRETS)


async def ask_all(client: httpx2.AsyncClient) -> list[httpx2.Response]:
    """Ask and seek by every door that answers."""
    replies = []
    for question in QUESTIONS:
        replies.append(await client.post("/ask", json={"question": question}))
        replies.append(await client.post("/ask", json={"question": question, "stream": True}))
    first = {"question": QUESTIONS[0]}
    opened = (await client.post("/ask", json=first)).json()
    for question in FOLLOW_UPS:
        body = {"question": question, "conversation_id": opened["conversation_id"]}
        replies.append(await client.post("/ask", json=body))
    found = [await client.get("/search", params={"q": words, "k": 50}) for words in SOUGHT]
    return replies + found


async def by_tools(client: httpx2.AsyncClient) -> list[httpx2.Response]:
    """Ask by MCP and as other chat programs do."""
    calls = [("ask", {"question": QUESTIONS[0]}), ("search", {"query": SOUGHT[0]})]
    calls += [("list_documents", {}), ("list_collections", {})]
    replies = []
    for name, arguments in calls:
        params = {"name": name, "arguments": arguments}
        message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
        replies.append(await client.post("/mcp", json=message, headers=ACCEPT))
    for method in ("resources/list", "prompts/list"):
        message = {"jsonrpc": "2.0", "id": 1, "method": method}
        replies.append(await client.post("/mcp", json=message, headers=ACCEPT))
    chat = {"model": "cogep-assist", "messages": [{"role": "user", "content": QUESTIONS[0]}]}
    models = (await client.get("/v1/models")).json()
    chat["model"] = models["data"][0]["id"]
    replies.append(await client.post("/v1/chat/completions", json=chat))
    return replies


class Scene:
    """Who was there while the document could be seen, and what they left."""

    def __init__(self, api: Api, base: Seeded) -> None:
        self.api, self.base = api, base
        self.ids: dict[str, list[str]] = {}

    def note(self, name: str, value: object) -> None:
        """Remember an id that leads to a trace."""
        self.ids.setdefault(name, []).append(str(value))

    async def prepare(self, people: list[Person], keys: list[httpx2.AsyncClient]) -> None:
        """Publish the document and leave every trace of it."""
        document = await publish(self.api.database, TEXT, TITLE, collection=HOLDER)
        self.note("document_id", document)
        await self._job(document)
        for person in people:
            await self._leave_traces(person.client)
        for key in keys:
            await by_tools(key)
        await self._measure(people[1].client)
        async with self.api.database.begin() as session:
            await group_gaps(session, "")

    async def _leave_traces(self, client: httpx2.AsyncClient) -> None:
        replies = await ask_all(client)
        assert any(map(told_of, replies)), "the document is in sight"
        asked = (await client.post("/ask", json={"question": QUESTIONS[0]}, headers=ONCE)).json()
        assert told_of(await client.get(f"/conversations/{asked['conversation_id']}"))
        self.note("answer_id", asked["id"])
        self.note("conversation_id", asked["conversation_id"])
        wrong = {"kind": "wrong", "comment": "Não é isto."}
        await client.post(f"/ask/{asked['id']}/feedback", json=wrong)
        lost = (await client.post("/ask", json={"question": QUESTIONS[4]})).json()
        for answer in (asked, lost):
            opened = await client.post("/crm/tickets/from-answer", json={"answer_id": answer["id"]})
            if opened.status_code == 201:
                self.note("ticket_id", opened.json()["id"])

    async def _measure(self, curator: httpx2.AsyncClient) -> None:
        asked = [{"text": question, "impossible": False} for question in QUESTIONS[:3]]
        for one in asked:
            one["answers"] = ["no térreo"]
        body = {"name": "Do cofre", "collection": HOLDER, "questions": asked}
        made = await curator.post("/evaluations", json=body)
        assert made.status_code == 201, made.text
        run = await measure_question_set(self.api.database, UUID(made.json()["id"]))
        self.note("set_id", made.json()["id"])
        self.note("run_id", run)
        for item in made.json().get("items", ()):
            self.note("question_id", item["id"])

    async def _job(self, document: UUID) -> None:
        async with self.api.database.begin() as session:
            holder = await session.scalar(sa.select(Collection.id).where(Collection.name == HOLDER))
            version = await session.scalar(
                sa.select(DocumentVersion.id).where(DocumentVersion.document_id == document)
            )
            assert version is not None
            job = IngestionJob(
                source_kind=SourceKind.FILE,
                collection_id=holder,
                source_key="upload:zumbarela",
                submitted_by="system",
                file_name="zumbarela.txt",
                title=TITLE,
                document_id=document,
                status=JobStatus.COMPLETED,
            )
            session.add(job)
            await session.flush()
            self.note("job_id", job.id)

    def doors(self) -> Iterator[tuple[str, dict[str, str]]]:
        """Every address that can be read, with the ids of the traces and of what else there is."""
        for context in iter_route_contexts(self.api.app.routes):
            path = str(context.path_format)
            if "GET" not in (context.methods or ()) or path.startswith(("/estatico", *ENDLESS)):
                continue
            known = {**self.base.ids, "number": ["1"]}
            filled = [path]
            for hole in re.findall(r"{(\w+)}", path):
                values = [*self.ids.get(hole, []), *known.get(hole, [])[:1]]
                values = values or [PATHS.get(hole, "x")]
                filled = [one.replace(f"{{{hole}}}", v) for one in filled for v in values]
            headers = {} if context.include_in_schema else HTML
            yield from ((one, headers) for one in filled)


ONCE = {"Idempotency-Key": "a-mesma"}
# Where what is sought stands in an address.
SEEKING = ("/search", "/documents", "/acronyms", "/synonyms", "/crm/tickets/search", "/chamados")
SEEKING += ("/conhecimento", "/conhecimento/busca", "/conhecimento/sinonimos", "/conversas")


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_what_moved_out_of_sight_is_told_of_nowhere(api: Api) -> None:
    base = await seed(api)
    bruno = await sign_in(api, "Bruno Alves", Role.AGENT, team="Recepção")
    celia = await sign_in(api, "Célia Prado", Role.CURATOR)
    keys = [await api.client(role, f"antes {role.value}") for role in (Role.AGENT, Role.CURATOR)]
    scene = Scene(api, base)
    await scene.prepare([bruno, celia], keys)
    # While it can be seen, it is told of at many doors: the search below would find it.
    seen = [one for one in scene.doors() if told_of(await celia.client.get(one[0], headers=one[1]))]
    assert len({re.sub(r"[0-9a-f-]{36}", "ID", address) for address, _ in seen}) > 12, seen
    async with api.database.begin() as session:
        await create_team(session, SYSTEM, "Corregedoria")
        await set_visibility(session, SYSTEM, HOLDER, Visibility.TEAMS, readers=["Corregedoria"])
    dpo = await sign_in(api, "Davi Encarregado", Role.DPO)
    ana = await sign_in(api, "Ana Requerente", Role.REQUESTER)
    watching = {
        "Bruno": bruno.client,
        "Célia": celia.client,
        "Davi": dpo.client,
        "Ana": ana.client,
        **{f"chave {n}": key for n, key in enumerate(keys)},
        "ninguém": api.anonymous(),
    }
    told, asked = [], 0
    doors = [*scene.doors()]
    doors += [(f"{path}?q={words}", HTML) for path in SEEKING for words in SOUGHT]
    for who, client in watching.items():
        for address, headers in doors:
            reply = await client.get(address, headers=headers)
            asked += 1
            if told_of(reply):
                told.append((who, address, reply.status_code))
    assert told == []
    assert asked > 1500, asked
    for who, client in watching.items():
        if who in {"Ana", "ninguém"}:
            continue
        again = [await client.post("/ask", json={"question": QUESTIONS[0]}, headers=ONCE)]
        # Where a conversation of before is gone on with, too.
        for conversation in scene.ids["conversation_id"]:
            for question in (*FOLLOW_UPS, *QUESTIONS):
                body = {"question": question, "conversation_id": conversation}
                again.append(await client.post("/ask", json=body))
        told += [(who, reply.text[:200]) for reply in again if told_of(reply)]
        if who != "Davi":
            told += [
                (who, reply.request.url.path, json.loads(reply.request.content or b"{}"))
                for reply in [*await ask_all(client), *await by_tools(client)]
                if told_of(reply)
            ]
    assert told == []
