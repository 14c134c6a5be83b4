"""The official MCP client against /mcp, over real HTTP; and the census of the tools."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import httpx2
import pytest
from api import Api
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError
from mcp.types import CallToolResult
from published import publish
from served import served

from cogep_assist.core.access import create_key
from cogep_assist.core.models import Role
from cogep_assist.core.principal import ALLOWED, Act
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.mcp_server.resources import RESOURCE_ACT, RESOURCE_RATE
from cogep_assist.mcp_server.tools import TOOLS
from cogep_assist.rag_service.gap_grouping import group_gaps

LEAVE = "As férias dos servidores são de trinta dias por ano."
SECRET = "A senha do cofre fica com a coordenadora Conceição."
PING = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
ACCEPT = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}


@asynccontextmanager
async def connected(
    api: Api, address: str, role: Role, mode: str = "auto", scopes: list[str] | None = None
) -> AsyncIterator[Client]:
    async with api.database.begin() as session:
        named = {"scopes": scopes} if scopes else {}
        key = await create_key(session, f"{role.value} {mode} {uuid4()}", role, **named)
    headers = {"Authorization": f"Bearer {key}"}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=60) as http,
        Client(
            streamable_http_client(f"{address}/mcp", http_client=http),
            mode=mode,  # type: ignore[arg-type]
        ) as client,
    ):
        yield client


@pytest.fixture
async def address(api: Api) -> AsyncIterator[str]:
    async with served(api) as given:
        yield given


def code_of(refused: CallToolResult) -> str:
    """Return the code of a refusal, which is told as text.

    Whatever is structured has to fit the tool's output schema, refusals too: the clients of
    JavaScript hold it against that and fail.
    """
    assert refused.is_error
    assert refused.structured_content is None
    code: str = json.loads(refused.content[0].text)["error"]["code"]
    return code


def test_every_tool_declares_its_rule() -> None:
    assert len({tool.name for tool in TOOLS}) == len(TOOLS) >= 4
    for tool in TOOLS:
        assert isinstance(tool.act, Act)
        assert tool.act in ALLOWED
        assert isinstance(tool.rate, Rate)
        assert tool.rate is not Rate.NONE
        schema = tool.arguments.model_json_schema()
        assert schema["additionalProperties"] is False
        for name, field in schema.get("properties", {}).items():
            assert name.isascii()
            assert field["description"], f"{tool.name}.{name}"
        assert tool.description
        assert tool.title
    assert RESOURCE_ACT in ALLOWED
    assert RESOURCE_RATE is not Rate.NONE


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_searches_asks_and_reads(api: Api, address: str, mode: str) -> None:
    document = await publish(api.database, LEAVE, "Guia de férias", public=True)
    async with connected(api, address, Role.AGENT, mode) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert set(tools) == {tool.name for tool in TOOLS if Role.AGENT in ALLOWED[tool.act]}
        assert tools["search"].output_schema
        found = await client.call_tool("search", {"query": "férias", "k": 2})
        assert not found.is_error
        assert found.structured_content["results"][0]["document_id"] == str(document)
        asked = await client.call_tool("ask", {"question": "Quantos dias de férias por ano?"})
        told = asked.structured_content
        assert "trinta dias" in told["answer"]
        assert told["citations"][0]["quote"] in LEAVE
        again = await client.call_tool(
            "ask", {"question": "e o adicional?", "conversation_id": told["conversation_id"]}
        )
        assert again.structured_content["conversation_id"] == told["conversation_id"]
        named = await client.call_tool("list_collections")
        assert [c["name"] for c in named.structured_content["collections"]] == ["geral"]
        (template,) = (await client.list_resource_templates()).resource_templates
        uri = template.uri_template.replace("{document_id}", str(document))
        assert (await client.read_resource(uri)).contents[0].text == LEAVE


async def test_tells_how_an_ingestion_stands(api: Api, address: str) -> None:
    curator = await api.client(Role.CURATOR)
    sent = await curator.post("/ingest", json={"text": "Olá, Conceição.", "title": "Olá"})
    async with connected(api, address, Role.CURATOR) as client:
        status = await client.call_tool("ingestion_status", {"job_id": sent.json()["id"]})
    assert status.structured_content["status"] == "pending"


async def test_opens_a_ticket_out_of_an_answer_and_looks_it_up(api: Api, address: str) -> None:
    await publish(api.database, LEAVE, "Guia de férias", public=True)
    async with connected(api, address, Role.REQUESTER) as client:
        asked = await client.call_tool("ask", {"question": "Onde fica o refeitório da sede?"})
        told = {"subject": "Refeitório", "body": "Onde fica?", "urgency": "low"}
        opened = await client.call_tool(
            "open_ticket", {**told, "answer_id": asked.structured_content["id"]}
        )
        assert not opened.is_error, opened.content
        protocol = opened.structured_content["protocol"]
        assert opened.structured_content["channel"] == "answer"
        status = await client.call_tool("ticket_status", {"protocol": protocol})
        assert status.structured_content["entries"][0]["body"] == "Onde fica?"
    async with connected(api, address, Role.REQUESTER) as stranger:
        hidden = await stranger.call_tool("ticket_status", {"protocol": protocol})
        assert code_of(hidden) == "ticket_not_found"
        other = {**told, "answer_id": asked.structured_content["id"]}
        refused = await stranger.call_tool("open_ticket", other)
        assert code_of(refused) == "answer_not_found"


async def test_a_gap_becomes_a_ticket_and_the_draft_of_an_article(api: Api, address: str) -> None:
    await publish(api.database, LEAVE, "Guia de férias", public=True)
    asker = await api.client(Role.AGENT)
    assert (await asker.post("/ask", json={"question": "Onde fica o refeitório?"})).json()[
        "abstained"
    ]
    async with api.database.begin() as session:
        await group_gaps(session, "")
    admin = await api.client(Role.ADMIN)
    gap = {"gap_id": (await admin.get("/gaps")).json()["items"][0]["id"]}
    async with connected(api, address, Role.CURATOR) as client:
        opened = await client.call_tool("ticket_from_gap", gap)
        assert opened.structured_content["subject"] == "Lacuna: Onde fica o refeitório?"
        drafted = await client.call_tool("article_from_gap", gap)
        assert drafted.structured_content["status"] == "draft"


async def test_refusals_carry_our_codes(api: Api, address: str) -> None:
    secret = await publish(api.database, SECRET, "Cofre", collection="interna")
    async with connected(api, address, Role.REQUESTER) as client:
        for name, arguments, code in (
            ("search", {"query": "cofre", "collection": "interna"}, "collection_not_found"),
            ("search", {"query": "cofre", "k": 0}, "request_invalid"),
            ("search", {}, "request_invalid"),
            ("search", {"query": "x", "limite": 1}, "request_invalid"),
            ("ask", {"question": " "}, "request_invalid"),
            ("ask", {"question": "x", "conversation_id": str(uuid4())}, "conversation_not_found"),
            ("ingestion_status", {"job_id": str(uuid4())}, "job_not_found"),
            ("ticket_from_gap", {"gap_id": str(uuid4())}, "role_not_allowed"),
            ("apagar_tudo", {}, "mcp_tool_unknown"),
        ):
            refused = await client.call_tool(name, arguments)
            assert refused.is_error, name
            assert code_of(refused) == code
        found = await client.call_tool("search", {"query": "senha do cofre"})
        assert found.structured_content["results"] == []
        for uri in (f"cogep://documents/{secret}", f"cogep://documents/{uuid4()}", "file:///x"):
            with pytest.raises(MCPError) as caught:
                await client.read_resource(uri)
            assert caught.value.data["code"] == "mcp_resource_unknown"


async def test_a_key_uses_the_tools_of_its_scopes_alone(api: Api, address: str) -> None:
    async with connected(api, address, Role.ADMIN, scopes=["use_mcp", "search"]) as client:
        assert [tool.name for tool in (await client.list_tools()).tools] == ["search"]
        assert not (await client.call_tool("search", {"query": "férias"})).is_error
        refused = await client.call_tool("ask", {"question": "férias?"})
        assert refused.is_error
        assert code_of(refused) in {"role_not_allowed", "scope_missing"}


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
async def test_tools_count_against_the_limits_of_their_class(api: Api, tool: object) -> None:
    ana = await api.client(Role.AGENT)
    seen: list[Rate] = []
    limits = api.app.state.edge.limits
    check = limits.check

    async def counting(rate: Rate, who: str) -> None:
        seen.append(rate)
        await check(rate, who)

    limits.check = counting
    call = {**PING, "method": "tools/call", "params": {"name": tool.name, "arguments": {}}}
    reply = await ana.post("/mcp", json=call, headers=ACCEPT)
    assert reply.status_code == 200, reply.text
    assert seen == [Rate.READ, tool.rate]


async def test_needs_a_key_that_is_good(api: Api) -> None:
    for headers in ({}, {"Authorization": "Bearer cogep_" + "0" * 43}):
        reply = await api.anonymous(headers=headers).post("/mcp", json=PING, headers=ACCEPT)
        assert reply.status_code == 401
        assert reply.headers["www-authenticate"].startswith("Bearer")
    ana = await api.client(Role.AGENT)
    assert (await ana.get("/mcp")).status_code == 405
    assert (await ana.delete("/mcp")).status_code == 405


SITES = [
    ("cogep.test", None, 200),
    ("localhost:8000", "http://localhost:8000", 200),
    ("127.0.0.1:8000", "http://127.0.0.1:8000", 200),
    ("api:8000", "http://api:8000", 200),
    ("127.0.0.1:8000", "https://mau.example", 403),
    ("mau.example", "http://mau.example", 403),
    ("localhost:8000", "null", 403),
]


async def test_pages_of_other_sites_are_refused(api: Api) -> None:
    ana = await api.client(Role.AGENT)
    for host, origin, status in SITES:
        headers = {**ACCEPT, "Host": host, **({"Origin": origin} if origin else {})}
        reply = await ana.post("/mcp", json=PING, headers=headers)
        assert reply.status_code == status, reply.text


STRANGE_MESSAGES = [b"", b"{", b"[]", b"[1,2]", b'{"jsonrpc":"2.0"}', b"\xff" * 10]


async def test_strange_messages_are_no_crashes(api: Api) -> None:
    ana = await api.client(Role.AGENT)
    for body in STRANGE_MESSAGES:
        reply = await ana.post("/mcp", content=body, headers=ACCEPT)
        assert 400 <= reply.status_code < 500 or reply.status_code == 202, body


async def test_lists_documents_and_takes_one_out_of_the_answers(api: Api, address: str) -> None:
    document = str(await publish(api.database, LEAVE, "Guia de férias", public=True))
    async with connected(api, address, Role.CURATOR) as client:
        listed = await client.call_tool("list_documents", {"words": "ferias"})
        (one,) = listed.structured_content["items"]
        assert (one["id"], one["hidden"]) == (document, False)
        out = await client.call_tool("hide_document", {"document_id": document, "hidden": True})
        assert out.structured_content["hidden"] is True
        assert not (await client.call_tool("search", {"query": "férias"})).structured_content[
            "results"
        ]
        used = await client.call_tool("list_documents", {"hidden": False})
        assert used.structured_content["items"] == []
    async with connected(api, address, Role.AGENT) as client:
        refused = await client.call_tool(
            "hide_document", {"document_id": document, "hidden": False}
        )
        assert code_of(refused) == "role_not_allowed"


async def test_lists_tickets_by_deadline(api: Api, address: str) -> None:
    async with connected(api, address, Role.AGENT) as client:
        for subject in ("Rede lenta", "Impressora parada"):
            await client.call_tool("open_ticket", {"subject": subject, "body": "Sala 12."})
        first = await client.call_tool("list_tickets", {"order": "deadline", "limit": 1})
        told = first.structured_content
        assert told["next_cursor"]
        rest = await client.call_tool(
            "list_tickets", {"order": "deadline", "cursor": told["next_cursor"]}
        )
        listed = [*told["items"], *rest.structured_content["items"]]
        assert {one["subject"] for one in listed} == {"Rede lenta", "Impressora parada"}
        nobodys = await client.call_tool("list_tickets", {"assignee": "none", "status": ["new"]})
        assert len(nobodys.structured_content["items"]) == 2
    async with connected(api, address, Role.REQUESTER) as client:
        refused = await client.call_tool("list_tickets", {"order": "deadline"})
        assert code_of(refused) == "role_not_allowed"
        own = await client.call_tool("list_tickets")
        assert own.structured_content["items"] == []
