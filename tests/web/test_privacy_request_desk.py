"""A request at the encarregado's desk, from the counter to those who got the data."""

import re
from typing import Any

import httpx2
import pytest
import sqlalchemy as sa
from api import Api
from letters import found_in, letters
from signed_in import Person, sign_in

from cogep_assist.core.config import get_settings
from cogep_assist.core.models import Erasure, Role, SubjectRequest

DESK = "/protecao-de-dados"


async def post(who: Person, href: str, **fields: Any) -> httpx2.Response:
    token = who.client.headers["X-CSRF-Token"]
    return await who.client.post(f"{DESK}/{href}", data={"csrf_token": token, **fields})


async def sent(who: Person, href: str, **fields: Any) -> None:
    reply = await post(who, href, **fields)
    assert reply.status_code == 303, reply.text[-1500:]


async def test_a_guardian_s_correction_is_linked_copied_answered_and_told(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    dpo = await sign_in(api, "Dandara Nóbrega", Role.DPO)
    agent = await api.client(Role.AGENT)
    body = {"name": "Bia Conceição Araújo", "cpf": "529.982.247-25"}
    bia = (await agent.post("/crm/customers", json=body)).json()["id"]
    asked = {"direito": "correction", "nome": "Bia", "dado": "Telefone", "valor": "(61) 99888-7766"}
    alone = await post(dpo, "pedidos", **asked, representa="guardian", entrega="printed")
    assert alone.status_code == 422
    await sent(
        dpo, "pedidos", **asked, representa="guardian", representante="Célia", entrega="printed"
    )
    async with api.database.begin() as session:
        newest = sa.select(SubjectRequest.id).order_by(SubjectRequest.id.desc()).limit(1)
        href = f"pedidos/{await session.scalar(newest)}"
    shown = (await dpo.client.get(f"{DESK}/{href}")).text
    assert "(61) 99888-7766" in shown
    assert "Célia, pai, mãe ou tutor" in shown
    assert "Ligar ao cadastro da pessoa" in shown
    assert (await post(dpo, f"{href}/ligar", cliente="ninguém assim")).status_code in {404, 422}
    assert (await post(dpo, f"{href}/exportar")).status_code == 404
    await sent(dpo, f"{href}/ligar", cliente="529.982.247-25")
    assert f"/clientes/{bia}/editar" in (await dpo.client.get(f"{DESK}/{href}")).text
    copy = await post(dpo, f"{href}/exportar")
    assert copy.content.startswith(b"PK")
    assert (await post(dpo, f"{href}/exportar")).content == copy.content
    await sent(dpo, f"{href}/identidade", metodo="document_shown", confere="true")
    await sent(dpo, f"{href}/responder", desfecho="granted", resposta="Corrigido.")
    ended = (await dpo.client.get(f"{DESK}/{href}")).text
    assert "Ninguém foi avisado" in ended
    number = re.search(r'href="(/lgpd/receipts/[^"]+/pdf)"', ended)
    assert number is not None
    assert (await dpo.client.get(number[1])).content.startswith(b"%PDF")
    nobody = {"destinatario": "Plano de Saúde", "email_destinatario": "sem arroba"}
    assert (await post(dpo, f"{href}/avisar", **nobody, providencia="Corrijam.")).status_code == 422
    nobody["email_destinatario"] = "dados@plano.example"
    await sent(dpo, f"{href}/avisar", **nobody, providencia="Corrijam o telefone de Bia.")
    assert "sem confirmação" in (await dpo.client.get(f"{DESK}/{href}")).text
    (notice,) = await letters(api, "dados@plano.example")
    done = {"codigo": found_in(notice, r"com este código: (\S+)\."), "palavras": "Feito."}
    assert (await api.anonymous().post("/privacidade/aviso", data=done)).status_code == 200
    assert "confirmado em" in (await dpo.client.get(f"{DESK}/{href}")).text

    # Blocking is an act of its own: above the settings' number two people confirm it, nobody but
    # who answers for the law sees the person meanwhile, and it is taken back.
    asked = {
        "direito": "restriction",
        "nome": "Bia",
        "identidade": "document_shown",
        "entrega": "printed",
    }
    await sent(dpo, "pedidos", **asked)
    async with api.database.begin() as session:
        blocking = await session.scalar(newest)
    assert "Bloquear os dados" in (await dpo.client.get(f"{DESK}/pedidos/{blocking}")).text
    await sent(dpo, f"pedidos/{blocking}/ligar", cliente="529.982.247-25")
    form = (await dpo.client.get(f"{DESK}/eliminacoes?pedido={blocking}")).text
    assert re.search(r'name="bloquear" value="true" checked', form)
    monkeypatch.setattr(get_settings(), "erasure_second_person_above", 0)
    plan = await post(dpo, "eliminacoes", pedido=blocking, cliente=bia, bloquear="true")
    door = plan.headers["location"].removeprefix(f"{DESK}/")
    async with api.database.begin() as session:
        erasure = (await session.scalars(sa.select(Erasure))).one()
    typed = {"protocolo": erasure.protocol}
    await sent(dpo, f"{door}/confirmar", **typed)
    assert "outra pessoa precisa confirmar" in (await dpo.client.get(f"{DESK}/{door}")).text
    assert (await agent.get(f"/crm/customers/{bia}")).status_code == 200
    assert (await post(dpo, f"{door}/confirmar", **typed)).status_code == 409
    admin = await sign_in(api, "Ágata Prado", Role.ADMIN)
    await sent(admin, f"{door}/confirmar", **typed)
    assert (await agent.get(f"/crm/customers/{bia}")).status_code == 404
    signed = (await dpo.client.get(f"{DESK}/{door}/certificado")).json()
    assert (signed["outcome"], signed["rows"]) == ("block_asked", {})
    await sent(dpo, f"{door}/desbloquear")
    assert (await agent.get(f"/crm/customers/{bia}")).status_code == 200

    # Whoever asks for another sends the power of attorney on the page, and the desk reads it.
    nobody = api.anonymous()
    form = {
        "direito": "access",
        "nome": "Bia",
        "email": "celia@exemplo.com",
        "representa": "guardian",
    }
    assert (await nobody.post("/privacidade/pedidos", data=form)).status_code == 422
    form["representante"] = "Célia"
    assert (await nobody.post("/privacidade/pedidos", data=form)).status_code == 200
    (letter,) = await letters(api, "celia@exemplo.com")
    mine = {
        "protocolo": found_in(letter, r"Protocolo: (\S+)\. Código"),
        "codigo": found_in(letter, r"acompanhamento: (\w+)"),
    }
    status = (await nobody.post("/privacidade/acompanhar", data=mine)).text
    action = re.search(r'action="(/privacidade/acompanhar/documento[^"]+)"', status)
    assert action is not None
    address = action[1].replace("&amp;", "&")
    assert mine["codigo"] not in address
    paper = {"file": ("procuração.pdf", b"%PDF-1.7 procuracao", "application/pdf")}
    assert (await nobody.post(f"{address}x", files=paper)).status_code == 404
    assert (await nobody.post(address)).status_code == 400
    assert (await nobody.post(address, files=paper)).status_code == 200
    async with api.database.begin() as session:
        href = f"pedidos/{await session.scalar(newest)}"
    shown = (await dpo.client.get(f"{DESK}/{href}")).text
    link = re.search(r'href="(/lgpd/requests/[^"]+/papers/[^"]+)"', shown)
    assert link is not None
    assert (await dpo.client.get(link[1])).content == b"%PDF-1.7 procuracao"
    await sent(dpo, f"{href}/identidade", metodo="document_shown", confere="true")
    assert (await dpo.client.get(link[1])).status_code in {404, 410}
