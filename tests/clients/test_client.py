"""The Python client: as the contract has it, against a real server, through a bad network."""

import asyncio
import inspect
import re
import typing
from collections.abc import AsyncIterator

import httpx2
import pytest
from api import Api, running_api
from cogep_client import ApiError, Client, Upload, types
from served import served

from cogep_assist.core.access import create_key
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.models import Role

# The shapes of the client, and which of the contract they are a part of.
SHAPES = {
    types.Job: "JobReply",
    types.Hit: "SearchResult",
    types.Citation: "CitationReply",
    types.Answer: "AskReply",
    types.Ticket: "TicketReply",
    types.Webhook: "WebhookReply",
}


@pytest.fixture
async def api(settings: Settings, database: Database) -> AsyncIterator[Api]:
    async with running_api(settings, database) as opened:
        yield opened


async def key_of(api: Api, role: Role = Role.ADMIN) -> str:
    async with api.database.begin() as session:
        return await create_key(session, f"cliente {role.value}", role)


async def test_every_call_and_every_field_is_in_the_contract(api: Api) -> None:
    contract = api.app.openapi()
    text = inspect.getsource(Client)
    calls = re.findall(r'_call\(\s*"(\w+)", f?"([^"]+)"', text)
    assert len(calls) > 8
    for method, path in calls:
        pattern = re.sub(r"\{part\((\w+)\)\}", r"{\1}", path)
        assert method.lower() in contract["paths"][pattern], (method, pattern)
    for shape, name in SHAPES.items():
        known = set(contract["components"]["schemas"][name]["properties"])
        assert set(typing.get_type_hints(shape)) <= known, name


async def test_a_program_asks_opens_a_ticket_and_lists(api: Api) -> None:
    async with served(api) as url:
        key = await key_of(api)

        def program() -> None:
            with Client(url, key) as cogep:
                sent = cogep.ingest_text("Férias: 30 dias por ano.", title="Férias")
                assert cogep.job(sent["id"])["status"] == "pending"
                cogep.ingest_file(Upload("nota.txt", "Ação.".encode(), "text/plain"))
                assert cogep.search("férias")["results"] == []
                assert cogep.ask("Quantos dias de férias?")["abstained"] is True
                made = cogep.open_ticket("Férias", "Quantos dias?")
                cogep.comment(made["id"], "São 30 dias.")
                moved = cogep.move_ticket(made["id"], "resolved")
                assert [t["protocol"] for t in cogep.tickets(limit=1)] == [made["protocol"]]
                with pytest.raises(ApiError) as late:
                    cogep.move_ticket(made["id"], "closed", if_match=moved["revision"] + 5)
                assert (late.value.status, late.value.code) == (412, "changed_meanwhile")
                hook = cogep.create_webhook("n8n", "https://exemplo.gov.br/x", ["ticket.created"])
                assert hook["secret"]
                assert [w["name"] for w in cogep.webhooks()] == ["n8n"]
                cogep.remove_webhook(hook["id"])
                with pytest.raises(ApiError) as missing:
                    cogep.remove_document("019a0000-0000-7000-8000-000000000000")
                assert missing.value.code == "document_not_found"
                assert missing.value.message

        await asyncio.to_thread(program)


def test_a_request_is_repeated_under_one_key_and_what_must_not_be_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("cogep_client.transport.time.sleep", lambda _: None)
    seen: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        if len(seen) == 1:
            raise httpx2.ConnectError("reset")
        if len(seen) == 2:
            return httpx2.Response(503, headers={"Retry-After": "1"}, json={"error": {}})
        return httpx2.Response(202, json={"id": "x", "status": "pending"})

    with Client("http://cogep.test", "k", transport=httpx2.MockTransport(answer)) as cogep:
        assert cogep.ingest_url("https://exemplo.gov.br")["id"] == "x"
    assert len({request.headers["Idempotency-Key"] for request in seen}) == 1
    assert len(seen) == 3
    seen.clear()
    always = httpx2.MockTransport(lambda _: httpx2.Response(503, json={"error": {"code": "x"}}))
    with (
        Client("http://cogep.test", "k", transport=always, retries=2) as cogep,
        pytest.raises(ApiError, match="503 x"),
    ):
        cogep.webhooks()
