"""Providers, terms, the organisation and its days, set on the pages of data protection."""

import re
from datetime import UTC, datetime

from api import Api
from letters import letters
from privacy_desk import DESK, only, post, sent
from signed_in import sign_in

from cogep_assist.core.access_records import Access, write_accesses
from cogep_assist.core.models import Role, SubjectRequest
from cogep_assist.core.principal import SYSTEM
from cogep_assist.lgpd_service.keeping.legal_holds import place_hold
from cogep_assist.lgpd_service.legal.organization_profile import QUESTIONS as HIGH_RISK


async def test_a_provider_is_registered_and_withdrawn_on_its_page(api: Api) -> None:
    dpo = await sign_in(api, "Dandara Nóbrega", Role.DPO)
    place = f"{DESK}/transferencias"
    fields = {
        "servidor": "api.exemplo.com",
        "empresa": "Exemplo Ltda.",
        "de_quem": "external",
        "pais": "br",
        "mecanismo": "domestic",
        "contrato": "Contrato 7/2026",
        "ate": "2099-12-31",
        "ocultar": "true",
    }
    assert "Nenhum provedor registrado" in (await dpo.client.get(place)).text
    bad = await post(dpo, "transferencias/provedores", **{**fields, "pais": "Brasil"})
    assert bad.status_code == 422
    assert 'value="Exemplo Ltda."' in bad.text
    await sent(dpo, "transferencias/provedores", **fields)
    shown = (await dpo.client.get(place)).text
    assert "api.exemplo.com" in shown
    assert "no Brasil" in shown
    assert "Contrato 7/2026" in shown
    await sent(dpo, "registro/aviso")
    public = (await api.anonymous().get("/privacidade")).text
    assert "Exemplo Ltda." in public
    assert "Pedir as cláusulas" in public
    asked = {"direito": "access", "forma": "simplified", "entrega": "printed", "regime": "lai"}
    who = {"nome": "Zélia Andrade", "email": "zelia@exemplo.br", "identidade": "document_shown"}
    await sent(dpo, "pedidos", **asked, **who)
    request = await only(api, SubjectRequest)
    page = (await dpo.client.get(f"{DESK}/pedidos/{request.id}")).text
    assert "simplificada, na hora" in page
    assert "em papel" in page
    assert "LAI" in page
    await sent(dpo, f"pedidos/{request.id}/responder", desfecho="granted", resposta="Nada há.")
    told = [one["text"] for one in await letters(api, "zelia@exemplo.br")]
    assert "em papel, como você escolheu" in told[-1]
    assert "Nada há." not in told[-1], "who chose paper reads the answer there"
    taken = re.search(rf'action="{DESK}/(transferencias/provedores/[^"]+/retirar)"', shown)
    assert taken is not None
    await sent(dpo, taken.group(1))
    assert "/retirar" not in (await dpo.client.get(place)).text
    agent = await sign_in(api, "Bruno Araújo", Role.AGENT)
    assert (await post(agent, "transferencias/provedores", **fields)).status_code == 403


async def test_terms_the_organisation_and_its_days_are_set_on_a_page(api: Api) -> None:
    dpo = await sign_in(api, "Dandara Nóbrega", Role.DPO)
    shown = (await dpo.client.get(f"{DESK}/prazos")).text
    assert "Manifestação de ouvidoria" in shown
    assert "confirme com o jurídico" in shown
    own = {"nome": "Prefeitura de Olinda", "estado": "PE", "pequeno": "true"}
    untested = await post(dpo, "prazos/organizacao", **own)
    assert untested.status_code == 422
    test = dict.fromkeys(HIGH_RISK, "nao") | {"new_technology": "sim"}
    await sent(dpo, "prazos/organizacao", **own, **test)
    assert "com prazos em dobro" in (await dpo.client.get(f"{DESK}/prazos")).text
    at_risk = {**own, **test, "large_scale": "sim"}
    await sent(dpo, "prazos/organizacao", **at_risk)
    assert "o teste de alto risco os tira" in (await dpo.client.get(f"{DESK}/prazos")).text
    term = {"prazo": "25", "unidade": "calendar_days", "referencia": "Lei 12.527/2011, art. 11"}
    assert (await post(dpo, "prazos/regras/lai", **{**term, "prazo": "x"})).status_code == 422
    await sent(dpo, "prazos/regras/lai", **term, prorrogacao="10", conferido="true")
    assert "25 dias corridos" in (await dpo.client.get(f"{DESK}/prazos")).text
    assert (await post(dpo, "prazos/regras/nada", **term)).status_code == 404
    await sent(dpo, "prazos/dias", dia="2026-03-12", nome="Aniversário de Olinda")
    assert "12/03/2026: Aniversário de Olinda" in (await dpo.client.get(f"{DESK}/prazos")).text
    await sent(dpo, "prazos/dias/2026-03-12/retirar")
    assert "Aniversário" not in (await dpo.client.get(f"{DESK}/prazos")).text


async def test_accesses_are_read_for_a_reason_and_kept_by_order_on_a_page(api: Api) -> None:
    dpo = await sign_in(api, "Dandara Nóbrega", Role.DPO)
    ana = await sign_in(api, "Ana Conceição", Role.REQUESTER)
    admin = await sign_in(api, "Íris Sá", Role.ADMIN)
    assert (await admin.client.get(f"{DESK}/acessos")).status_code == 403, "not in passing"
    async with api.database.begin() as session:
        seen = Access(datetime.now(UTC), f"user:{ana.id}", "203.0.113.7", 55001)
        await write_accesses(session, [seen])
    period = {"de": "2020-01-01T00:00", "ate": "2099-01-01T00:00", "referencia": "12345/2026"}
    whose = {**period, "motivo": "court_order", "email": f"{ana.id}@exemplo.gov.br"}
    found = await post(dpo, "acessos/consultar", **whose)
    assert "203.0.113.7" in found.text
    assert "55001" in found.text
    assert found.headers["cache-control"] == "no-store"
    for wrong in ({"referencia": "a Ana pediu"}, {"email": ""}, {"email": "x@y.br"}, {"de": ""}):
        refused = await post(dpo, "acessos/consultar", **{**whose, **wrong})
        assert refused.status_code in {404, 422}, wrong
        assert "203.0.113.7" not in refused.text
    await sent(dpo, "acessos/ordens", autoridade="2ª Vara de Olinda", **period)
    shown = (await dpo.client.get(f"{DESK}/acessos")).text
    taken = re.search(rf'action="{DESK}/(acessos/ordens/[^"]+/encerrar)"', shown)
    assert taken is not None
    await sent(dpo, taken.group(1))
    assert "encerrada em" in (await dpo.client.get(f"{DESK}/acessos")).text


async def test_the_disposal_list_and_its_terms_are_a_page(api: Api) -> None:
    dpo = await sign_in(api, "Dandara Nóbrega", Role.DPO)
    agent = await sign_in(api, "Bruno Araújo", Role.AGENT)
    place = f"{DESK}/temporalidade"
    assert "Nada passou do prazo" in (await dpo.client.get(place)).text
    assert (await agent.client.get(place)).status_code == 403
    desk = await api.client(Role.AGENT)
    names = ("Inês Conceição", "João Araújo", "Zélia Brandão")
    made = [(await desk.post("/crm/customers", json={"name": n})).json()["id"] for n in names]
    ticket = (await desk.post("/crm/tickets", json={"subject": "Obra", "body": "Vistoria."})).json()
    ground = {"codigo": "020.1", "ate": "2020-12-31"}
    for one in made:
        address = f"https://ajuda.exemplo.gov.br/clientes/{one}"
        await sent(dpo, "temporalidade/fundamentos", endereco=address, **ground)
    # An address of a part of the record's page will do as well; no day is for good.
    of_ticket = {"endereco": f"/chamados/{ticket['id']}/historico", "codigo": "010.2"}
    await sent(dpo, "temporalidade/fundamentos", **of_ticket, ate="")
    for wrong in ({"endereco": "020.1"}, {"codigo": " "}, {"ate": "31/02/2020"}):
        fields = {"endereco": f"/clientes/{made[0]}", **ground, **wrong}
        refused = await post(dpo, "temporalidade/fundamentos", **fields)
        assert refused.status_code == 422, wrong
        assert "field-error" in refused.text, wrong
    unknown = {**ground, "endereco": f"/documentos/{made[0]}/historico"}
    assert (await post(dpo, "temporalidade/fundamentos", **unknown)).status_code == 404
    async with api.database.begin() as session:
        await place_hold(session, SYSTEM, reason="Processo 12/2026", customer_id=made[2])
    shown = (await dpo.client.get(place)).text
    assert shown.count('name="registros"') == 2
    assert "sob guarda legal: fica" in shown
    assert f"chamado {ticket['protocol']}" in shown
    assert "permanente" in shown
    assert not any(name in shown for name in names), "codes and dates, no names"
    sheet = (await dpo.client.get(f"{place}/listagem?formato=csv")).text
    assert len(sheet.strip().splitlines()) == 4
    printed = await dpo.client.get(f"{place}/listagem")
    assert printed.content.startswith(b"%PDF")
    marked = re.findall(r'name="registros" value="([^"]+)"', shown)
    none = await post(dpo, "temporalidade/termo", termo="12/2026")
    assert none.status_code == 422
    assert "Marque os registros" in none.text
    kept = await dpo.client.get("/lgpd/keepings")
    held = next(one["id"] for one in kept.json() if one["object_id"] == made[2])
    # All or none: one under a hold keeps the others too.
    both = await post(dpo, "temporalidade/termo", termo="12/2026", registros=[marked[0], held])
    assert both.status_code == 409
    assert (await dpo.client.get(place)).text.count('name="registros"') == 2
    await sent(dpo, "temporalidade/termo", termo=" 12/2026 ", registros=marked)
    after = (await dpo.client.get(place)).text
    assert 'name="registros"' not in after
    assert re.search(r'<th scope="row">12/2026</th><td[^>]*>2</td>', after)
    (term,) = (await dpo.client.get("/lgpd/keepings/disposal/terms")).json()
    assert (term["term"], term["records"], term["codes"]) == ("12/2026", 2, ["020.1"])
    of_archive = f"temporalidade/fundamentos/{held}/encerrar"
    assert (await post(dpo, of_archive, termo="")).status_code == 422
    await sent(dpo, of_archive, termo="13/2026")
    again = await dpo.client.post(
        "/lgpd/keepings/disposal", json={"term": "14/2026", "ids": [held]}
    )
    assert again.json()["error"]["code"] == "disposal_not_listed"
