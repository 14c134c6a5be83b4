"""Every route that takes an id, enumerated: what is another's does not exist for a stranger."""

import json
import re
from typing import Any

import httpx2
import pytest
from api import Api
from seeded_base import Seeded, seed
from signed_in import sign_in

from cogep_assist.core.models import Role
from cogep_assist.core.principal import ALLOWED, Act
from cogep_assist.mcp_server.tools import TOOLS

METHODS = ("get", "put", "post", "patch", "delete")
# What is no secret: names and days that every role of the route may see; the rest is somebody's.
SHARED = {
    "name": "collections, queues, calendars, macros and texts belong to the desk",
    "day": "a day of a calendar",
    "number": "the number of a version of a document",
    "model": "names of models are public",
    "key": "custom fields belong to the desk",
    "category": "kinds of sensitive data are words of the law",
    "synonym_id": "words belong to everybody who searches",
}
# Ids of which a requester may see their own, or what is public, and nothing of others'.
OWN = ("ticket_id", "conversation_id", "answer_id", "customer_id", "document_id", "job_id")
# Nobody who is not of the staff has to do with these at all.
REFUSED = {401, 403, 404}


def operations(api: Api) -> list[tuple[str, str, list[str], Any]]:
    """Every route with an id: method, path, names of its parameters, its contract."""
    return [
        (method, path, re.findall(r"{(\w+)}", path), contract)
        for path, methods in api.app.openapi()["paths"].items()
        for method, contract in methods.items()
        if method in METHODS and "{" in path
    ]


def filled(path: str, base: Seeded, number: int = 0) -> str:
    def one(found: re.Match[str]) -> str:
        known = base.ids[found[1]]
        return known[0 if found[1] in SHARED else min(number, len(known) - 1)]

    return re.sub(r"{(\w+)}", one, path)


ASKED = {"ask": {"question": "x"}, "open_ticket": {"subject": "x", "body": "y"}}
FILES = {"file": ("a.txt", b"texto", "text/plain")}


async def ask(client: httpx2.AsyncClient, method: str, path: str, body: Any) -> httpx2.Response:
    if path.endswith("/attachments"):
        return await client.request(method.upper(), path, files=FILES)
    if "/links/" in path:
        path += "?kind=related_to"
    return await client.request(method.upper(), path, json=body)


def plausible(contract: Any, schemas: Any, base: Seeded) -> Any:
    """A body that is well formed, so that it is the id that decides."""
    content = contract.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None or "$ref" not in content["schema"]:
        return None
    return _value(content["schema"], schemas, base, "")


def _value(schema: Any, schemas: Any, base: Seeded, name: str) -> Any:
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rsplit("/", 1)[1]]
    if "anyOf" in schema:
        return _value(schema["anyOf"][0], schemas, base, name)
    if "enum" in schema:
        return schema["enum"][0]
    if "const" in schema:
        return schema["const"]
    if name in base.ids and schema.get("format") == "uuid":
        return base.ids[name][0]
    kind = schema.get("type")
    if kind == "object":
        wanted = schema.get("required") or list(schema.get("properties", {}))[:1]
        return {one: _value(schema["properties"][one], schemas, base, one) for one in wanted}
    if kind == "array":
        least = schema.get("minItems", 0)
        return [_value(schema["items"], schemas, base, name.removesuffix("s"))] * least
    texts = {"uuid": base.ids["ticket_id"][0], "date-time": "2030-01-01T00:00:00Z"}
    simple = {"boolean": False, "integer": schema.get("minimum", 1), "number": 1}
    return simple.get(str(kind), texts.get(str(schema.get("format")), "texto"))


@pytest.fixture
async def base(api: Api) -> Seeded:
    return await seed(api)


async def test_what_is_anothers_does_not_exist_for_a_stranger(api: Api, base: Seeded) -> None:
    schemas = api.app.openapi()["components"]["schemas"]
    carla = (await sign_in(api, "Carla Nogueira", Role.REQUESTER)).client
    clerk = (await sign_in(api, "Davi Prado", Role.AGENT, team="Compras")).client
    nobody = api.anonymous()
    leaked, told = [], []
    for method, path, names, contract in operations(api):
        private = [name for name in names if name not in SHARED]
        assert all(name in base.ids for name in names), f"seed an id for {names} of {path}"
        if not private:
            continue
        body = plausible(contract, schemas, base)
        # The second document is internal, the first public; all else is Ana's or the staff's.
        address = filled(path, base, 1 if private[0] == "document_id" else 0)
        before = await base.admin.get(address) if method == "get" else None
        for who, client in (("Carla", carla), ("ninguém", nobody)):
            reply = await ask(client, method, address, body)
            if reply.status_code not in REFUSED:
                leaked.append((who, method, path, reply.status_code, reply.text[:120]))
            # A refusal says nothing of what is there: the same words as for an id that is not.
            if reply.status_code == 404 and private[0] in OWN:
                other = re.sub(r"[0-9a-f]{8}(?=-)", "00000000", address)
                unknown = await ask(client, method, other, body)
                if _words(unknown) != _words(reply):
                    told.append((method, path, _words(reply), _words(unknown)))
        if private[0] in {"ticket_id", "article_id", "view_id", "conversation_id"}:
            reply = await ask(clerk, method, filled(path, base, 1), body)
            if reply.status_code not in REFUSED:
                leaked.append(("Davi", method, path, reply.status_code, reply.text[:120]))
        if before is not None:
            assert before.status_code not in {401, 403}, (path, before.text)
    assert not leaked, "\n".join(map(str, leaked))
    assert not told, "\n".join(map(str, told))


def _words(reply: httpx2.Response) -> tuple[int, str, str]:
    error = reply.json()["error"]
    return reply.status_code, error["code"], error["message"]


async def test_no_body_takes_a_field_that_nobody_declared(api: Api, base: Seeded) -> None:
    """Mass assignment: roles, owners, states and ids that a body does not have are refused."""
    spec = api.app.openapi()
    schemas = spec["components"]["schemas"]
    loose, taken = [], []
    for path, methods in spec["paths"].items():
        for method, contract in methods.items():
            content = contract.get("requestBody", {}).get("content", {}).get("application/json")
            # An OpenAI-compatible door takes what other servers take, and does nothing with it.
            if content is None or path.startswith("/v1/"):
                continue
            loose += _loose(content["schema"], schemas)
            body = plausible(contract, schemas, base) or {"text": "x"}
            address = filled(path, base) if "{" in path else path
            reply = await ask(base.admin, method, address, {**body, "created_by": "system"})
            if reply.status_code not in {401, 403, 404, 422}:
                taken.append((method, path, reply.status_code))
    assert not loose, f"{loose} take fields that they do not declare"
    assert not taken


def _loose(schema: Any, schemas: Any) -> list[str]:
    """Return the shapes of bodies, those inside them too, that leave the door open."""
    waiting, seen, loose = [schema], set(), []
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting += one
        elif isinstance(one, dict):
            name = str(one.get("$ref", "")).rsplit("/", 1)[-1]
            if name and name not in seen:
                seen.add(name)
                waiting.append(schemas[name])
                shape = schemas[name]
                if "properties" in shape and shape.get("additionalProperties") is not False:
                    loose.append(name)
            waiting += [inner for inner in one.values() if isinstance(inner, dict | list)]
    return loose


async def test_no_role_is_climbed(api: Api, base: Seeded) -> None:
    """Who may not manage people gives nobody a role, least of all themselves."""
    for role in (Role.AGENT, Role.CURATOR, Role.DPO, Role.REQUESTER):
        person = await sign_in(api, f"Alguém {role.value}", role)
        key = await api.client(role, f"sobe {role.value}")
        for client in (person.client, key):
            for method, path, body in (
                ("PATCH", f"/access/users/{person.id}", {"role": "admin"}),
                ("POST", "/access/users", {"email": "eu@exemplo.br", "role": "admin"}),
                ("POST", "/access/keys", {"name": "eu", "role": "admin"}),
                ("PUT", f"/access/teams/{base.ids['team_id'][0]}/members/{person.id}", {}),
                ("POST", "/crm/tickets", {"subject": "x", "body": "y", "priority": "urgent"}),
            ):
                if path == "/crm/tickets" and role in {Role.AGENT, Role.ADMIN}:
                    continue
                reply = await client.request(method, path, json=body)
                assert reply.status_code in {403, 404}, (role, method, path, reply.text)
    # A key cannot be made to do more than its scopes, whatever its role.
    narrow = await base.admin.post(
        "/access/keys", json={"name": "só busca", "role": "admin", "scopes": ["search"]}
    )
    plain = narrow.json()["secret"] if "secret" in narrow.json() else narrow.json()["key"]
    client = api.anonymous(headers={"Authorization": f"Bearer {plain}"})
    for path in ("/crm/tickets", "/access/users", "/crm/customers", "/gaps", "/openapi.json"):
        assert (await client.get(path)).status_code == 403, path


READING = ("read_", "see_", "search")


async def test_a_key_that_only_reads_changes_nothing(api: Api, base: Seeded) -> None:
    reading = [act for act in Act if act.value.startswith(READING)]
    spec = api.app.openapi()
    changed, asked = [], 0
    hidden = {"document_id": base.ids["document_id"][0], "hidden": True}
    asked_of = {**ASKED, "hide_document": hidden}
    for role in (Role.ADMIN, Role.DPO):
        # Who makes a key gives it nothing that they may not do themselves.
        scopes = [act.value for act in reading if {role, Role.ADMIN} <= ALLOWED[act]]
        body = {"name": f"só lê {role.value}", "role": role.value, "scopes": [*scopes, "use_mcp"]}
        made = (await base.admin.post("/access/keys", json=body)).json()
        client = api.anonymous(headers={"Authorization": f"Bearer {made['key']}"})
        for path, methods in spec["paths"].items():
            for method, contract in methods.items():
                # Who has a protocol and its code needs no key.
                if method == "get" or not contract.get("security"):
                    continue
                address = filled(path, base) if "{" in path else path
                sent = plausible(contract, spec["components"]["schemas"], base)
                reply = await ask(client, method, address, sent)
                asked += 1
                if reply.status_code not in {401, 403}:
                    changed.append((role.value, method, path, reply.status_code, reply.text[:90]))
        for tool in TOOLS:
            if tool.read_only:
                continue
            given = {"gap_id": base.ids["gap_id"][0]} if "gap" in tool.name else asked_of[tool.name]
            call = {"name": tool.name, "arguments": given}
            message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
            accepts = {"Accept": "application/json, text/event-stream"}
            told = (await client.post("/mcp", json=message, headers=accepts)).json()["result"]
            if json.loads(told["content"][0]["text"])["error"]["code"] != "role_not_allowed":
                changed.append((role.value, "mcp", tool.name, told))
    assert changed == []
    assert asked > 250, asked
