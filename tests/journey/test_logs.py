"""No value of a person reaches a log line, a metric or the error of somebody else's request."""

import json
import logging
import re
import unicodedata
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import quote, quote_plus

import httpx2
import pytest
import structlog
from api import Api, running_api
from fastapi.routing import iter_route_contexts

from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.logging import configure_logging
from cogep_assist.core.models import Role
from cogep_assist.worker_service.process import drain_once

# Nobody of these exists; the check digits are good, so that the values pass every check.
NAME = "Iracema Ubiratã Zanforlin"
VALUES = {
    "name": NAME,
    "surname": "Zanforlin",
    "cpf": "529.982.247-25",
    "email": "iracema.zanforlin@exemplo-pessoal.com.br",
    "phone": "(11) 98765-4321",
    "address": "Rua Tupinambás Zanforlin, 4711",
    "secret": "senha-da-Iracema-4711-zanforlin",
}
SENTENCE = f"Sou {NAME}, CPF {VALUES['cpf']}, {VALUES['email']}, {VALUES['phone']}."
SAFE = {"GET", "HEAD", "OPTIONS"}


@pytest.fixture
async def api(settings: Settings, database: Database) -> AsyncIterator[Api]:
    async with running_api(settings, database) as opened:
        yield opened


@pytest.fixture
def lines() -> Iterator[list[str]]:
    """Every line that the product would write, at the most talkative level."""
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    configure_logging("DEBUG", json=True)
    written: list[str] = []
    formatter = root.handlers[0].formatter
    assert formatter is not None

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            written.append(formatter.format(record))

    root.handlers = [Keep()]
    yield written
    root.handlers = kept
    root.setLevel(level)
    structlog.reset_defaults()


def folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text)
    return "".join(c for c in plain if not unicodedata.combining(c)).lower()


def found_in(text: str) -> set[str]:
    """The seeded values that a text holds, however it writes them."""
    low, digits = folded(text), re.sub(r"\D", "", text)
    found = set()
    for name, value in VALUES.items():
        number = re.sub(r"\D", "", value) if name in {"cpf", "phone"} else ""
        forms = {folded(value), folded(quote(value)), folded(quote_plus(value))}
        forms |= {folded(json.dumps(value)[1:-1])}
        if any(form in low for form in forms) or (number and number in digits):
            found.add(name)
    return found


@pytest.mark.slow
async def test_the_journey_of_a_person_leaves_no_value_in_logs_metrics_and_errors(
    api: Api, settings: Settings, lines: list[str]
) -> None:
    admin, dpo = await api.client(Role.ADMIN), await api.client(Role.DPO)
    agent, curator = await api.client(Role.AGENT), await api.client(Role.CURATOR)
    errors: list[tuple[str, str]] = []

    async def ask(client: httpx2.AsyncClient, method: str, path: str, **sent: Any) -> Any:
        reply = await client.request(method, path, **sent)
        if reply.status_code >= 400 and not found_in(json.dumps(sent, default=str) + path):
            errors.append((f"{method} {path}", reply.text))
        return reply

    await _people(ask, admin, api.anonymous())
    customer = await _customers(ask, admin, agent)
    await _tickets(ask, agent, customer)
    await _documents(ask, curator)
    await _rights(ask, dpo, customer)
    await drain_once(settings, api.database)
    await _every_route(api, ask, admin)
    await api.app.state.access_notes.flush()
    metrics = (await admin.get("/metrics")).text
    assert any("request" in line for line in lines)
    assert len(lines) > 100
    leaks = [(found_in(line), line[:600]) for line in lines if found_in(line)]
    assert not leaks
    assert not found_in(metrics)
    assert not [(where, text) for where, text in errors if found_in(text)]


async def _people(ask: Any, admin: Any, nobody: Any) -> None:
    user = {"email": VALUES["email"], "name": NAME, "role": "agent"}
    for _ in range(2):
        await ask(admin, "POST", "/access/users", json=user)
    await ask(admin, "POST", "/access/users", json={**user, "role": NAME})
    form = {"email": VALUES["email"], "password": VALUES["secret"]}
    for path in ("/entrar", "/esqueci-a-senha", "/redefinir", "/convite"):
        await ask(nobody, "POST", path, data=form, headers={"Origin": "http://cogep.test"})
    await ask(nobody, "GET", f"/{quote(NAME)}?q={quote(VALUES['cpf'])}")
    await ask(nobody, "GET", "/healthz", headers={"X-Request-ID": VALUES["cpf"]})
    await ask(nobody, "GET", "/documents", headers={"Authorization": f"Bearer {VALUES['secret']}"})


async def _customers(ask: Any, admin: Any, agent: Any) -> str:
    person = {
        "kind": "person",
        "name": NAME,
        "cpf": VALUES["cpf"],
        "contacts": [
            {"kind": "email", "value": VALUES["email"]},
            {"kind": "phone", "value": VALUES["phone"]},
        ],
        "address": {"street": VALUES["address"]},
        "notes": SENTENCE,
    }
    made = await ask(agent, "POST", "/crm/customers", json=person)
    bare = {"kind": "person", "name": NAME, "cpf": VALUES["cpf"]}
    made = (
        made if made.status_code == 201 else await ask(agent, "POST", "/crm/customers", json=bare)
    )
    assert made.status_code == 201, made.text
    await ask(agent, "POST", "/crm/customers", json=bare)
    await ask(agent, "POST", "/crm/customers", json={**bare, "name": f"{NAME}\x00"})
    await ask(agent, "GET", "/crm/customers", params={"q": NAME})
    sheet = f"Nome;CPF;E-mail\r\n{NAME};{VALUES['cpf']};{VALUES['email']}\r\n{NAME};1;x\r\n"
    await ask(
        admin, "POST", "/crm/customers/imports", content=sheet.encode(),
        params={"file_name": f"{NAME}.csv"},
    )  # fmt: skip
    customer: str = made.json()["id"]
    return customer


async def _tickets(ask: Any, agent: Any, customer: str) -> None:
    ticket = {"subject": f"Cadastro de {NAME}", "body": SENTENCE, "customer_id": customer}
    made = await ask(agent, "POST", "/crm/tickets", json=ticket)
    assert made.status_code == 201, made.text
    path = made.json()["links"]["self"]
    await ask(agent, "POST", f"{path}/comments", json={"body": f"{SENTENCE}\x00"})
    await ask(agent, "POST", f"{path}/comments", json={"body": SENTENCE})
    await ask(agent, "POST", f"{path}/transition", json={"status": NAME})
    files = {"file": (f"{NAME}.pdf", SENTENCE.encode(), "application/pdf")}
    await ask(agent, "POST", f"{path}/attachments", files=files)
    await ask(agent, "GET", "/crm/tickets", params={"q": SENTENCE})


async def _documents(ask: Any, curator: Any) -> None:
    text = {"text": SENTENCE * 5, "title": NAME, "external_id": VALUES["email"]}
    await ask(curator, "POST", "/ingest", json=text)
    await ask(curator, "POST", "/ingest", json={"url": f"http://127.0.0.1/{quote(NAME)}"})
    broken = {"file": (f"{NAME}.pdf", b"%PDF-1.4 " + SENTENCE.encode(), "application/pdf")}
    await ask(curator, "POST", "/ingest", files=broken)
    for path in ("/ask", "/v1/chat/completions"):
        body = {"question": SENTENCE} if path == "/ask" else {
            "model": "cogep", "messages": [{"role": "user", "content": SENTENCE}]
        }  # fmt: skip
        await ask(curator, "POST", path, json=body)
    await ask(curator, "GET", "/search", params={"q": SENTENCE})


async def _rights(ask: Any, dpo: Any, customer: str) -> None:
    await ask(dpo, "GET", "/lgpd/audit", params={"subject": customer, "actor": NAME})
    await ask(dpo, "PUT", "/lgpd/ropa/activities/papel", json={"title": NAME})
    await ask(dpo, "POST", "/lgpd/ripd", json={"title": NAME, "activities": [VALUES["cpf"]]})
    reading = {"since": NAME, "ip": VALUES["email"], "reference": SENTENCE}
    await ask(dpo, "POST", "/lgpd/access-records/search", json=reading)


async def _every_route(api: Api, ask: Any, client: Any) -> None:
    """Send the person's values to every door there is, in the path, the query and the body."""
    body = dict.fromkeys(("name", "title", "body", "subject", "text", "reason", "email"), SENTENCE)
    for context in iter_route_contexts(api.app.routes):
        path = re.sub(r"\{[^}]*\}", quote(VALUES["email"]), str(context.path_format))
        for method in context.methods or ():
            sent: dict[str, Any] = {"params": {"q": SENTENCE, "cursor": NAME, "topico": NAME}}
            if method not in SAFE:
                sent["json"] = body
            await ask(client, method, path, **sent)
