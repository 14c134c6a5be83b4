"""What any HTTP client takes for granted: HEAD, one slash too many, how a body is packed."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator

import httpx2
from api import Api
from served import served
from starlette.responses import StreamingResponse
from starlette.types import Message

from cogep_assist.core.models import Role
from cogep_assist.edge.plain_http import without_body


async def test_head_is_answered_wherever_get_is(api: Api) -> None:
    ana = await api.client(Role.ADMIN)
    async with (
        served(api) as address,
        httpx2.AsyncClient(base_url=address, headers=ana.headers, timeout=10) as web,
    ):
        for path in ("/healthz", "/readyz", "/ingest?limit=1", "/openapi.json", "/v1/models", "/"):
            whole, head = await web.get(path), await web.head(path)
            assert (head.status_code, head.content) == (whole.status_code, b""), path
            assert head.headers["content-type"] == whole.headers["content-type"], path
        for path, status in (("/nada", 404), ("/ingest/xyz", 422), ("/ask", 405)):
            assert (await web.head(path)).status_code == status, path
        refused = await web.put("/ingest")
        assert refused.headers["allow"] == "GET, HEAD, POST"
        assert (await web.head("/ask")).headers["allow"] == "POST"
    unknown = await api.anonymous().head("/ingest")
    assert (unknown.status_code, unknown.content) == (401, b"")


async def test_head_does_not_wait_for_a_body_without_an_end() -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"mais"
            await asyncio.sleep(0)

    sent: list[Message] = []

    async def keep(message: Message) -> None:
        sent.append(message)

    receive, send = without_body(keep)
    async with asyncio.timeout(5):
        await StreamingResponse(endless())({"type": "http"}, receive, send)
    assert [(one["type"], one.get("body")) for one in sent] == [
        ("http.response.start", None),
        ("http.response.body", b""),
    ]


async def test_one_slash_more_is_the_same_address(api: Api) -> None:
    ana = await api.client(Role.CURATOR)
    sent = await ana.post("/ingest/", json={"text": "Barra no fim."})
    assert sent.status_code == 202
    job = sent.json()["links"]["self"]
    assert (await ana.get(f"{job}/")).json() == (await ana.get(job)).json()
    assert (await ana.get("/v1/models//")).json() == (await ana.get("/v1/models")).json()
    assert (await api.anonymous().get("/healthz/")).status_code == 200
    assert (await api.anonymous().get("/ingest/")).status_code == 401
    hello = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    assert (await ana.post("/mcp/", json=hello)).json()["result"] == {}


async def test_a_packed_body_is_refused_by_name_and_a_marked_one_is_read(api: Api) -> None:
    ana = await api.client(Role.CURATOR)
    body = json.dumps({"text": "Compactado.", "question": "Compactado?"}).encode()
    for path in ("/ingest", "/ask"):
        for form in ("gzip", "BR"):
            headers = {"Content-Type": "application/json", "Content-Encoding": form}
            refused = await ana.post(path, content=gzip.compress(body), headers=headers)
            error = refused.json()["error"]
            assert (refused.status_code, error["code"]) == (415, "content_encoding_not_accepted")
            assert error["details"] == {"encoding": form.lower()}
            assert refused.headers["accept-encoding"] == "identity"
    plain = {"Content-Type": "application/json", "Content-Encoding": "identity"}
    marked = b"\xef\xbb\xbf" + json.dumps({"text": "Com marca."}).encode()
    assert (await ana.post("/ingest", content=marked, headers=plain)).status_code == 202
