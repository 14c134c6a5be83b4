"""Browsers of listed sites call the API by a key; all others are served as ever, unmarked."""

import pytest
from api import running_api
from signed_in import sign_in

from cogep_assist.core.config import Settings, load_settings
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Role

LISTED = "https://painel.orgao.gov.br"
ASKS = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type,x-stainless-os",
}
PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
MCP = {"Accept": "application/json, text/event-stream"}


async def test_a_listed_site_calls_by_a_key_and_reads_refusals_too(
    settings: Settings, database: Database
) -> None:
    listed = settings.model_copy(update={"api_allow_origins": ["https://*.orgao.gov.br"]})
    async with running_api(listed, database) as api:
        ana = await api.client(Role.ADMIN)
        for path in ("/v1/chat/completions", "/ask", "/ingest", "/mcp"):
            before = await api.anonymous().options(path, headers={"Origin": LISTED, **ASKS})
            assert before.status_code == 204, path
            told = before.headers
            assert told["access-control-allow-origin"] == LISTED
            assert "x-stainless-os" in told["access-control-allow-headers"]
            assert "POST" in told["access-control-allow-methods"]
        mine = {"Origin": LISTED, "Sec-Fetch-Site": "cross-site"}
        for client, method, path, status in (
            (ana, "GET", "/v1/models", 200),
            (ana, "GET", "/nada", 404),
            (ana, "GET", "/ingest/xyz", 422),
            (api.anonymous(), "POST", "/v1/chat/completions", 401),
            (ana, "POST", "/ask", 422),
        ):
            reply = await client.request(method, path, headers=mine)
            assert reply.status_code == status, path
            assert reply.headers["access-control-allow-origin"] == LISTED, path
            assert "X-Request-ID" in reply.headers["access-control-expose-headers"]
            assert "access-control-allow-credentials" not in reply.headers
            assert "Origin" in reply.headers["vary"]
        spoken = await ana.post("/mcp", json=PING, headers=mine | MCP)
        assert spoken.status_code == 200, spoken.text
        # Whoever is not listed is told nothing, and MCP goes on refusing them.
        for other in (
            "https://mau.example",
            "https://orgao.gov.br",
            "null",
            "https://*.orgao.gov.br",
        ):
            reply = await ana.options("/v1/models", headers={"Origin": other, **ASKS})
            assert reply.status_code == 405, other
            assert "access-control-allow-origin" not in reply.headers
            refused = await ana.post("/mcp", json=PING, headers=MCP | {"Origin": other})
            assert refused.status_code == 403
        # A cookie gives a listed site nothing.
        bruno = await sign_in(api, "Bruno", Role.ADMIN)
        refused = await bruno.client.post("/ask", json={"question": "Oi?"}, headers=mine)
        assert refused.json()["error"]["code"] == "origin_refused"
    async with running_api(settings, database) as api:
        reply = await api.anonymous().options("/v1/models", headers={"Origin": LISTED, **ASKS})
        assert "access-control-allow-origin" not in reply.headers


def test_a_misspelt_origin_is_refused_when_the_settings_are_read() -> None:
    good = load_settings(api_allow_origins="https://App.orgao.gov.br:443/, http://localhost:5173")
    assert good.api_allow_origins == ["https://app.orgao.gov.br", "http://localhost:5173"]
    for bad in ("*", "app.orgao.gov.br", "https://*.gov.br", "https://app.orgao.gov.br/x"):
        with pytest.raises(AppError) as refused:
            load_settings(api_allow_origins=bad)
        assert refused.value.code == "settings_invalid"
