"""Consent: words in versions, a ledger that nobody rewrites, and jobs that a revocation stops."""

from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
import sqlalchemy as sa
from api import Api
from letters import found_in, letters
from signed_in import sign_in

from cogep_assist.core import signing
from cogep_assist.core.brazil.names import fold_name as fold
from cogep_assist.core.consent import consent_stands
from cogep_assist.core.models import ConsentEvent, OutboxMessage, Role, User
from cogep_assist.core.outbox import MAIL, Parcel
from cogep_assist.core.outbox_delivery import Deliverer
from cogep_assist.lgpd_service.requests.receipts import SIGNED_KIND

WORDS = {
    "title": "Pesquisa de satisfação",
    "text": "Usaremos seu e-mail para perguntar o que achou do atendimento.",
    "consequences": "Sem consentir, você não recebe a pesquisa; o atendimento não muda.",
}
PURPOSE = "/lgpd/purposes/pesquisa"


async def person(api: Api, name: str = "João Gonçalves", **more: Any) -> str:
    desk = await api.client(Role.AGENT, f"chave de {name}")
    address = f"{fold(name).split()[0]}@exemplo.com"
    body = {"name": name, "contacts": [{"kind": "email", "value": address}], **more}
    made = await desk.post("/crm/customers", json=body)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def found(page: str, pattern: str) -> str:
    return found_in({"text": page}, pattern)


async def stands(api: Api, customer_id: str) -> bool:
    async with api.database.begin() as session:
        return await consent_stands(session, UUID(customer_id), "pesquisa")


async def test_a_revocation_stops_what_was_queued_before_it(api: Api) -> None:
    dpo, desk = await api.client(Role.DPO), await api.client(Role.AGENT)
    joao, maria = await person(api), await person(api, "Maria Antônia")
    assert (await dpo.put(PURPOSE, json={**WORDS, "consequences": ""})).status_code == 422
    made = await dpo.put(PURPOSE, json=WORDS)
    assert (made.status_code, made.json()["version"]) == (201, 1)
    assert (await desk.put(PURPOSE, json=WORDS)).status_code == 403
    assert (await api.anonymous().get("/lgpd/purposes")).json()["items"] == [made.json()]
    for one in (joao, maria):
        body = {"customer_id": one, "purpose": "pesquisa", "channel": "desk"}
        bare = await desk.post("/lgpd/consents", json=body)
        assert bare.json()["error"]["code"] == "proof_missing"
        given = await desk.post("/lgpd/consents", json={**body, "proof": "formulário 12"})
        assert given.status_code == 201, given.text
    number = given.json()["receipt_number"]
    receipt = (await dpo.get(f"/lgpd/receipts/{number}")).json()
    fields = signing.check_document(SIGNED_KIND, receipt)
    assert fields is not None
    assert fields["facts"]["text_sha256"] == made.json()["sha256"]
    assert fields["facts"]["consequences"] == WORDS["consequences"]

    message = {"subject": "O que achou?", "body": "Conte para nós."}
    posted = await dpo.post(f"{PURPOSE}/messages", json=message)
    assert posted.json() == {"posted": 2, "next_after": None}
    assert len(await letters(api)) == 2
    # João revokes between the queue and the postman, by the address in his own letter: one button.
    (his,) = await letters(api, "joao@exemplo.com")
    page, token = "/privacidade/revogar", found_in(his, r"/privacidade/revogar\?c=(\S+)")
    he = api.anonymous()
    looked = await he.get(page, params={"c": token})
    assert "Revogar agora" in looked.text
    assert WORDS["consequences"] in looked.text
    assert looked.headers["referrer-policy"] == "no-referrer"
    assert await stands(api, joao), "a mail program that looks at an address revokes nothing"
    for forged in ("", "pesquisa.AAAA", token[:-2] + "xx", token.replace("pesquisa", "outra")):
        assert (await he.post(page, data={"c": forged})).status_code == 404
    assert await stands(api, joao)
    gone = await he.post(page, data={"c": token})
    proof = {"c": token, "numero": found(gone.text, r'name="numero" value="(LGPD-[\d-]+)"')}
    assert (await he.post(f"{page}/comprovante", data=proof)).content.startswith(b"%PDF")
    other = {**proof, "numero": number}
    assert (await he.post(f"{page}/comprovante", data=other)).status_code == 404
    assert (await he.post(page, data={"c": token})).status_code == 409
    no = {"customer_id": joao, "purpose": "pesquisa"}
    delivered: list[str] = []

    async def courier(parcel: Parcel) -> str:
        delivered.append(parcel.payload["to"])
        return "250"

    await Deliverer(api.database, {MAIL: courier}).deliver(MAIL)
    assert delivered == ["maria@exemplo.com"]
    async with api.database.begin() as session:
        rows = await session.execute(
            sa.select(OutboxMessage.status, OutboxMessage.payload).order_by(OutboxMessage.sequence)
        )
        assert sorted((row.status.value, row.payload is None) for row in rows) == [
            ("cancelled", True),
            ("delivered", True),
        ]
    again = await desk.post("/lgpd/consents/revoke", json=no)
    assert again.json()["error"]["code"] == "consent_not_standing"
    async with api.database.begin() as session:
        assert not await consent_stands(session, UUID(joao), "pesquisa")
        assert await consent_stands(session, UUID(maria), "pesquisa")


async def test_new_words_a_merge_and_an_end_decide_what_still_stands(api: Api) -> None:
    dpo, desk = await api.client(Role.ADMIN), await api.client(Role.AGENT)
    await dpo.put(PURPOSE, json=WORDS)
    joao, duplo = await person(api), await person(api, "João Gonsalves")
    yes = {"purpose": "pesquisa", "proof": "ligação 7", "channel": "phone"}
    assert (
        await desk.post("/lgpd/consents", json={**yes, "customer_id": duplo})
    ).status_code == 201
    assert not await stands(api, joao)
    merged = await desk.post(f"/crm/customers/{joao}/merge", json={"loser_id": duplo})
    assert merged.status_code == 201, merged.text
    assert await stands(api, joao)
    assert await stands(api, duplo)
    # A change of words that is told and asks for nothing anew leaves a grant as it was.
    assert (await dpo.put(PURPOSE, json=WORDS)).json()["error"]["code"] == "text_missing"
    await dpo.put(PURPOSE, json={**WORDS, "changes": "Mudou o e-mail de contato."})
    assert await stands(api, joao)
    old = await desk.post("/lgpd/consents", json={**yes, "customer_id": joao, "version": 1})
    assert old.json()["error"]["code"] == "words_changed"
    await dpo.put(PURPOSE, json={**WORDS, "changes": "Também por telefone.", "renewal": True})
    assert not await stands(api, joao)
    body = {**yes, "customer_id": joao, "version": 3}
    assert (await desk.post("/lgpd/consents", json=body)).status_code == 201
    assert await stands(api, joao)
    refused = {"purpose": "pesquisa", "customer_id": joao}
    no = await desk.post("/lgpd/consents/refuse", json=refused)
    assert no.status_code == 201
    signed = (await dpo.get(f"/lgpd/receipts/{no.json()['receipt_number']}")).json()
    assert (signed["kind"], signed["legal_basis"]) == ("consent_refused", "LGPD, art. 18, VIII")
    assert signed["facts"]["consequences"], "what a no brings was told"
    assert not await stands(api, joao)
    assert (await desk.post("/lgpd/consents", json=body)).status_code == 201
    assert (await dpo.delete(PURPOSE)).status_code == 204
    assert not await stands(api, joao)
    page = (await desk.get("/lgpd/consents/ledger", params={"customer_id": joao})).json()
    assert [one["act"] for one in page["items"]] == ["granted", "refused", "granted", "granted"]
    versions = (await dpo.get(f"{PURPOSE}/versions")).json()["items"]
    assert [one["version"] for one in versions] == [1, 2, 3]


async def test_minors_have_a_guardian_and_a_reason(api: Api) -> None:
    dpo, desk = await api.client(Role.DPO), await api.client(Role.AGENT)
    await dpo.put(PURPOSE, json=WORDS)
    child = await person(api, "Bia Criança", birth_date="2019-05-02")
    body = {"customer_id": child, "purpose": "pesquisa", "proof": "termo 3", "channel": "paper"}
    say = "/lgpd/consents"
    assert (await desk.post(say, json=body)).json()["error"]["code"] == "guardian_missing"
    mother = await desk.post(
        "/lgpd/guardians",
        json={
            "customer_id": child,
            "name": "Célia Mãe",
            "relation": "mãe",
            "verification": "certidão de nascimento vista no balcão",
        },
    )
    body["guardian_id"] = mother.json()["id"]
    assert (await desk.post(say, json=body)).json()["error"]["code"] == "best_interest_missing"
    body["best_interest"] = "Melhora o atendimento da escola."
    given = await desk.post(say, json=body)
    assert given.status_code == 201
    receipt = (await dpo.get(f"/lgpd/receipts/{given.json()['receipt_number']}")).json()
    assert receipt["legal_basis"] == "LGPD, art. 7º, I, e art. 8º; art. 14, § 1º"
    assert receipt["facts"]["guardian"] == "Célia Mãe (mãe)"
    assert receipt["facts"]["best_interest"] == body["best_interest"]
    async with api.database.begin() as session:
        ledger = (await session.execute(sa.select(ConsentEvent.address))).scalars().all()
        assert ledger == [None], "the network address of whoever writes it down is not hers"
    await dpo.put(PURPOSE, json={**WORDS, "changes": "Inclui saúde.", "sensitive": True})
    again = (await desk.post(say, json=body)).json()["receipt_number"]
    basis = (await dpo.get(f"/lgpd/receipts/{again}")).json()["legal_basis"]
    assert basis.startswith("LGPD, art. 11, I"), "sensitive data have a base of their own"
    # Nobody knows the age, and somebody answers for her: taken as a child.
    duda = await person(api, "Duda Sem Data")
    tutor = {"customer_id": duda, "name": "Íris", "relation": "tutora", "verification": "termo"}
    assert (await desk.post("/lgpd/guardians", json=tutor)).status_code == 201
    (told,) = (await desk.get("/lgpd/guardians", params={"customer_id": duda})).json()["items"]
    assert (told["name"], told["relation"]) == ("Íris", "tutora")
    nobody = await desk.get("/lgpd/guardians", params={"customer_id": str(uuid4())})
    assert nobody.json()["error"]["code"] == "customer_not_found"
    alone = await desk.post(say, json={**body, "customer_id": duda, "guardian_id": None})
    assert alone.json()["error"]["code"] == "guardian_missing"
    agent = await sign_in(api, "Ágata Prado", Role.AGENT)
    href = f"/clientes/{duda}"
    assert "melhor interesse (art. 14)" in (await agent.client.get(href)).text
    page = (await agent.client.get(f"{href}/consentimentos")).text
    key = found(page, r'<option value="([0-9a-f-]{36})">Íris')
    form = {"csrf_token": agent.client.headers["X-CSRF-Token"], "finalidade": "pesquisa"}
    yes = {**form, "decisao": "consentir", "responsavel": key, "prova": "termo 9"}
    assert (await agent.client.post(f"{href}/consentimentos", data=yes)).status_code == 422
    yes["melhor_interesse"] = "Melhora o atendimento."
    assert (await agent.client.post(f"{href}/consentimentos", data=yes)).status_code == 303
    assert await stands(api, duda)
    no = {**form, "decisao": "revogar"}
    assert (await agent.client.post(f"{href}/consentimentos", data=no)).status_code == 303
    assert not await stands(api, duda)
    other = await person(api, "Caio Criança", birth_date="2020-01-01")
    stolen = await desk.post(say, json={**body, "customer_id": other})
    assert stolen.json()["error"]["code"] == "guardian_missing"


async def test_one_s_own_word_needs_no_proof_and_strangers_see_nothing(api: Api) -> None:
    dpo = await api.client(Role.DPO)
    await dpo.put(PURPOSE, json=WORDS)
    joao = await person(api)
    own, other = (
        await sign_in(api, "João Gonçalves", Role.REQUESTER),
        await sign_in(api, "Carla Estranha", Role.REQUESTER),
    )
    async with api.database.begin() as session:
        await session.execute(
            sa.update(User).where(User.id == own.id).values(customer_id=UUID(joao))
        )
    yes = {"customer_id": joao, "purpose": "pesquisa", "channel": "portal"}
    assert (await other.client.post("/lgpd/consents", json=yes)).status_code == 404
    assert (await own.client.post("/lgpd/consents", json=yes)).status_code == 201
    shown = (await own.client.get("/lgpd/consents")).json()["items"]
    assert [(one["purpose"], one["stands"]) for one in shown] == [("pesquisa", True)]
    strange = await other.client.get("/lgpd/consents", params={"customer_id": joao})
    assert strange.status_code == 404
    assert (await other.client.get("/lgpd/consents")).status_code == 404
    assert (await own.client.post("/lgpd/consents/revoke", json=yes)).status_code == 201
    assert not await stands(api, joao)
    # On the page, one button gives and the same button takes back.
    form = {"csrf_token": own.client.headers["X-CSRF-Token"], "finalidade": "pesquisa"}
    mine = "/meus-consentimentos"
    shown = (await own.client.get(mine)).text
    assert WORDS["consequences"] in shown
    assert "você pode não consentir" in shown
    for decision, holds in (("consentir", True), ("revogar", False), ("recusar", False)):
        said = await own.client.post(mine, data={**form, "decisao": decision, "versao": 1})
        assert said.status_code == 303, said.text[-900:]
        assert await stands(api, joao) is holds
    receipt = found((await own.client.get(mine)).text, r'href="(/lgpd/receipts/[^"]+/pdf)"')
    assert (await own.client.get(receipt)).content.startswith(b"%PDF")
    assert (await other.client.get(receipt)).status_code == 404
    stale = await own.client.post(mine, data={**form, "decisao": "consentir", "versao": 9})
    assert stale.status_code == 409
    assert "não está ligada" in (await other.client.get(mine)).text
    assert (await api.anonymous().get(mine)).status_code == 401
    # A request that names its purposes is carried out at once as well.
    await own.client.post("/lgpd/consents", json=yes)
    body = {"right": "consent_revocation", "name": "João", "wanted": {"purposes": "pesquisa"}}
    told = (await own.client.post("/lgpd/requests", json=body)).json()
    assert (told["status"], told["outcome"]) == ("answered", "granted")
    assert not await stands(api, joao)
    connection = await api.database.connect()
    async with connection:
        for statement in (
            "UPDATE lgpd.consent_event SET proof = 'x'",
            "DELETE FROM lgpd.consent_event",
            "UPDATE lgpd.purpose_version SET text = 'x'",
            "DELETE FROM lgpd.incident_step",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                await connection.execute(statement)
