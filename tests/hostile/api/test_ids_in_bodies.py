"""Every id that a body or a query takes: another's is answered as one that there is not."""

import re
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from api import Api
from seeded_base import Seeded, seed
from signed_in import Person, sign_in

from cogep_assist.core.models import Role

_OWN_WORDS = re.compile(
    r'[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|"took_ms":[0-9]+'
)
NOBODYS = "019a0000-0000-7000-8000-000000000000"
TEXT = {"subject": "Crachá", "body": "Não abre."}
CONSENT = {"purpose": "pesquisa"}
RIGHT = {"right": "access", "name": "Carla Nogueira"}

# Of a requester and of an agent of another team: where the id goes ("ID"), and whose it is.
# {own} is a ticket of the agent's own.
BY_REQUESTER: dict[str, tuple[str, str, Any, str]] = {
    "post /ask conversation_id": (
        *("POST", "/ask", {"question": "E agora?", "conversation_id": "ID"}, "conversation_id"),
    ),
    "get /search document_id": ("GET", "/search?q=cofre&document_id=ID", None, "hidden"),
    "get /crm/tickets customer_id": ("GET", "/crm/tickets?customer_id=ID", None, "customer_id"),
    "get /crm/tickets view": ("GET", "/crm/tickets?view=ID", None, "view_id"),
    "get /crm/tickets/search customer_id": (
        *("GET", "/crm/tickets/search?q=laudo&customer_id=ID", None, "customer_id"),
    ),
    "post /crm/tickets customer_id": (
        *("POST", "/crm/tickets", {**TEXT, "customer_id": "ID"}, "customer_id"),
    ),
    "post /crm/tickets/from-answer answer_id": (
        *("POST", "/crm/tickets/from-answer", {"answer_id": "ID"}, "answer_id"),
    ),
    "post /lgpd/requests customer_id": (
        *("POST", "/lgpd/requests", {**RIGHT, "customer_id": "ID"}, "customer_id"),
    ),
    "post /lgpd/requests decision_id": (
        *("POST", "/lgpd/requests", {**RIGHT, "decision_id": "ID"}, "decision_id"),
    ),
    "post /lgpd/consents customer_id": (
        *("POST", "/lgpd/consents", {**CONSENT, "customer_id": "ID"}, "customer_id"),
    ),
    "post /lgpd/consents/refuse customer_id": (
        *("POST", "/lgpd/consents/refuse", {**CONSENT, "customer_id": "ID"}, "customer_id"),
    ),
    "post /lgpd/consents/revoke customer_id": (
        *("POST", "/lgpd/consents/revoke", {**CONSENT, "customer_id": "ID"}, "customer_id"),
    ),
    "get /lgpd/consents customer_id": ("GET", "/lgpd/consents?customer_id=ID", None, "customer_id"),
    "get /lgpd/consents/ledger customer_id": (
        *("GET", "/lgpd/consents/ledger?customer_id=ID", None, "customer_id"),
    ),
}
BY_AGENT: dict[str, tuple[str, str, Any, str]] = {
    "post /access/calendar-feeds team_id": (
        *("POST", "/access/calendar-feeds", {"kind": "team_tickets", "team_id": "ID"}, "team_id"),
    ),
    "post /crm/tickets/{ticket_id}/links other_id": (
        *("POST", "{own}/links", {"kind": "related_to", "other_id": "ID"}, "ticket_id"),
    ),
    "post /crm/tickets/{ticket_id}/merge other_id": (
        *("POST", "{own}/merge", {"other_id": "ID"}, "ticket_id"),
    ),
    "post /crm/tickets/{ticket_id}/split entry_ids": (
        *("POST", "{own}/split", {"subject": "Outro", "entry_ids": ["ID"]}, "entry_id"),
    ),
    "post /crm/tickets/bulk ids": (
        *("POST", "/crm/tickets/bulk", {"ids": ["ID"], "change": {"tags": ["x"]}}, "ticket_id"),
    ),
    "post /crm/articles/from-ticket ticket_id": (
        *("POST", "/crm/articles/from-ticket", {"ticket_id": "ID"}, "ticket_id"),
    ),
    "post /crm/articles/from-gap gap_id": (
        *("POST", "/crm/articles/from-gap", {"gap_id": "ID"}, "gap_id"),
    ),
    "post /crm/tickets/from-gap gap_id": (
        *("POST", "/crm/tickets/from-gap", {"gap_id": "ID"}, "gap_id"),
    ),
    "post /crm/tickets/from-answer answer_id": (
        *("POST", "/crm/tickets/from-answer", {"answer_id": "ID"}, "answer_id"),
    ),
    "post /ask conversation_id": (
        *("POST", "/ask", {"question": "E agora?", "conversation_id": "ID"}, "conversation_id"),
    ),
    "get /crm/tickets view": ("GET", "/crm/tickets?view=ID", None, "view_id"),
}
# The desk and those who answer for the data see every customer and every colleague.
OF_THE_HOUSE = ("/crm/customers", "/lgpd/", "mentions", "user_id", "change.customer_id", "asked.")
OF_THE_HOUSE += ("steps[]", "post /crm/tickets customer_id", "patch /crm/tickets/{ticket_id} c")


def fields(api: Api) -> Iterator[str]:
    """Every id of a body or a query in the contract, as "method path field"."""
    contract = api.app.openapi()
    schemas = contract["components"]["schemas"]
    for path, operations in contract["paths"].items():
        for method, operation in operations.items():
            for content in operation.get("requestBody", {}).get("content", {}).values():
                for name in set(_ids(content["schema"], schemas, "", 0)):
                    yield f"{method} {path} {name}"
            for one in operation.get("parameters", []):
                if one["in"] == "query" and one["name"] != "cursor" and _is_id(one["schema"]):
                    yield f"{method} {path} {one['name']}"


def _ids(schema: Any, schemas: Any, place: str, depth: int) -> Iterator[str]:
    if depth > 8:
        return
    if "$ref" in schema:
        yield from _ids(schemas[schema["$ref"].rpartition("/")[2]], schemas, place, depth + 1)
    for word in ("anyOf", "oneOf", "allOf"):
        for one in schema.get(word, ()):
            yield from _ids(one, schemas, place, depth + 1)
    if schema.get("format") == "uuid":
        yield place
    if "items" in schema:
        inner = "" if schema["items"].get("format") == "uuid" else "[]"
        yield from _ids(schema["items"], schemas, place + inner, depth + 1)
    for name, one in schema.get("properties", {}).items():
        yield from _ids(one, schemas, f"{place}.{name}" if place else name, depth + 1)


def _is_id(schema: Any) -> bool:
    return any(one.get("format") == "uuid" for one in (schema, *schema.get("anyOf", ())))


@pytest.mark.slow
async def test_another_s_id_in_a_body_is_nobody_s(api: Api) -> None:
    known = {*BY_REQUESTER, *BY_AGENT}
    unknown = [
        field
        for field in fields(api)
        if field not in known and not any(one in field for one in OF_THE_HOUSE)
    ]
    assert unknown == [], "say in this table what a stranger is told of such an id"
    base = await seed(api)
    carla = await sign_in(api, "Carla Nogueira", Role.REQUESTER)
    davi = await sign_in(api, "Davi Prado", Role.AGENT, team="Compras")
    own = (await davi.client.post("/crm/tickets", json=TEXT)).json()["links"]["self"]
    told = []
    for who, table in ((carla, BY_REQUESTER), (davi, BY_AGENT)):
        for name, (method, path, body, hole) in table.items():
            real, none = [
                await ask(who, method, path.format(own=own), body, one)
                for one in (others(base, hole), NOBODYS)
            ]
            if words(real) != words(none):
                told.append((name, real.status_code, real.text[:200], none.text[:200]))
            elif real.status_code < 300 and method == "POST" and "not_found" not in real.text:
                told.append((name, real.status_code, "succeeds", real.text[:200]))
    assert told == []


def others(base: Seeded, hole: str) -> str:
    if hole == "hidden":
        return base.ids["document_id"][1]
    known = base.ids[hole]
    return known[1] if hole == "ticket_id" else known[0]


async def ask(who: Person, method: str, path: str, body: Any, one: str) -> httpx2.Response:
    filled = {name: _put(value, one) for name, value in (body or {}).items()}
    return await who.client.request(
        method, path.replace("ID", one), **({"json": filled} if body else {})
    )


def _put(value: Any, one: str) -> Any:
    if isinstance(value, list):
        return [_put(inner, one) for inner in value]
    return one if value == "ID" else value


def words(reply: httpx2.Response) -> tuple[int, str]:
    """What a reply tells, without the ids and the time in it."""
    return reply.status_code, _OWN_WORDS.sub("", reply.text)
