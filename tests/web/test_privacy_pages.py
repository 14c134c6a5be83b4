"""The pages of data protection: what the public does without an account, and the DPO's desk."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from api import Api
from browser_session import HTML
from letters import found_in, letters
from privacy_desk import DESK, only, post, sent
from signed_in import Person, sign_in

from cogep_assist.core.models import (
    ConsentPurpose,
    Conversation,
    Erasure,
    Incident,
    LegalHold,
    OfficerAppointment,
    Role,
    SubjectRequest,
)
from cogep_assist.lgpd_service.incidents.incident_questions import QUESTIONS
from cogep_assist.web.navigation import PRIVACY

ANA = "ana.conceicao@exemplo.org.br"


async def test_the_desk_opens_for_who_accounts_and_for_nobody_else(api: Api) -> None:
    dpo = await sign_in(api, "Dandara Nóbrega", Role.DPO)
    agent = await sign_in(api, "Bruno Sá", Role.AGENT)
    for href in (DESK, *(section.href for section in PRIVACY)):
        assert (await dpo.client.get(href)).status_code == 200, href
        assert (await agent.client.get(href)).status_code == 403, href
        assert (await api.anonymous().get(href)).status_code == 401, href
    assert "Ninguém foi indicado" in (await dpo.client.get(DESK)).text


async def test_a_request_from_the_public_page_to_its_answer(api: Api) -> None:
    dpo = await sign_in(api, "Dandara Nóbrega", Role.DPO)
    ana = api.anonymous()
    page = await ana.get("/privacidade")
    assert page.status_code == 200
    assert "art. 18, VI" in page.text
    form = {"direito": "access", "nome": "Ana <b>Conceição</b>", "email": ANA}
    wrong = await ana.post("/privacidade/pedidos", data={**form, "email": "sem arroba"})
    assert wrong.status_code == 422
    assert 'value="Ana &lt;b&gt;Conceição&lt;/b&gt;"' in wrong.text
    made = await ana.post("/privacidade/pedidos", data=form)
    assert made.status_code == 200, made.text
    request = await only(api, SubjectRequest)
    assert request.protocol in made.text
    (letter,) = await letters(api, ANA)
    code = found_in(letter, r"acompanhamento: (\w+)")
    mail = found_in(letter, r"informe este código: (\d{8})")
    assert code not in made.text

    mine = {"protocolo": request.protocol, "codigo": code}
    unknown = await ana.post("/privacidade/acompanhar", data={**mine, "codigo": "x"})
    assert unknown.status_code == 404
    shown = await ana.post("/privacidade/acompanhar", data=mine)
    assert "Comprove que é você" in shown.text
    bad = await ana.post("/privacidade/acompanhar/email", data={**mine, "codigo_email": "00000000"})
    assert bad.status_code in {403, 422}
    assert 'role="alert"' in bad.text
    proven = await ana.post("/privacidade/acompanhar/email", data={**mine, "codigo_email": mail})
    assert proven.status_code == 200
    assert "Comprove que é você" not in proven.text

    assert request.protocol in (await dpo.client.get(f"{DESK}/pedidos")).text
    href = f"pedidos/{request.id}"
    await sent(dpo, f"{href}/assumir")
    await sent(dpo, f"{href}/nota", texto="Conferir com a folha.")
    missing = await post(dpo, f"{href}/recusar", fundamento="nenhum", razoes="Porque sim.")
    assert missing.status_code in {404, 422}
    draft = (await dpo.client.get(f"{DESK}/{href}?modelo=no_data")).text
    assert "não há neles dados pessoais seus" in draft
    assert "Olá, Ana &lt;b&gt;Conceição&lt;/b&gt;." in draft
    assert '<option value="no_data" selected' in draft
    assert (await dpo.client.get(f"{DESK}/{href}?modelo=nenhum")).status_code == 422
    await sent(dpo, f"{href}/responder", desfecho="granted", resposta="Segue o que temos.")
    desk = (await dpo.client.get(f"{DESK}/{href}")).text
    assert "Conferir com a folha." in desk
    told = await ana.post("/privacidade/acompanhar", data=mine)
    assert "Segue o que temos." in told.text
    assert "Conferir com a folha." not in told.text
    assert told.headers["cache-control"] == "no-store"
    number = re.search(r'name="numero" value="([^"]+)"', told.text)
    assert number is not None
    receipt = await ana.post("/privacidade/comprovante", data={**mine, "numero": number[1]})
    assert receipt.content.startswith(b"%PDF")
    await sent(dpo, f"{href}/retomar", motivo="Faltou um anexo.")
    cancelled = await ana.post(
        "/privacidade/acompanhar/cancelar", data={**mine, "motivo": "Já sei."}
    )
    assert "cancelado" in cancelled.text


async def test_the_officer_and_the_purposes_are_public_at_once(api: Api) -> None:
    dpo = await sign_in(api, "Dandara Nóbrega", Role.DPO)
    act = {
        "funcao": "holder",
        "nome": "Dandara Nóbrega",
        "email": "encarregada@exemplo.gov.br",
        "ato": "Portaria 12/2026",
        "assinado": "2026-01-05",
    }
    refused = await post(dpo, "encarregado", **act)
    assert refused.status_code == 422
    assert "“Início”" in refused.text
    await sent(dpo, "encarregado", **act, desde="2026-01-10")
    assert "encarregada@exemplo.gov.br" in (await api.anonymous().get("/privacidade")).text
    appointment = await only(api, OfficerAppointment)
    await sent(dpo, f"encarregado/{appointment.id}/encerrar", ultimo="2026-02-01")
    assert "encarregada@exemplo.gov.br" not in (await api.anonymous().get("/privacidade")).text

    words = {"identificador": "pesquisa", "titulo": "Pesquisa", "texto": "Perguntar como foi."}
    assert (await post(dpo, "consentimentos", **words)).status_code == 422
    await sent(dpo, "consentimentos", **words, consequencias="Nada muda no atendimento.")
    # What people may refuse stands on the public page, and taking it back waits for nobody.
    portal = (await api.anonymous().get("/privacidade", params={"revogar": "pesquisa"})).text
    assert "Nada muda no atendimento." in portal
    assert re.search(r'value="consent_revocation" selected', portal)
    assert re.search(r'value="pesquisa"[^>]* checked', portal)
    agent = await api.client(Role.AGENT)
    body = {"name": "Ana Conceição", "contacts": [{"kind": "email", "value": ANA}]}
    customer = (await agent.post("/crm/customers", json=body)).json()["id"]
    yes = {"customer_id": customer, "purpose": "pesquisa", "proof": "ligação 3"}
    assert (await agent.post("/lgpd/consents", json=yes)).status_code == 201
    form = {"direito": "consent_revocation", "nome": "Ana", "email": ANA, "finalidades": "pesquisa"}
    assert (await api.anonymous().post("/privacidade/pedidos", data=form)).status_code == 200
    (letter,) = await letters(api, ANA)
    proof = {
        "protocolo": found_in(letter, r"Protocolo: (\S+)\. Código"),
        "codigo": found_in(letter, r"acompanhamento: (\w+)"),
        "codigo_email": found_in(letter, r"informe este código: (\d{8})"),
    }
    told = await api.anonymous().post("/privacidade/acompanhar/email", data=proof)
    assert "Consentimento revogado, com efeito imediato" in told.text
    standing = (await agent.get("/lgpd/consents", params={"customer_id": customer})).json()
    assert [one["stands"] for one in standing["items"]] == [False]
    assert "Pesquisa" in (await dpo.client.get(f"{DESK}/consentimentos")).text
    await sent(dpo, "consentimentos/arquivar", identificador="pesquisa")
    assert (await only(api, ConsentPurpose)).archived_at is not None


async def test_an_erasure_shows_its_impact_and_asks_for_its_protocol(api: Api) -> None:
    dpo = await sign_in(api, "Dandara Nóbrega", Role.DPO)
    agent = await api.client(Role.AGENT)
    body = {
        "name": "Ana Conceição Araújo",
        "cpf": "529.982.247-25",
        "contacts": [{"kind": "email", "value": ANA}],
    }
    customer = (await agent.post("/crm/customers", json=body)).json()["id"]
    nobody = await post(dpo, "eliminacoes", nome="")
    assert nobody.status_code == 422
    href = await sent(dpo, "eliminacoes", cliente=customer)
    page = (await dpo.client.get(href)).text
    erasure = await only(api, Erasure)
    assert erasure.protocol in page
    assert "eliminar" in page
    assert "529.982.247-25" not in page
    door = href.removeprefix(f"{DESK}/")
    differs = await post(dpo, f"{door}/confirmar", protocolo="ELIM-0")
    assert differs.status_code in {409, 422}
    await sent(dpo, f"{door}/confirmar", protocolo=erasure.protocol.lower())
    assert (await agent.get(f"/crm/customers/{customer}")).status_code == 404
    assert (await dpo.client.get(f"{href}/certificado")).status_code == 404
    late = await post(dpo, f"{door}/cancelar")
    assert late.status_code == 409


async def test_holds_need_two_and_retention_is_simulated(api: Api) -> None:
    dpo = await sign_in(api, "Dandara Nóbrega", Role.DPO)
    admin = await sign_in(api, "Ágata Conceição", Role.ADMIN)
    wrong = await post(dpo, "guardas", alvo="cliente", identificador="lá", motivo="Processo 1")
    assert wrong.status_code in {404, 422}
    await sent(dpo, "guardas", alvo="tipo", tipo="conversation", motivo="Auditoria 2026")
    hold = await only(api, LegalHold)
    await sent(dpo, f"guardas/{hold.id}/pedir-liberacao", motivo="Acabou.")
    alone = await post(dpo, f"guardas/{hold.id}/liberar")
    assert alone.status_code in {403, 409}
    await sent(admin, f"guardas/{hold.id}/liberar")
    assert "liberada" in (await dpo.client.get(f"{DESK}/guardas")).text

    assert "Nenhum registro chega ao fim do prazo." in (await dpo.client.get(DESK)).text
    old, young = (
        Conversation(owner="user:x", updated_at=sa.func.now() - timedelta(days=days))
        for days in (151, 149)
    )
    async with api.database.begin() as session:
        session.add_all([old, young])
    board = (await dpo.client.get(DESK)).text
    assert "Retenção: vencem em 30 dias" in board
    assert "1 registro chega ao fim do prazo" in board
    assert f'href="{DESK}/retencao?dias=30"' in board
    assert "1 registro sairia" in (await dpo.client.get(f"{DESK}/retencao?dias=30")).text
    page = await dpo.client.get(f"{DESK}/retencao?dias=400")
    assert "Conversas" in page.text
    # The server's own term holds with the rule off, and against a rule that keeps for longer.
    assert "o servidor elimina em 180 dias" in page.text
    await sent(dpo, "retencao/regras/conversations", prazo="400", ligada="true")
    assert "mesmo com a regra de prazo maior" in (await dpo.client.get(f"{DESK}/retencao")).text
    await sent(dpo, "retencao/regras/conversations", prazo="90", ligada="true")
    shorter = (await dpo.client.get(f"{DESK}/retencao")).text
    assert "90 dias" in shorter
    assert "o servidor elimina" not in shorter
    assert (await post(dpo, "retencao/regras/nada", prazo="9")).status_code in {404, 422}


async def test_an_incident_runs_from_its_report_to_its_end(api: Api) -> None:
    dpo = await sign_in(api, "Dandara Nóbrega", Role.DPO)
    assert (await post(dpo, "incidentes", titulo="")).status_code == 422
    await sent(dpo, "incidentes", titulo="Planilha enviada ao destinatário errado")
    incident = await only(api, Incident)
    door = f"incidentes/{incident.id}"
    early = await post(dpo, f"{door}/decisao", decisao="communicate", motivo="Cedo.")
    assert early.status_code in {409, 422}
    await sent(dpo, f"{door}/conhecimento")
    partial = await post(dpo, f"{door}/avaliacao", sensitive="sim")
    assert partial.status_code == 422
    answers = dict.fromkeys(QUESTIONS, "nao") | {"causes_damage": "sim", "financial": "sim"}
    await sent(dpo, f"{door}/avaliacao", **answers)
    page = (await dpo.client.get(f"{DESK}/{door}")).text
    assert "risco ou dano relevante" in page
    assert "15/2024" in page
    facts = {"circunstancias": "Anexo trocado.", "dados": ["financial", "contact"]}
    await sent(dpo, f"{door}/fatos", **facts)
    await sent(dpo, f"{door}/decisao", decisao="communicate", motivo="Há dados financeiros.")
    pdf = await dpo.client.get(f"{DESK}/{door}/comunicacao")
    assert pdf.content.startswith(b"%PDF")
    await sent(dpo, f"{door}/registros", o_que="anpd", palavras="ANPD-123")
    assert (await post(dpo, f"{door}/registros", o_que="nada", palavras="x")).status_code == 422
    unfinished = await post(dpo, f"{door}/encerrar")
    assert unfinished.status_code == 409
    public = {"o_que": "publico", "palavras": "No diário oficial."}
    blank = await post(dpo, f"{door}/registros", **public)
    assert blank.status_code == 409
    assert "o encarregado" in blank.text
    officer = {"nome": "Débora Encarregada", "email": "dpo@orgao.gov.br", "ato": "Portaria 1"}
    dates = {"assinado": "2026-01-05", "desde": "2026-01-06", "publicacao": "DOU de 6/1/2026"}
    await sent(dpo, "encarregado", funcao="holder", **officer, **dates)
    held = await only(api, OfficerAppointment)
    assert "falta: o ato assinado" in (await dpo.client.get(f"{DESK}/encarregado")).text
    place = f"encarregado/{held.id}"
    await sent(dpo, f"{place}/publicacao", onde="DOU de 6/1/2026", saiu="2026-01-06")
    act = {"file": ("portaria.pdf", b"%PDF-1.4 ato", "application/pdf")}
    token = {"csrf_token": dpo.client.headers["X-CSRF-Token"]}
    kept = await dpo.client.post(f"{DESK}/{place}/ato", params=token, files=act)
    assert kept.status_code == 303
    assert (await dpo.client.get(f"/lgpd/officers/{held.id}/act")).content == b"%PDF-1.4 ato"
    assert "portaria.pdf" in (await dpo.client.get(f"{DESK}/encarregado")).text
    rest = {"riscos": "Fraude.", "antes": "Senha.", "depois": "Recolhida.", "lesado": ["integrity"]}
    await sent(dpo, f"{door}/fatos", **facts, **rest, ocorreu="2026-01-02T10:00")
    assert "2026-01-02T10:00" in (await dpo.client.get(f"{DESK}/{door}")).text
    await sent(dpo, f"{door}/registros", **public)
    told = (await api.anonymous().get("/privacidade")).text
    assert "Anexo trocado." in told, "the public notice stands on the public page"
    await sent(dpo, f"{door}/registros", o_que="declaracao", palavras="Juntada.")
    await sent(dpo, f"{door}/encerrar")
    assert incident.number in (await dpo.client.get(f"{DESK}/incidentes")).text


async def test_the_record_and_the_audit_are_there_to_take_along(api: Api) -> None:
    dpo = await sign_in(api, "Dandara Nóbrega", Role.DPO)
    await sent(dpo, "registro/versoes", nota="Primeira")
    await sent(dpo, "registro/aviso")
    assert "Versão 1" in (await dpo.client.get(f"{DESK}/registro")).text
    assert "Aviso de privacidade" in (await api.anonymous().get("/privacidade")).text
    policy = {"titulo": "Política de privacidade", "referencia": "DOU", "data": "2026-03-01"}
    assert (await post(dpo, "governanca", tipo="training", **policy)).status_code == 422
    await sent(dpo, "governanca", tipo="policy", **policy)
    programme = (await dpo.client.get(f"{DESK}/governanca")).text
    assert "Política de privacidade" in programme
    taken = re.search(rf'action="{DESK}/(governanca/[^"]+/retirar)"', programme)
    assert taken is not None
    await sent(dpo, taken.group(1))
    assert "/retirar" not in (await dpo.client.get(f"{DESK}/governanca")).text
    pdf = await dpo.client.get(f"{DESK}/registro/arquivo?formato=pdf")
    await _an_impact_report(dpo)
    assert pdf.content.startswith(b"%PDF")
    verified = await post(dpo, "auditoria/verificar")
    assert "Cadeia íntegra" in verified.text
    exported = await dpo.client.get(f"{DESK}/auditoria/exportar")
    assert exported.headers["content-type"].startswith("application/x-ndjson")
    found = await dpo.client.get(f"{DESK}/auditoria?ato=notice_published")
    assert 'title="notice_published"' in found.text
    assert 'title="ropa_published"' not in found.text
    # By day, by what an act was done to, and as a spreadsheet of just these.
    today = datetime.now(ZoneInfo("America/Sao_Paulo")).date()
    audit = f"{DESK}/auditoria"
    for asked, there in ((f"de={today}&ate={today}", True), ("ate=2020-01-31", False)):
        shown = (await dpo.client.get(f"{audit}?{asked}")).text
        assert ('title="notice_published"' in shown) is there
    sheet = await dpo.client.get(f"{audit}/planilha?ato=notice_published&de={today}")
    header, line = sheet.text.strip().splitlines()
    assert header.startswith("\ufeffQuando;Ato;Código do ato;")
    assert ";notice_published;" in line
    thing = line.split(";")[4]
    assert 'title="notice_published"' in (await dpo.client.get(f"{audit}?sobre={thing}")).text
    await _acts_of_a_person_by_name(api, dpo, audit)
    own = {"Referer": f"{dpo.client.base_url}/protecao-de-dados/auditoria", **HTML}
    for wrong in ("de=ontem", "de=2026-02-01&ate=2026-01-01", "ate=9999-12-31"):
        refused = await dpo.client.get(f"{audit}?{wrong}", headers=own)
        assert refused.status_code == 422, wrong
        assert 'aria-invalid="true"' in refused.text, wrong


async def _acts_of_a_person_by_name(api: Api, dpo: Person, audit: str) -> None:
    """A DPO writes a name; the rows keep their pseudonyms, and the look-up leaves its own."""
    agents = [await sign_in(api, f"Bruno {name}", Role.AGENT) for name in ("Távora", "Uchôa")]
    made = await agents[0].client.post("/crm/customers", json={"name": "Zélia D'Ávila"})
    ways = {
        "quem=tavora": f"quem=user%3A{agents[0].id}",
        f"quem={agents[0].id}@exemplo.gov.br": f"quem=user%3A{agents[0].id}",
        "titular=zelia&ato=customer_created": f"titular={made.json()['id']}",
    }
    for asked, leads in ways.items():
        led = await dpo.client.get(f"{audit}?{asked}")
        assert led.status_code == 303, asked
        assert leads in led.headers["location"]
        shown = (await dpo.client.get(led.headers["location"])).text
        assert 'title="customer_created"' in shown, asked
        assert ("feitos por Bruno Távora" in shown) is asked.startswith("quem"), asked
        assert ("sobre Zélia" in shown) is asked.startswith("titular"), asked
    both = (await dpo.client.get(f"{audit}?quem=bruno&de=2026-01-01")).text
    for agent in agents:
        assert "de=2026-01-01" in both
        assert f"user%3A{agent.id}" in both
    assert 'title="customer_created"' not in both
    assert "Ninguém com esse nome" in (await dpo.client.get(f"{audit}?quem=ninguém assim")).text
    sought = (await dpo.client.get("/lgpd/audit?act=audit_person_sought")).json()["items"]
    assert [one["details"] for one in sought] == [{"found": n} for n in (0, 2, 1, 1, 1)]
    # Who may not read the audit is told nothing of who is there.
    assert (await agents[0].client.get(f"{audit}?quem=tavora")).status_code == 403


async def _an_impact_report(dpo: Person) -> None:
    """Drafted from the record, weighed, approved, and then left as it is."""
    reports = f"{DESK}/registro/relatorios"
    made = await post(dpo, "registro/relatorios", titulo="Atendimento com IA", atividades="tickets")
    assert made.status_code == 303, made.text
    place = made.headers["location"].split("?")[0]
    assert place.startswith(reports)
    shown = (await dpo.client.get(place)).text
    assert "Atendimento de chamados" in shown
    assert "Localização de cadastros" not in shown
    weights = {
        f"{name}_{n}": "5"
        for n in range(8)
        for name in ("probability", "impact", "residual_probability", "residual_impact")
    }
    door = place.removeprefix(f"{DESK}/")
    await sent(dpo, door, analysis="Risco alto, aceito até março.", **weights)
    assert "Risco alto, aceito até março." in (await dpo.client.get(place)).text
    assert (await post(dpo, door, **{**weights, "impact_0": "9"})).status_code == 422
    line = {"what_0_0": "Segundo fator para todos", "standing_0_0": "planned", "on_0_0": ""}
    refused = await post(dpo, door, **weights, **line)
    assert refused.status_code == 422
    assert "Segundo fator para todos" in refused.text, "what was typed is not lost"
    for bad in ({"on_0_0": "31/02"}, {"standing_0_0": "talvez"}):
        assert (await post(dpo, door, **{**weights, **line, **bad})).status_code == 422
    whole = {**line, "responsible_0_0": "Setor de TI", "on_0_0": "2020-03-01"}
    await sent(dpo, door, **weights, **whole)
    shown = (await dpo.client.get(place)).text
    assert "<b>1</b> planejada" in shown
    assert 'value="Setor de TI"' in shown
    assert "1 medida vencida" in (await dpo.client.get(f"{DESK}/registro")).text
    await sent(dpo, f"{door}/aprovar")
    assert (await post(dpo, door, **weights)).status_code == 409
    approved = (await dpo.client.get(place)).text
    assert "<textarea" not in approved
    assert "planejada para 01/03/2020, vencida" in approved
    assert (await dpo.client.get(f"{place}/arquivo")).content.startswith(b"%PDF")
    assert (await post(dpo, "registro/relatorios", titulo=" ")).status_code == 422
    unknown = f"{reports}/019a0000-0000-7000-8000-000000000000"
    assert (await dpo.client.get(unknown)).status_code == 404
