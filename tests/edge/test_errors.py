"""Every refusal and failure has one shape, and says nothing of the inside."""

import asyncio

import pytest
import sqlalchemy as sa
from api import Api, CountingBell
from fastapi import FastAPI
from sqlalchemy.engine import URL

from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Collection, Role
from cogep_assist.core.principal import Act
from cogep_assist.edge.rules import Login, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.main import create_app


def assert_shape(reply: object, status: int, code: str) -> None:
    body = reply.json()  # type: ignore[attr-defined]
    assert reply.status_code == status  # type: ignore[attr-defined]
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message", "details", "request_id"}
    assert body["error"]["code"] == code
    assert body["error"]["request_id"] == reply.headers["x-request-id"]  # type: ignore[attr-defined]


async def test_missing_addresses_and_methods(api: Api) -> None:
    client = api.anonymous()
    assert_shape(await client.get("/não-existe"), 404, "not_found")
    assert_shape(await client.get("/ingest/x/y/"), 404, "not_found")
    wrong = await client.request("PATCH", "/ingest")
    assert_shape(wrong, 405, "method_not_allowed")
    assert wrong.headers["allow"] == "GET, HEAD, POST"
    one = await client.request("OPTIONS", "/documents/019a0000-0000-7000-8000-000000000000")
    assert one.headers["allow"] == "DELETE, GET, HEAD, PATCH"


async def test_the_clients_request_id_is_kept_if_it_is_harmless(api: Api) -> None:
    client = api.anonymous()
    good = await client.get("/x", headers={"X-Request-ID": "pedido-42"})
    assert good.headers["x-request-id"] == "pedido-42"
    number = await client.get("/x", headers={"X-Request-ID": "529.982.247-25"})
    assert number.headers["x-request-id"] != "529.982.247-25"
    bad = await client.get("/x", headers={"X-Request-ID": "a b<script>"})
    assert bad.headers["x-request-id"] != "a b<script>"


def add_failing_routes(app: FastAPI) -> None:
    router = guarded_router()

    @router.get("/falha", dependencies=[rule(Login.OPEN)])
    async def fail() -> None:
        raise RuntimeError("senha=segredo")

    @router.get("/falha-no-banco", dependencies=[rule(Login.OPEN)])
    async def fail_in_database(session: SessionDep) -> None:
        await session.execute(sa.text("SELECT 1 / 0"))

    @router.get("/banco-diz/{state}", dependencies=[rule(Login.OPEN)])
    async def told_by_the_database(session: SessionDep, state: str) -> None:
        await session.execute(sa.text(f"DO $$ BEGIN RAISE SQLSTATE '{state}'; END $$"))

    @router.post("/falha-no-commit", dependencies=[rule(Login.OPEN)])
    async def fail_at_commit(session: SessionDep) -> dict[str, bool]:
        await session.execute(sa.text("INSERT INTO falha_tardia (id) VALUES (1), (1)"))
        return {"ok": True}

    @router.post("/grava", dependencies=[rule(Login.OPEN)])
    async def write(session: SessionDep) -> dict[str, bool]:
        session.add(Collection(name="gravada"))
        return {"ok": True}

    @router.post("/recusa", dependencies=[rule(Login.OPEN)])
    async def refuse(session: SessionDep) -> None:
        session.add(Collection(name="recusada"))
        await session.flush()
        raise AppError("not_found")

    app.include_router(router)


async def test_a_crash_tells_the_client_nothing(api: Api) -> None:
    add_failing_routes(api.app)
    for path in ("/falha", "/falha-no-banco"):
        reply = await api.anonymous().get(path)
        assert_shape(reply, 500, "internal_error")
        assert "segredo" not in reply.text
        assert "Traceback" not in reply.text
        assert reply.headers["content-security-policy"]
    # Two who wait for each other; a full disk; a column of another release; a replica.
    known = {"40P01": "acts_collided", "53100": "storage_full", "42703": "schema_differs"}
    slow = {"57014": "database_took_too_long", "25P04": "database_took_too_long"}
    for state, code in {**known, **slow, "25006": "database_read_only"}.items():
        told = await api.anonymous().get(f"/banco-diz/{state}")
        assert_shape(told, 507 if code == "storage_full" else 503, code)
        assert code == "storage_full" or int(told.headers["retry-after"]) > 0


async def test_the_commit_comes_before_the_reply(api: Api) -> None:
    """What the ASGI server is told to send must already be visible to another connection."""
    add_failing_routes(api.app)
    seen: list[bool] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async with await api.database.connect() as other:

        async def send(message: dict[str, object]) -> None:
            if message["type"] == "http.response.start":
                found = await other.execute("SELECT 1 FROM ai.collection WHERE name = 'gravada'")
                seen.append(await found.fetchone() is not None)

        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": "/grava",
            "raw_path": b"/grava",
            "query_string": b"",
            "headers": [(b"host", b"cogep.test")],
            "client": ("127.0.0.1", 1),
            "server": ("cogep.test", 80),
            "state": {},
        }
        await api.app(scope, receive, send)  # type: ignore[arg-type]
    assert seen == [True]


async def test_a_failing_commit_is_no_success(api: Api, owner_sql: object) -> None:
    add_failing_routes(api.app)
    owner_sql(  # type: ignore[operator]
        "CREATE TABLE public.falha_tardia (id int UNIQUE DEFERRABLE INITIALLY DEFERRED);"
        "GRANT ALL ON public.falha_tardia TO cogep_app"
    )
    assert_shape(await api.anonymous().post("/falha-no-commit"), 500, "internal_error")


async def test_a_refusal_rolls_back(api: Api) -> None:
    add_failing_routes(api.app)
    assert_shape(await api.anonymous().post("/recusa"), 404, "not_found")
    async with api.database.begin() as session:
        assert await session.scalar(sa.select(Collection)) is None


async def test_a_lost_database_is_503(settings: Settings, database_url: URL) -> None:
    nowhere = Database(database_url.set(port=1))
    app = create_app(settings, database=nowhere, bell=CountingBell())
    async with app.router.lifespan_context(app):
        client = Api(app, nowhere, CountingBell()).anonymous()
        headers = {"Authorization": "Bearer cogep_" + "x" * 43}
        for path in ("/documents", "/ingest"):
            reply = await client.get(path, headers=headers)
            assert_shape(reply, 503, "database_unavailable")
            assert int(reply.headers["retry-after"]) > 0
        ready = await client.get("/readyz")
        assert (ready.status_code, ready.json()["database"]) == (503, "unreachable")
        assert (await client.get("/healthz")).json() == {"status": "ok"}
        await client.aclose()
    await nowhere.close()


async def test_validation_speaks_portuguese_and_names_the_field(api: Api) -> None:
    ana = await api.client(Role.ADMIN)
    reply = await ana.get("/ingest", params={"limit": "muitos"})
    assert_shape(reply, 422, "request_invalid")
    error = reply.json()["error"]
    assert error["details"]["fields"] == [
        {"field": "limit", "reason": "deve ser um número inteiro"}
    ]
    assert "“limit” deve ser um número inteiro" in error["message"]


BROKEN_JSON = [b"{", b"\xff", b'{"visibility": "\\ud800"}', b'{"\\ud800": 1}', b"[" * 50_000]


async def test_broken_json_never_breaks_us(api: Api) -> None:
    ana = await api.client(Role.ADMIN)
    for raw in BROKEN_JSON:
        reply = await ana.put(
            "/collections/x", content=raw, headers={"Content-Type": "application/json"}
        )
        assert reply.status_code in {400, 422}, raw
        assert reply.json()["error"]["code"] in {"body_invalid", "request_invalid"}, raw


async def test_a_stranger_makes_us_read_no_body(api: Api) -> None:
    """The rule comes first: a request without credentials is refused before its body."""
    asked = 0

    async def body() -> object:
        nonlocal asked
        for _ in range(3):
            asked += 1
            yield b"x"

    reply = await api.anonymous().put("/collections/x", content=body())  # type: ignore[arg-type]
    assert_shape(reply, 401, "not_authenticated")


async def test_an_open_route_needs_no_act_and_a_closed_one_has_one() -> None:
    with pytest.raises(ValueError, match="open route"):
        rule(Login.OPEN, Act.ASK)
    with pytest.raises(ValueError, match="open route"):
        rule(Login.SESSION)
    router = guarded_router()
    with pytest.raises(ValueError, match="declares no rule"):
        router.get("/sem-regra")(lambda: None)
    await asyncio.sleep(0)
