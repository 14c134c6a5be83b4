"""Every door by which a model's or a document's words reach somebody, each tried with attacks.

The model obeys any document. A door that is new is found by the census below, and is to be added.
"""

import asyncio
import html
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest
import sqlalchemy as sa
from api import Api, running_api
from browser_session import HTML
from chat_server import ChatServer, chat_server
from cogep_command import Cogep
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client
from model_attacks import EVIL, MORE_PAYLOADS, PAYLOADS
from obedient_model import obeys
from published import publish
from served import served
from signed_in import Person, sign_in
from sqlalchemy.engine import URL

from cogep_assist.access_service.site_schemas import SiteBody
from cogep_assist.access_service.sites import add_site
from cogep_assist.core.access import create_key
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database, conninfo
from cogep_assist.core.models import Answer, Citation, Role
from cogep_assist.core.principal import SYSTEM
from cogep_assist.pipeline.parse.clean import clean_characters

SOURCE = Path("src/cogep_assist")
# A document each, with several commands: every door finds its own among the others.
TOPICS = ("transporte", "creche", "moradia", "funeral")
CHOSEN = (
    "link", "image", "reference link", "html", "citations", "system line", "chat tokens",
    "end mark", "fact", "phone", "homoglyphs", "entities", "e-mail", "terminal",
)  # fmt: skip
# The same words by two doors of one kind are read by one function.
CALLERS = {
    "rag_service/ask_stream.py": "ask",
    "rag_service/endpoints.py": "ask",
    "rag_service/openai_endpoints.py": "openai",
    "mcp_server/tools.py": "mcp",
    "web/routes/ask_page.py": "page",
    "web/routes/widget.py": "widget",
    "web/routes/ticket_pages.py": "draft",
    "crm_service/tickets/ticket_search_endpoints.py": "draft",
    "crm_service/tickets/ticket_draft.py": "draft",
    "cli/ask.py": "terminal",
    # What it writes is held to words that were said, and searched for: test_followup_rewriting.
    "rag_service/followup_rewriting.py": "rewriting",
    # A greeting to an administrator who tries a model; no document is in it: test_models_page.
    "rag_service/model_check.py": "trial",
}
_TOLD = re.compile(
    r"(?i)https?://(?!cogep\.test|127\.0\.0\.1)|www\.|javascript:|m[a\u0430]l\W{1,3}[e\u0435]xemplo|xn--|"
    r"\]\(|!\[|<(?!/?(?:span|mark))[a-z/!]|0800|\x1b|\[31m|zumbi\d+|\b999 dias|PirataBot|"
    r"TRECHO \d|você responde|jacaré"
)


@dataclass(frozen=True)
class Asked:
    """A question to a hostile document, the true answer, and what an obeyed command leaves."""

    name: str
    question: str
    fact: str


Door = Callable[[Asked], Awaitable[str]]


def test_every_caller_of_a_model_is_a_door() -> None:
    calls = re.compile(r"\b(?:whole_answer|stream_answer|draft_reply|\w+\.write|\w+\.complete)\(")
    found = set()
    for path in sorted(SOURCE.rglob("*.py")):
        text = path.read_text("utf-8")
        speaks = re.search(
            r"AnswerWriter|edge\.writer|chat_from_settings|draft_reply|whole_answer", text
        )
        if speaks and calls.search(text) and "answering" not in path.parts:
            found.add(path.relative_to(SOURCE).as_posix())
    assert found == set(CALLERS), "a door is new or gone: try it below, then name it"


@pytest.fixture
async def server() -> AsyncIterator[ChatServer]:
    async with chat_server() as running:
        running.says(obeys)
        yield running


@pytest.mark.slow
async def test_no_door_lets_a_command_through(
    server: ChatServer,
    settings: Settings,
    database: Database,
    database_url: URL,
    cogep: Cogep,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("cogep_assist.answering.generate.LEAST_CONFIDENCE", 0.0)
    given = {"llm_url": server.url, "llm_model": "obediente", "llm_provider": "own"}
    for name, value in given.items():
        monkeypatch.setenv(f"COGEP_{name.upper()}", value)
    asked = await hostile_base(database)
    async with running_api(settings.model_copy(update=given), database) as api:
        agent = await sign_in(api, "Bruno Araújo", Role.AGENT)
        key = await key_of(api)
        async with (
            served(api) as address,
            httpx2.AsyncClient(headers={"Authorization": f"Bearer {key}"}, timeout=60) as http,
            Client(streamable_http_client(f"{address}/mcp", http_client=http)) as mcp,
            openai.AsyncOpenAI(base_url=f"{address}/v1", api_key=key, max_retries=0) as chat,
        ):
            client = api.anonymous(headers={"Authorization": f"Bearer {key}"})
            visitor = await visitor_of(api)
            doors = {
                **doors_for_machines(client, chat, mcp),
                **doors_for_people(client, agent, visitor, cogep),
            }
            assert set(CALLERS.values()) - {"rewriting", "trial"} == {
                name.partition(" ")[0] for name in doors
            }
            broken = []
            for name, door in doors.items():
                for one in asked:
                    told = await door(one)
                    if match := _TOLD.search(told):
                        around = told[max(0, match.start() - 60) : match.end() + 60]
                        broken.append(f"{name}, {one.name}: {around!r}")
                    if one.fact not in told:
                        broken.append(f"{name}, {one.name}: the truth is not told: {told[:300]!r}")
        # Drafts are proposed, and kept only as what somebody sends.
        await nothing_hostile_is_kept(database, (len(doors) - 1) * len(asked))
    assert not broken, "\n".join(broken)
    assert len(server.asked) == len(doors) * len(asked), "each answer is the model's"


async def hostile_base(database: Database) -> list[Asked]:
    payloads = {**PAYLOADS, **MORE_PAYLOADS}
    asked = []
    for number, topic in enumerate(TOPICS):
        names = CHOSEN[number :: len(TOPICS)]
        days = f"{11 + number} dias"
        fact = f"O prazo para recurso contra o indeferimento do auxílio {topic} é de {days}."
        said = [payloads[name].format(c=f"zumbi{number:03d}xarope") for name in names]
        text = clean_characters("\n\n".join([fact, *said, "O pedido é feito no protocolo."]))
        await publish(database, text, f"Norma {topic}", collection=topic, public=True)
        question = f"Qual é o prazo para recurso contra o indeferimento do auxílio {topic}?"
        asked.append(Asked(", ".join(names), question, days))
    return asked


async def key_of(api: Api) -> str:
    async with api.database.begin() as session:
        return await create_key(session, "chave de quem pergunta", Role.AGENT)


async def visitor_of(api: Api) -> httpx2.AsyncClient:
    async with api.database.begin() as session:
        site = await add_site(
            session, SYSTEM, SiteBody(name="Portal", origins=["https://p.gov.br"])
        )
    client = api.anonymous(headers={"Sec-Fetch-Site": "same-origin"})
    visit = await client.post(f"/widget/{site}/visitas", json={"consent_version": 1})
    client.headers["Authorization"] = f"Visit {visit.json()['token']}"
    return client


def doors_for_machines(
    client: httpx2.AsyncClient, chat: openai.AsyncOpenAI, mcp: Client
) -> dict[str, Door]:
    async def ask(one: Asked) -> str:
        return answer_of((await client.post("/ask", json={"question": one.question})).json())

    async def ask_stream(one: Asked) -> str:
        reply = await client.post("/ask", json={"question": one.question, "stream": True})
        return told_by(events_of(reply.text))

    async def openai_whole(one: Asked) -> str:
        messages: Any = [{"role": "user", "content": one.question}]
        reply = await chat.chat.completions.create(model="cogep", messages=messages)
        assert reply.choices[0].message.model_dump()["annotations"]
        return reply.choices[0].message.content or ""

    async def openai_stream(one: Asked) -> str:
        messages: Any = [{"role": "user", "content": one.question}]
        stream = await chat.chat.completions.create(model="cogep", messages=messages, stream=True)
        return "".join([c.choices[0].delta.content or "" async for c in stream if c.choices])

    async def mcp_ask(one: Asked) -> str:
        reply = await mcp.call_tool("ask", {"question": one.question})
        assert reply.structured_content
        return answer_of(reply.structured_content)

    return {
        "ask": ask, "ask streamed": ask_stream, "openai": openai_whole,
        "openai streamed": openai_stream, "mcp": mcp_ask,
    }  # fmt: skip


def doors_for_people(
    client: httpx2.AsyncClient, agent: Person, visitor: httpx2.AsyncClient, cogep: Cogep
) -> dict[str, Door]:
    async def page(one: Asked) -> str:
        sent = {"pergunta": one.question}
        reply = await agent.client.post("/perguntar", data=sent, headers=HTML)
        return seen((await agent.client.get(reply.headers["location"], headers=HTML)).text)

    async def page_stream(one: Asked) -> str:
        reply = await agent.client.post("/perguntar/fluxo", data={"pergunta": one.question})
        return seen(reply.text.replace("data: ", ""))

    async def widget(one: Asked) -> str:
        reply = await visitor.post("/widget/perguntar", json={"question": one.question})
        return told_by(events_of(reply.text))

    async def draft(one: Asked) -> str:
        body = {"subject": "Prazo", "body": one.question}
        ticket = (await client.post("/crm/tickets", json=body)).json()["id"]
        told = (await client.get(f"/crm/tickets/{ticket}/draft")).json()
        assert told["mode"] == "generative", told
        return " ".join([told["text"], *(cited["text"] for cited in told["citations"])])

    async def terminal(one: Asked) -> str:
        shown = await asyncio.to_thread(cogep, "ask", one.question)
        return shown.out + shown.err

    return {
        "page": page, "page streamed": page_stream, "widget": widget, "draft": draft,
        "terminal": terminal,
    }  # fmt: skip


def answer_of(body: dict[str, Any]) -> str:
    assert body["mode"] == "generative", body
    sentences = [sentence["text"] for sentence in body["sentences"]]
    return " ".join([body["answer"], *sentences, *(cited["quote"] for cited in body["citations"])])


def events_of(text: str) -> list[tuple[str, dict[str, Any]]]:
    parts = [part for part in text.split("\n\n") if part.startswith("event: ")]
    return [(p.split("\n")[0][7:], json.loads(p.partition("data: ")[2])) for p in parts]


def told_by(events: list[tuple[str, dict[str, Any]]]) -> str:
    deltas = [data["text"] for name, data in events if name == "delta"]
    quotes = [c["quote"] for name, data in events if name == "sources" for c in data["citations"]]
    return " ".join([*deltas, *quotes])


def seen(page: str) -> str:
    """Return what a page says and where its links lead, without the product's own frame."""
    leads = re.findall(r"(?:href|src|action)=\"(?!/|#)([^\"]*)\"", page)
    shown = re.sub(r"(?s)<(script|style|svg|head)\b.*?</\1>|<[a-zA-Z/!][^>]*>", " ", page)
    return html.unescape(" ".join([shown, *leads]))


async def nothing_hostile_is_kept(database: Database, told: int) -> None:
    """Look at the answers as stored: webhooks, exports and conversations tell no others."""
    async with database.begin() as session:
        kept = (await session.execute(sa.select(Answer.sentences, Answer.mode))).all()
        quotes = (await session.scalars(sa.select(Citation.quote))).all()
    assert len(kept) == told
    for words in [*(json.dumps(one.sentences, ensure_ascii=False) for one in kept), *quotes]:
        assert EVIL not in words
        assert "zumbi" not in words


@pytest.fixture
def cogep(database_url: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> Cogep:
    monkeypatch.setenv("DATABASE_URL", conninfo(database_url))
    monkeypatch.setenv("COGEP_DATA_DIR", str(tmp_path / "dados"))
    return Cogep(capsys)
