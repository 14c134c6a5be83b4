"""One-time links, sessions, and what protects them."""

import asyncio

import httpx2
import sqlalchemy as sa
from api import Api

from cogep_assist.core.access import create_sign_in_link
from cogep_assist.core.models import AuditEvent, Role, Session, SignInLink
from cogep_assist.edge.cookies import COOKIE


async def link(api: Api, role: Role = Role.CURATOR) -> str:
    async with api.database.begin() as session:
        return await create_sign_in_link(session, role)


async def signed_in(api: Api, role: Role = Role.CURATOR) -> tuple[httpx2.AsyncClient, str]:
    client = api.anonymous()
    reply = await client.post("/access/sessions", json={"token": await link(api, role)})
    assert reply.status_code == 201
    return client, reply.json()["csrf_token"]


async def acts(api: Api) -> list[str]:
    async with api.database.begin() as session:
        return list(await session.scalars(sa.select(AuditEvent.act).order_by(AuditEvent.id)))


async def test_a_link_opens_a_session_in_a_guarded_cookie(api: Api) -> None:
    client = api.anonymous()
    reply = await client.post("/access/sessions", json={"token": await link(api)})
    assert reply.status_code == 201
    assert reply.json()["role"] == "curator"
    cookie = reply.headers["set-cookie"]
    for part in (f"{COOKIE}=", "HttpOnly", "SameSite=lax", "Path=/"):
        assert part in cookie
    assert "Secure" not in cookie
    assert (await client.get("/documents")).status_code == 200
    token = client.cookies[COOKIE]
    async with api.database.begin() as session:
        stored = await session.scalar(sa.select(Session))
    assert stored is not None
    assert token.encode() not in stored.token_hash
    assert await acts(api) == ["sign_in_link_created", "sign_in"]


async def test_the_cookie_is_secure_over_https(api: Api) -> None:
    token = await link(api)
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=api.app), base_url="https://cogep.test"
    ) as client:
        reply = await client.post("/access/sessions", json={"token": token})
    assert "Secure" in reply.headers["set-cookie"]
    assert reply.headers["strict-transport-security"]


async def test_a_link_works_once_however_many_try_at_once(api: Api) -> None:
    token = await link(api)
    replies = await asyncio.gather(
        *(api.anonymous().post("/access/sessions", json={"token": token}) for _ in range(10))
    )
    assert sorted(r.status_code for r in replies) == [201] + [403] * 9
    refused = next(r for r in replies if r.status_code == 403)
    assert refused.json()["error"]["code"] == "sign_in_link_invalid"
    assert (await acts(api)).count("sign_in_refused") == 9


async def test_an_old_link_is_no_good(api: Api) -> None:
    token = await link(api)
    async with api.database.begin() as session:
        await session.execute(sa.update(SignInLink).values(expires_at=sa.func.now()))
    reply = await api.anonymous().post("/access/sessions", json={"token": token})
    assert reply.status_code == 403


async def test_bad_sign_ins(api: Api) -> None:
    client = api.anonymous()
    for body in ({}, {"token": ""}, {"token": 5}, {"token": "x" * 300}, {"token": "x", "y": 1}):
        assert (await client.post("/access/sessions", json=body)).status_code == 422
    elsewhere = await client.post(
        "/access/sessions",
        json={"token": await link(api)},
        headers={"Origin": "https://malvado.exemplo"},
    )
    assert (elsewhere.status_code, elsewhere.json()["error"]["code"]) == (403, "origin_refused")


async def test_an_unsafe_act_needs_the_sessions_token(api: Api) -> None:
    client, csrf = await signed_in(api)
    without = await client.post("/ingest", json={"text": "x"})
    assert (without.status_code, without.json()["error"]["code"]) == (403, "csrf_token_invalid")
    wrong = await client.post("/ingest", json={"text": "x"}, headers={"X-CSRF-Token": "é".encode()})
    assert wrong.status_code == 403
    good = await client.post("/ingest", json={"text": "x"}, headers={"X-CSRF-Token": csrf})
    assert good.status_code == 202
    form = await client.post(
        "/ingest", files={"file": ("a.txt", b"x")}, headers={"X-CSRF-Token": csrf}
    )
    assert form.status_code == 202


async def test_another_sites_page_acts_for_nobody(api: Api) -> None:
    client, csrf = await signed_in(api)
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://malvado.exemplo"},
        {"Origin": "null"},
    ):
        reply = await client.post(
            "/ingest", json={"text": "x"}, headers={"X-CSRF-Token": csrf, **headers}
        )
        assert (reply.status_code, reply.json()["error"]["code"]) == (403, "origin_refused")
    for headers in ({"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://cogep.test"}):
        reply = await client.post(
            "/ingest", json={"text": "x"}, headers={"X-CSRF-Token": csrf, **headers}
        )
        assert reply.status_code == 202


async def test_signing_out_ends_the_session_everywhere(api: Api) -> None:
    client, csrf = await signed_in(api)
    token = client.cookies[COOKIE]
    assert (await client.delete("/access/sessions/current")).status_code == 403
    reply = await client.delete("/access/sessions/current", headers={"X-CSRF-Token": csrf})
    assert reply.status_code == 204
    assert COOKIE not in client.cookies
    thief = api.anonymous(cookies={COOKIE: token})
    gone = await thief.get("/documents")
    assert (gone.status_code, gone.json()["error"]["code"]) == (401, "session_invalid")
    assert (await acts(api))[-1] == "sign_out"


async def test_a_session_ends_with_its_time(api: Api) -> None:
    client, _ = await signed_in(api)
    async with api.database.begin() as session:
        await session.execute(sa.update(Session).values(expires_at=sa.func.now()))
    assert (await client.get("/documents")).status_code == 401


async def test_a_key_signs_nobody_out(api: Api) -> None:
    ana = await api.client(Role.ADMIN)
    reply = await ana.delete("/access/sessions/current")
    assert reply.status_code == 401


async def test_bad_credentials(api: Api) -> None:
    client = api.anonymous()
    for header in ("Bearer", "Bearer ", "Bearer cogep_x", "Bearer " + "x" * 5000, "Basic YTpi"):
        reply = await client.get("/documents", headers={"Authorization": header})
        assert reply.status_code == 401
        assert reply.json()["error"]["code"] in {"key_invalid", "not_authenticated"}
    latin = await client.get("/documents", headers=[(b"Authorization", b"Bearer cogep_\xe9\xff")])
    assert latin.status_code == 401
    cookie = await client.get("/documents", headers={"Cookie": f"{COOKIE}={'x' * 5000}"})
    assert cookie.status_code == 401
