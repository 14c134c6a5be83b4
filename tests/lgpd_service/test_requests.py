"""Requests of data subjects by every way in: the public page, the desk, the API, one's account."""

import asyncio
import hashlib
import io
import zipfile
from typing import Any
from uuid import UUID

import httpx2
import sqlalchemy as sa
from api import Api
from letters import found_in, letters
from signed_in import sign_in

from cogep_assist.core import signing
from cogep_assist.core.models import (
    AutomatedDecision,
    DecisionKind,
    IdentityCheck,
    LegalClock,
    OutboxMessage,
    RequestDocument,
    RequestStatus,
    Role,
    SubjectRequest,
    User,
    Webhook,
    WebhookStatus,
)
from cogep_assist.lgpd_service.keeping.retention import run_retention
from cogep_assist.lgpd_service.requests.receipts import SIGNED_KIND

ANA = "ana.conceicao@exemplo.org.br"
CODE = r"acompanhamento: (\w+)"
EMAIL_CODE = r"informe este código: (\d{8})"


async def customer(api: Api, name: str = "Ana Conceição", email: str = ANA, **more: Any) -> str:
    client = await api.client(Role.AGENT, f"chave para {name} {email}")
    body = {"name": name, "contacts": [{"kind": "email", "value": email}], **more}
    made = await client.post("/crm/customers", json=body)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


async def asked(client: httpx2.AsyncClient, **fields: Any) -> dict[str, Any]:
    body = {"right": "access", "name": "Ana Conceição", "email": ANA, **fields}
    made = await client.post("/lgpd/public/requests", json=body)
    assert made.status_code == 201, made.text
    told: dict[str, Any] = made.json()
    return told


async def send(client: httpx2.AsyncClient, path: str, status: int = 200, **body: Any) -> Any:
    reply = await client.post(path, json=body)
    assert reply.status_code == status, f"{path}: {reply.status_code} {reply.text}"
    return reply.json()


async def id_of(api: Api, protocol: str) -> UUID:
    async with api.database.begin() as session:
        found = await session.scalar(
            sa.select(SubjectRequest.id).where(SubjectRequest.protocol == protocol)
        )
        assert found is not None
        return found


async def test_a_simplified_request_is_answered_at_once_when_its_mailbox_is_proven(
    api: Api,
) -> None:
    await customer(api)
    page = api.anonymous()
    told = await asked(page, right="confirmation")
    assert told["status"] == "identity_pending"
    assert told["clocks"][0]["rule"] == "access_simplified"
    assert told["clocks"][0]["days_left"] == 0
    assert "code" not in told, "whoever types another's address must not get the code"
    assert signing.check_document(SIGNED_KIND, told["receipt"]) is not None
    letter = (await letters(api, ANA))[0]
    opened = {"protocol": told["protocol"], "code": found_in(letter, CODE)}
    right = found_in(letter, EMAIL_CODE)
    wrong = f"{(int(right) + 1) % 10**8:08d}"

    path = "/lgpd/public/requests/identity"
    refused = await send(page, path, 422, **opened, email_code=wrong)
    assert refused["error"]["code"] == "identity_code_wrong"
    proven = await send(page, path, **opened, email_code=right)
    assert proven["status"] == "answered"
    assert "Sim, a organização trata dados pessoais seus" in proven["answer"]
    assert "Cadastro do cliente: 1" in proven["answer"]
    assert proven["clocks"][0]["met_at"]
    assert not proven["clocks"][0]["late"]
    assert (await send(page, path, 409, **opened, email_code=right))["error"]["code"] == (
        "identity_proven_already"
    )
    assert [one["kind"] for one in proven["receipts"]] == ["request_received", "request_answered"]
    number = proven["receipts"][1]["number"]
    signed = await send(page, f"/lgpd/public/receipts/{number}", **opened)
    fields = signing.check_document(SIGNED_KIND, signed)
    assert fields is not None
    assert fields["facts"]["answer"] == proven["answer"]
    pdf = await page.post(f"/lgpd/public/receipts/{number}/pdf", json=opened)
    assert pdf.content.startswith(b"%PDF-")
    async with api.database.begin() as session:
        checks = list(await session.scalars(sa.select(IdentityCheck)))
        assert [(one.code_hash, one.passed, one.tries) for one in checks] == [(None, True, 2)]
    assert "respondido" in (await letters(api, ANA))[-1]["subject"]


async def test_guessing_is_held_up_and_tells_nothing(api: Api) -> None:
    page = api.anonymous()
    told = await asked(page, right="erasure")
    letter = (await letters(api, ANA))[0]
    opened = {"protocol": told["protocol"], "code": found_in(letter, CODE)}
    for protocol, code in (
        (told["protocol"], "AAAAAAAAAA"),
        ("LGPD-2020-000001", opened["code"]),
        ("x", "y"),
    ):
        reply = await page.post(
            "/lgpd/public/requests/status", json={"protocol": protocol, "code": code}
        )
        assert reply.json()["error"]["code"] == "subject_request_status_not_found"
    spoken = {**opened, "protocol": opened["protocol"].lower().replace("-", " ")}
    assert (await send(page, "/lgpd/public/requests/status", **spoken))["status"]
    path = "/lgpd/public/requests/identity"
    for _ in range(5):
        await send(page, path, 422, **opened, email_code="00000000")
    right = found_in(letter, EMAIL_CODE)
    over = await send(page, path, 409, **opened, email_code=right)
    assert over["error"]["code"] == "identity_code_over"
    await send(page, "/lgpd/public/requests/code", **opened)
    again = found_in((await letters(api, ANA))[-1], r"Seu código: (\d{8})")
    proven = await send(page, path, **opened, email_code=again)
    # Nobody known has this address: a person looks at it.
    assert (proven["status"], proven["answer"]) == ("received", None)


async def test_one_address_is_not_flooded_and_each_number_is_used_once(api: Api) -> None:
    page = api.anonymous()
    replies = await asyncio.gather(
        *(asked(page, name=f"Pessoa {n}", email=f"p{n % 3}@exemplo.com") for n in range(12))
    )
    numbers = sorted(one["protocol"] for one in replies)
    assert [int(one[-6:]) for one in numbers] == list(range(1, 13))
    async with api.database.begin() as session:
        await session.execute(sa.update(SubjectRequest).values(email_key="p0@exemplo.com"))
    body = {"right": "access", "name": "Pessoa", "email": "P0@exemplo.com"}
    refused = await page.post("/lgpd/public/requests", json=body)
    assert refused.json()["error"]["code"] == "too_many_unproven"
    for broken in ({"email": "não é"}, {"cpf": "111.111.111-11"}, {"right": "voar"}, {"name": " "}):
        reply = await page.post(
            "/lgpd/public/requests", json={**body, "email": "novo@exemplo.com", **broken}
        )
        assert reply.status_code == 422, broken
        assert reply.json()["error"]["message"]


async def test_the_encarregado_works_a_request_to_its_end(api: Api) -> None:
    ana = await customer(api)
    dpo = await sign_in(api, "Débora Encarregada", Role.DPO)
    agent = await api.client(Role.AGENT)
    body = {
        "right": "correction",
        "name": "Ana Conceição",
        "email": ANA,
        "customer_id": ana,
        "identity": "document_shown",
        "identity_note": "RG",
        "regime": "lai",
        "wanted": {"nome social": "Ana C."},
    }
    made = await agent.post("/lgpd/requests", json=body, headers={"Idempotency-Key": "um"})
    assert made.status_code == 201, made.text
    again = await agent.post("/lgpd/requests", json=body, headers={"Idempotency-Key": "um"})
    assert again.json()["protocol"] == made.json()["protocol"]
    request = made.json()
    self = request["links"]["self"]
    assert (request["status"], request["identity_proven"]) == ("received", True)
    assert [one["rule"] for one in request["clocks"]] == ["subject_right", "lai"]
    # Whoever registered it sees it, and nothing of the inbox.
    assert len((await agent.get("/lgpd/requests")).json()["items"]) == 1
    other = await api.client(Role.AGENT, "outra atendente")
    assert (await other.get("/lgpd/requests")).json()["items"] == []
    assert (await other.get(self)).status_code == 404
    assert (await agent.post(f"{self}/start", json={})).status_code == 403
    assert (await api.anonymous().get(self)).status_code == 401

    client = dpo.client
    await send(client, f"{self}/assign", user_id=str(dpo.id))
    tag = (await client.get(self)).headers["etag"]
    started = await client.post(f"{self}/start", headers={"If-Match": tag})
    assert started.json()["status"] == "in_progress"
    stale = await client.post(
        f"{self}/answer",
        json={"outcome": "granted", "answer": "x"},
        headers={"If-Match": tag},
    )
    assert stale.status_code == 412
    await send(client, f"{self}/notes", body="Conferir com o cadastro.")
    extended = await send(client, f"{self}/extend", rule="lai", reason="Há muitos registros.")
    assert next(c for c in extended["clocks"] if c["rule"] == "lai")["extended_by"] == 10
    for rule, code in (("lai", "deadline_extended_already"), ("subject_right", None)):
        refused = await send(client, f"{self}/extend", 409, rule=rule, reason="De novo.")
        assert refused["error"]["code"] == (code or "deadline_not_extensible")
    async with api.database.begin() as session:
        await session.execute(sa.text("UPDATE crm.customer SET social_name = 'Ana C.'"))
    told = await send(
        client, f"{self}/answer", outcome="granted", answer="Corrigimos o nome social."
    )
    # The step proves that the record changed, and tells nothing of it.
    proof = told["steps"][-1]["details"]
    assert proof["before"] != proof["after"]
    assert {len(proof["before"]), len(proof["after"])} == {64}
    assert (told["status"], told["status_label"]) == ("answered", "respondido")
    assert "note" in {step["kind"] for step in told["steps"]}
    assert "note" not in {step["kind"] for step in (await agent.get(self)).json()["steps"]}
    assert told["code"] is None
    twice = await send(client, f"{self}/answer", 409, outcome="granted", answer="x")
    assert twice["error"]["code"] == "request_move_not_allowed"

    notices = await send(
        client,
        f"{self}/notices",
        recipients=[{"name": "Gráfica Ñandu", "email": "lgpd@grafica.com.br"}],
        asked="Corrijam o nome social do titular 123 para Ana C.",
    )
    assert "notice_sent" in {step["kind"] for step in notices["steps"]}
    code = found_in((await letters(api, "lgpd@grafica.com.br"))[0], r"este código: ([\w-]+)")
    anyone = api.anonymous()
    acknowledged = "/lgpd/public/notices/acknowledge"
    assert (await send(anyone, acknowledged, 404, code="nada"))["error"]["code"]
    first = await send(anyone, acknowledged, code=code, words="Feito.")
    assert await send(anyone, acknowledged, code=code) == first
    log = (await client.get(f"{self}/notices")).json()["items"]
    assert (log[0]["acknowledgement"], log[0]["recipient"]) == ("Feito.", "Gráfica Ñandu")
    assert "Corrigimos o nome social" in (await letters(api, ANA))[-1]["text"]


async def test_a_complete_answer_brings_the_copy_along(api: Api) -> None:
    ana = await customer(api)
    dpo = await sign_in(api, "Débora Encarregada", Role.DPO)
    agent = await api.client(Role.AGENT)
    body = {
        "right": "access",
        "form": "complete",
        "name": "Ana Conceição",
        "email": ANA,
        "customer_id": ana,
        "identity": "document_shown",
        "identity_note": "RG",
    }
    made = (await agent.post("/lgpd/requests", json=body)).json()
    mine: dict[str, Any] = {"protocol": made["protocol"], "code": made["code"]}
    anyone, copy = api.anonymous(), "/lgpd/public/requests/copy"
    early = await send(anyone, copy, 404, **mine)
    assert early["error"]["code"] == "export_not_found"
    answer = f"{made['links']['self']}/answer"
    told = await send(dpo.client, answer, outcome="granted", answer="Segue a cópia.")
    assert set(told["steps"][-1]["details"]) == {"outcome", "export", "sha256"}
    shown = await send(anyone, "/lgpd/public/requests/status", **mine)
    assert shown["copy_until"] is not None
    got = await anyone.post(copy, json=mine)
    assert got.status_code == 200, got.text
    assert hashlib.sha256(got.content).hexdigest() == told["steps"][-1]["details"]["sha256"]
    assert "Ana Conceição" in zipfile.ZipFile(io.BytesIO(got.content)).read("dados.json").decode()
    assert (await anyone.post(copy, json={**mine, "code": "nada"})).status_code == 404


async def test_a_refusal_cites_its_article_and_a_reopened_request_runs_on(api: Api) -> None:
    page, dpo = api.anonymous(), await api.client(Role.DPO)
    told = await asked(page, right="erasure")
    code = found_in((await letters(api, ANA))[0], CODE)
    self = f"/lgpd/requests/{await id_of(api, told['protocol'])}"
    early = await send(dpo, f"{self}/answer", 409, outcome="granted", answer="Feito.")
    assert early["error"]["code"] == "identity_not_proven"
    unknown = await send(dpo, f"{self}/refuse", 422, ground="porque_nao", answer="Não.")
    assert "legal_duty" in unknown["error"]["message"]
    refused = await send(dpo, f"{self}/refuse", ground="legal_duty", answer="Guarda contábil.")
    assert refused["refusal_article"] == "LGPD, art. 16, I"
    public = await send(page, "/lgpd/public/requests/status", protocol=told["protocol"], code=code)
    assert public["refusal_article"] == "LGPD, art. 16, I"
    assert "peticionar" in public["appeal"]
    assert "art. 16, I" in (await letters(api, ANA))[-1]["text"]
    again = await send(dpo, f"{self}/reopen", reason="Chegaram documentos.")
    assert again["status"] == "in_progress"
    assert again["clocks"][0]["met_at"] is None
    mine = {"protocol": told["protocol"], "code": code, "reason": "Desisti."}
    gone = await send(page, "/lgpd/public/requests/cancel", **mine)
    assert gone["status"] == "cancelled"
    assert (await send(dpo, f"{self}/reopen", 409, reason="x"))["error"]["code"]
    kinds = [one["kind"] for one in gone["receipts"]]
    assert kinds == ["request_received", "request_refused", "request_cancelled"]


async def test_one_s_own_account_is_proof_enough(api: Api) -> None:
    ana = await customer(api)
    person = await sign_in(api, "Ana Conceição", Role.REQUESTER)
    stranger = await sign_in(api, "Carla Estranha", Role.REQUESTER)
    async with api.database.begin() as session:
        await session.execute(
            sa.update(User).where(User.id == person.id).values(customer_id=UUID(ana))
        )
    body = {"right": "access", "name": "Ana Conceição", "form": "simplified"}
    told = (await person.client.post("/lgpd/requests", json=body)).json()
    assert told["status"] == "answered", told
    self, number = told["links"]["self"], told["receipts"][0]["number"]
    assert told["code"]
    assert (await person.client.get(f"/lgpd/receipts/{number}")).json()["number"] == number
    assert (await stranger.client.get(self)).status_code == 404
    assert (await stranger.client.get(f"/lgpd/receipts/{number}")).status_code == 404
    taken = await stranger.client.post("/lgpd/requests", json={**body, "customer_id": ana})
    assert taken.status_code == 403
    # An account proves its own address, and not the one that somebody types into the form.
    own = await stranger.client.post("/lgpd/requests", json=body)
    posed = await stranger.client.post(
        "/lgpd/requests", json={**body, "email": "ana.conceicao@exemplo.gov.br"}
    )
    assert (own.json()["identity_proven"], posed.json()["identity_proven"]) == (True, False)
    shown = await (await sign_in(api, "Davi Prado", Role.DPO)).client.get(
        f"/protecao-de-dados/pedidos/{own.json()['id']}", headers={"Accept": "text/html"}
    )
    assert "identidade comprovada: entrada na própria conta" in shown.text
    complete = (
        await person.client.post("/lgpd/requests", json={**body, "form": "complete"})
    ).json()
    assert (complete["status"], complete["identity_proven"]) == ("received", True)
    async with api.database.begin() as session:
        clocks = list(await session.scalars(sa.select(LegalClock).order_by(LegalClock.id)))
        assert [clock.amount for clock in clocks] == [0, 0, 0, 15]
        assert list(await session.scalars(sa.select(RequestDocument))) == []


async def test_other_systems_hear_of_a_request_and_of_its_end(api: Api) -> None:
    dpo = await api.client(Role.DPO)
    async with api.database.begin() as session:
        session.add(
            Webhook(
                name="Painel",
                url_sealed=b"fechado",
                target="https://painel.exemplo.org.br",
                events=["lgpd.request_created", "lgpd.completed"],
                fields=["status"],
                status=WebhookStatus.ACTIVE,
                secret_sealed=b"fechado",
                created_by="system",
            )
        )
    told = await asked(api.anonymous())
    request_id = await id_of(api, told["protocol"])
    ground: dict[str, Any] = {"ground": "outside_the_law", "answer": "Não trata de dados pessoais."}
    await send(dpo, f"/lgpd/requests/{request_id}/refuse", **ground)
    async with api.database.begin() as session:
        rows = await session.scalars(
            sa.select(OutboxMessage.event).where(OutboxMessage.event.is_not(None))
        )
        assert rows.all() == ["lgpd.request_created", "lgpd.completed"]


async def test_what_nobody_proved_is_refused_and_then_forgets_who_asked(api: Api) -> None:
    await asked(api.anonymous(), form="complete")
    async with api.database.begin() as session:
        await session.execute(
            sa.text("UPDATE lgpd.subject_request SET received_at = now() - interval '100 days'")
        )
        await run_retention(session, "")
    async with api.database.begin() as session:
        request = (await session.scalars(sa.select(SubjectRequest))).one()
        assert (request.status, request.refusal_ground) == (
            RequestStatus.REFUSED,
            "identity_not_proven",
        )
        assert request.requester_email == ANA
        refused = (await session.scalars(sa.select(AutomatedDecision))).one()
        assert (refused.kind, refused.object_id) == (DecisionKind.REQUEST_REFUSED, request.id)
    dpo = await api.client(Role.DPO)
    rule = {"days": 30, "enabled": True}
    kept = await dpo.put("/lgpd/retention/unproven_requests", json=rule)
    assert kept.status_code == 200, kept.text
    async with api.database.begin() as session:
        await run_retention(session, "")
        await session.execute(
            sa.text("UPDATE lgpd.subject_request SET closed_at = now() - interval '31 days'")
        )
        await run_retention(session, "")
        await session.refresh(request := (await session.scalars(sa.select(SubjectRequest))).one())
        assert (request.requester_name, request.requester_email) == ("(eliminado)", None)
        assert request.protocol.startswith("LGPD-")
