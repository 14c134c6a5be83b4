"""The census: every route declares who may come in, and keeps to it."""

import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from api import Api
from fastapi.routing import APIRoute, iter_route_contexts

from cogep_assist.core.models import Role
from cogep_assist.core.principal import ALLOWED, Act
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.rules import GuardedRoute, Login, Rule, rule_of

# Each stands here for a reason; a route that is not here needs a key or a session.
OPEN = {
    ("GET", "/healthz"): "tells a supervisor that the process lives",
    ("GET", "/readyz"): "tells a balancer that it can serve",
    ("POST", "/access/sessions"): "is the way in, by a one-time link",
    ("POST", "/crm/tickets/status"): "is for who has a protocol and its code, and no account",
    (
        "POST",
        "/crm/tickets/status/rating",
    ): "is for who has a protocol and its code, and no account",
    (
        "POST",
        "/lgpd/public/requests",
    ): "is for data subjects, who need no account (art. 18, par. 5)",
    ("POST", "/lgpd/public/requests/status"): "is for who has a protocol and its code",
    ("POST", "/lgpd/public/requests/code"): "is for who has a protocol and its code",
    ("POST", "/lgpd/public/requests/identity"): "is for who has a protocol and its code",
    ("POST", "/lgpd/public/requests/ticket"): "is for who has a protocol and its code",
    ("POST", "/lgpd/public/requests/cancel"): "is for who has a protocol and its code",
    ("POST", "/lgpd/public/requests/papers"): "is for who has a protocol and its code",
    ("POST", "/lgpd/public/requests/copy"): "is for who has a protocol and its code",
    ("POST", "/lgpd/public/receipts/{number}"): "is for who has a protocol and its code",
    ("POST", "/lgpd/public/receipts/{number}/pdf"): "is for who has a protocol and its code",
    ("POST", "/lgpd/public/notices/acknowledge"): "is for who got a notice and its code",
    ("GET", "/lgpd/receipts/key"): "lets anybody check a receipt",
    ("GET", "/lgpd/rights"): "tells everybody their rights (art. 9)",
    ("GET", "/lgpd/dpo"): "tells everybody whom to turn to (art. 41, par. 1)",
    ("GET", "/lgpd/purposes"): "shows what consent is asked for",
    ("GET", "/lgpd/notice"): "is what everybody may know of the processing (art. 9)",
    ("GET", "/lgpd/notice/versions"): "is the log of what was published",
    ("GET", "/crm/calendar/{token}.ics"): "is opened by the secret in its address",
    ("GET", "/lgpd/calendar/{token}.ics"): "is opened by the secret in its address",
    ("POST", "/crm/mail/inbound"): "is signed by the mail server that hands a letter in",
    ("GET", "/entrar"): "is the page of the way in",
    ("POST", "/entrar"): "is the page of the way in",
    ("POST", "/entrar/codigo"): "is the second step of the way in",
    ("GET", "/entrar/provedor"): "leads to the identity provider",
    ("GET", "/entrar/retorno"): "takes the identity provider's answer",
    ("POST", "/primeiro-acesso"): "makes the first administrator, by a one-time link",
    ("GET", "/convite"): "is opened by a one-time link",
    ("POST", "/convite"): "uses up a one-time link",
    ("GET", "/redefinir"): "is opened by a one-time link",
    ("POST", "/redefinir"): "uses up a one-time link",
    ("GET", "/esqueci-a-senha"): "is for who cannot sign in",
    ("POST", "/esqueci-a-senha"): "is for who cannot sign in",
    ("GET", "/acompanhar"): "asks for a ticket's protocol and its code",
    ("POST", "/acompanhar"): "is for who has a protocol and its code, and no account",
    ("POST", "/acompanhar/avaliar"): "is for who has a protocol and its code, and no account",
    ("GET", "/privacidade"): "is the public page of data subjects",
    ("POST", "/privacidade/pedidos"): "takes a data subject's request, who needs no account",
    ("GET", "/privacidade/acompanhar"): "asks for a protocol and its code",
    ("POST", "/privacidade/acompanhar"): "is for who has a protocol and its code",
    ("POST", "/privacidade/acompanhar/email"): "is for who has a protocol and its code",
    ("POST", "/privacidade/acompanhar/chamado"): "is for who has a protocol and its code",
    ("POST", "/privacidade/acompanhar/outro-codigo"): "is for who has a protocol and its code",
    ("POST", "/privacidade/acompanhar/cancelar"): "is for who has a protocol and its code",
    ("POST", "/privacidade/acompanhar/documento"): "is for who was shown a request's own page",
    ("POST", "/privacidade/comprovante"): "is for who has a protocol and its code",
    ("POST", "/privacidade/copia"): "is for who has a protocol and its code",
    ("GET", "/privacidade/revogar"): "is opened by the secret in a letter's address (art. 8)",
    ("POST", "/privacidade/revogar"): "is for who has the secret of a letter's address",
    ("POST", "/privacidade/revogar/comprovante"): "is for who has the secret of a letter's address",
    ("GET", "/privacidade/aviso"): "asks a recipient of data for the code of a notice",
    ("POST", "/privacidade/aviso"): "is for who has the code of a notice",
    ("GET", "/estatico/{name}"): "is the style sheet of the pages",
    ("GET", "/widget.js"): "is the script that pages of other sites load",
    ("GET", "/widget/{site_id}"): "is the question box in pages of other sites",
    ("POST", "/widget/{site_id}/visitas"): "lets in a visitor who agreed to the site's text",
    ("POST", "/tema"): "keeps light or dark in the browser, on the page of the way in too",
}
# The contract's unsafe routes take an Idempotency-Key; these are harmless when repeated.
NO_IDEMPOTENCY_KEY = {
    ("POST", "/access/sessions"): "a link works once anyway",
    ("POST", "/crm/tickets/status"): "only looks something up",
    ("POST", "/crm/tickets/status/rating"): "the last word takes the place of the one before",
    ("POST", "/lgpd/public/requests"): "strangers must not find each other's replies by a key",
    ("POST", "/lgpd/public/requests/status"): "only looks something up",
    ("POST", "/lgpd/public/requests/code"): "a second code replaces the first",
    ("POST", "/lgpd/public/requests/identity"): "a code works once anyway",
    ("POST", "/lgpd/public/requests/ticket"): "an identity is proven once anyway",
    ("POST", "/lgpd/public/requests/cancel"): "a cancelled request is not cancelled again",
    ("POST", "/lgpd/public/requests/papers"): "a paper that comes twice is deleted twice",
    ("POST", "/lgpd/public/requests/copy"): "only looks something up",
    ("POST", "/lgpd/public/receipts/{number}"): "only looks something up",
    ("POST", "/lgpd/public/receipts/{number}/pdf"): "only looks something up",
    ("POST", "/lgpd/public/notices/acknowledge"): "the first acknowledgement stays",
    ("POST", "/lgpd/access-records/search"): "only looks something up",
    ("POST", "/crm/mail/inbound"): "the same letter is kept once",
    ("DELETE", "/access/sessions/current"): "ending an ended session changes nothing",
    ("DELETE", "/access/sessions/{session_id}"): "ending an ended session changes nothing",
    ("PUT", "/access/me/password"): "the second time the present password is another",
}
# Open to whoever signs what they send, and to nobody else.
SIGNED = {("POST", "/crm/mail/inbound")}
SAFE = {"GET", "HEAD", "OPTIONS"}
SAMPLE = "019a0000-0000-7000-8000-000000000000"


def routes(api: Api) -> Iterator[tuple[str, str, Any, Rule]]:
    for context in iter_route_contexts(api.app.routes):
        assert isinstance(context.original_route, APIRoute), f"{context.path} is no API route"
        declared = rule_of(context.dependencies)
        assert declared is not None, f"{context.path} declares no rule"
        for method in context.methods or ():
            yield method, str(context.path_format), context, declared


def address(path: str) -> str:
    path = re.sub(r"\{\w+_id\}", SAMPLE, path)
    return path.replace("{number}", "1").replace("{name}", "xx").replace("{day}", "2026-01-25")


def header_names(dependant: Any) -> Iterator[str]:
    """The headers that a route reads, itself or by what it depends on."""
    yield from (header.alias for header in dependant.header_params)
    for inner in dependant.dependencies:
        yield from header_names(inner)


async def test_every_route_declares_a_rule_that_comes_before_its_body(api: Api) -> None:
    found = list(routes(api))
    assert len(found) > 20
    for _, path, context, declared in found:
        assert isinstance(context.original_route, GuardedRoute), path
        assert isinstance(declared.login, Login)
        assert isinstance(declared.rate, Rate)


async def test_only_the_listed_routes_are_open(api: Api) -> None:
    opened = {(m, p) for m, p, _, declared in routes(api) if declared.login is Login.OPEN}
    assert opened <= set(OPEN), f"open without a reason: {opened - set(OPEN)}"
    listed = {(method, path) for method, path, _, _ in routes(api)}
    assert set(OPEN) <= listed, f"listed, but not there: {set(OPEN) - listed}"


async def test_every_act_has_its_roles_and_every_closed_route_its_act(api: Api) -> None:
    assert set(ALLOWED) == set(Act)
    for _, path, _, declared in routes(api):
        if declared.login is not Login.OPEN:
            assert declared.act in ALLOWED, path
            assert declared.rate is not Rate.NONE, path


async def test_unsafe_routes_of_the_contract_take_an_idempotency_key(api: Api) -> None:
    for method, path, context, declared in routes(api):
        if method in SAFE or not context.include_in_schema:
            continue
        wanted = (method, path) not in NO_IDEMPOTENCY_KEY
        assert declared.idempotent is wanted, f"{method} {path}"
        parameters = set(header_names(context.dependant))
        assert ("Idempotency-Key" in parameters) is wanted, f"{method} {path}"


async def test_closed_routes_refuse_a_caller_without_credentials(api: Api) -> None:
    client = api.anonymous()
    for method, path, _, declared in routes(api):
        if declared.login is Login.OPEN:
            continue
        reply = await client.request(method, address(path))
        assert reply.status_code == 401, f"{method} {path} answered {reply.status_code}"
        # Clients of OpenAI's know it by their name.
        told = "invalid_api_key" if path.startswith("/v1/") else "not_authenticated"
        assert reply.json()["error"]["code"] == told
        assert reply.headers["x-request-id"]


async def test_closed_routes_refuse_a_key_that_is_no_good(api: Api) -> None:
    client = api.anonymous(headers={"Authorization": "Bearer cogep_" + "0" * 43})
    for method, path, _, declared in routes(api):
        if declared.login is Login.OPEN:
            continue
        reply = await client.request(method, address(path))
        assert reply.status_code == 401, f"{method} {path} answered {reply.status_code}"


@pytest.mark.parametrize("role", list(Role))
async def test_a_route_lets_in_the_roles_of_its_act_alone(api: Api, role: Role) -> None:
    client = await api.client(role)
    for method, path, _, declared in routes(api):
        if declared.login is not Login.KEY_OR_SESSION:
            continue
        assert declared.act is not None
        reply = await client.request(method, address(path))
        refused = reply.status_code == 403
        assert refused is (role not in ALLOWED[declared.act]), f"{method} {path} for {role.value}"


async def test_every_reply_carries_the_safe_headers(api: Api) -> None:
    client = api.anonymous()
    for path in ("/healthz", "/entrar", "/documents", "/nada"):
        headers = (await client.get(path)).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"


async def test_the_contract_names_every_route_and_its_errors(api: Api) -> None:
    client = await api.client(Role.REQUESTER)
    contract = (await client.get("/openapi.json")).json()
    for method, path, context, declared in routes(api):
        if not context.include_in_schema:
            continue
        operation = contract["paths"][path][method.lower()]
        assert operation["summary"], path
        closed = declared.login is not Login.OPEN
        assert ("401" in operation["responses"]) is (closed or (method, path) in SIGNED)
        assert bool(operation.get("security")) is closed
    text = str(contract)
    assert "HTTPValidationError" not in text
    shapes = contract["components"]["schemas"]
    # A class each for the generators of clients, which name them by their titles.
    assert [name for name in shapes if "__" in name or shapes[name]["title"] != name] == []
    refused = [told for told in _defaults(contract) if not _is_sendable(told, contract)]
    assert refused == []
    for reference in set(_references(contract)):
        assert reference.removeprefix("#/components/schemas/") in contract["components"]["schemas"]


def _defaults(part: object) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        if "default" in part and isinstance(part.get("type"), str):
            yield part
        for value in part.values():
            yield from _defaults(value)
    elif isinstance(part, list):
        for one in part:
            yield from _defaults(one)


def _is_sendable(told: dict[str, Any], contract: dict[str, Any]) -> bool:
    """Tell whether a client that sends a default is not refused for it."""
    shape = {**told, "components": contract["components"]} if "$ref" in str(told) else told
    return jsonschema_rs.Draft202012Validator(shape).is_valid(told["default"])


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "$ref":
                yield inner
            else:
                yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)
