"""Ajustes: every section opens for who may, its forms do what they say, and nobody else gets in."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
import sqlalchemy as sa
from api import Api
from chat_server import chat_server
from onnx_models import save_reranker
from signed_in import Person, sign_in
from uuid_utils.compat import uuid7

from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.models import (
    ApiKey,
    BusinessCalendar,
    Collection,
    CustomerField,
    Macro,
    OutboxMessage,
    OutboxStatus,
    ReplyTemplate,
    Role,
    SlaTarget,
    Team,
    TeamMember,
    TicketQueue,
    User,
    Webhook,
    WebhookStatus,
)
from cogep_assist.web.navigation import SETTINGS


async def post(who: Person, href: str, **fields: Any) -> httpx2.Response:
    token = who.client.headers["X-CSRF-Token"]
    return await who.client.post(href, data={"csrf_token": token, **fields})


async def sent(who: Person, href: str, **fields: Any) -> httpx2.Response:
    """Send a form that is right: it leads on, and the next page says what was done."""
    reply = await post(who, href, **fields)
    assert reply.status_code == 303, reply.text[-1500:]
    return reply


async def refused(who: Person, href: str, words: str, **fields: Any) -> str:
    """Send a form that is wrong: its page comes back with what is wrong and what was typed."""
    reply = await post(who, href, **fields)
    assert 400 <= reply.status_code < 500, reply.status_code
    assert words in reply.text
    assert 'role="alert"' in reply.text
    return reply.text


async def only(api: Api, statement: "sa.Select[Any]") -> Any:
    async with api.database.begin() as session:
        return (await session.scalars(statement)).one()


async def test_every_section_opens_for_who_may_and_for_nobody_else(api: Api) -> None:
    admin = await sign_in(api, "Ágata Conceição", Role.ADMIN)
    curator = await sign_in(api, "Caetano Brandão", Role.CURATOR)
    requester = await sign_in(api, "Rita Luz", Role.REQUESTER)
    for section in SETTINGS:
        opened = await admin.client.get(section.href)
        assert opened.status_code == 200, section.href
        assert 'aria-current="page"' in opened.text
        assert (await requester.client.get(section.href)).status_code == 403
        assert (await api.anonymous().get(section.href)).status_code == 401
    index = (await curator.client.get("/ajustes")).text
    assert "/ajustes/colecoes" in index
    assert "/ajustes/pessoas" not in index
    assert (await curator.client.get("/ajustes/pessoas")).status_code == 403
    assert (await requester.client.get("/ajustes")).status_code == 403


async def test_people_are_invited_changed_and_helped(api: Api) -> None:
    admin = await sign_in(api, "Ágata Conceição", Role.ADMIN)
    new = {"email": "joao.araujo@exemplo.gov.br", "nome": "João Araújo", "papel": "agent"}
    await sent(admin, "/ajustes/pessoas", **new)
    await refused(admin, "/ajustes/pessoas", "joao.araujo@exemplo.gov.br", **new)
    await refused(admin, "/ajustes/pessoas", "e-mail", email="sem arroba", papel="agent")
    joao = await only(api, sa.select(User).where(User.email_key == new["email"]))
    page = (await admin.client.get("/ajustes/pessoas?situacao=ativas")).text
    assert "João Araújo" in page
    assert "convidada" in page
    href = f"/ajustes/pessoas/{joao.id}"
    await sent(admin, href, nome="João <b>Araújo</b>", papel="curator")
    shown = (await admin.client.get(href)).text
    assert "João &lt;b&gt;Araújo&lt;/b&gt;" in shown
    for door in ("convite", "senha", "sessoes/encerrar", "desativar", "reativar"):
        await sent(admin, f"{href}/{door}")
    joao = await only(api, sa.select(User).where(User.id == joao.id))
    assert (joao.role, joao.disabled_at) == (Role.CURATOR, None)
    # The last administrator cannot be made anything else.
    await refused(admin, f"/ajustes/pessoas/{admin.id}", "administra", nome="Ágata", papel="agent")
    missing = await admin.client.get("/ajustes/pessoas/019a0000-0000-7000-8000-000000000000")
    assert missing.status_code == 404


async def test_teams_and_their_members(api: Api) -> None:
    admin = await sign_in(api, "Ágata Conceição", Role.ADMIN)
    bruno = await sign_in(api, "Bruno Sá", Role.AGENT)
    await sent(admin, "/ajustes/equipes", nome="Benefícios", descricao="Auxílios e férias")
    await refused(admin, "/ajustes/equipes", "equipe", nome="benefícios")
    team = await only(api, sa.select(Team))
    href = f"/ajustes/equipes/{team.id}"
    await refused(admin, f"{href}/membros", "pessoa", email="ninguem@exemplo.gov.br")
    address = f"{bruno.id}@exemplo.gov.br"
    await sent(admin, f"{href}/membros", email=address, lidera="true")
    assert (await only(api, sa.select(TeamMember))).leader
    await sent(admin, f"{href}/membros/{bruno.id}/lider", lidera="false")
    assert not (await only(api, sa.select(TeamMember))).leader
    assert "Bruno Sá" in (await admin.client.get(href)).text
    await sent(admin, f"{href}/membros/{bruno.id}/retirar")
    await sent(admin, href, nome="Benefícios e saúde", descricao="")
    await sent(admin, f"{href}/excluir")
    assert (await admin.client.get(href)).status_code == 404


async def test_a_key_is_shown_once(api: Api) -> None:
    admin = await sign_in(api, "Ágata Conceição", Role.ADMIN)
    shown = await post(admin, "/ajustes/chaves", nome="n8n", papel="agent", dias="90", atos="ask")
    assert shown.status_code == 200
    assert shown.headers["cache-control"] == "no-store"
    found = re.search(r"cogep_[A-Za-z0-9_-]{43}", shown.text)
    assert found is not None
    key = await only(api, sa.select(ApiKey))
    assert key.scopes == ["ask"]
    assert key.expires_at > datetime.now(UTC)
    assert found[0] not in (await admin.client.get("/ajustes/chaves")).text
    me = api.anonymous(headers={"Authorization": f"Bearer {found[0]}"})
    assert (await me.get("/openapi.json")).status_code == 403
    await refused(admin, "/ajustes/chaves", "n8n", nome="n8n", papel="agent")
    await refused(admin, "/ajustes/chaves", "papel", nome="x", papel="agent", atos="manage_users")
    await sent(admin, f"/ajustes/chaves/{key.id}/revogar")
    assert (await me.get("/openapi.json")).status_code == 401


async def test_a_webhook_from_its_form_to_its_dead_letter(api: Api) -> None:
    admin = await sign_in(api, "Ágata Conceição", Role.ADMIN)
    page = "/ajustes/webhooks"
    right = {"nome": "n8n", "endereco": "https://n8n.exemplo.gov.br/a?b=1"}
    chosen = {"eventos": ["ticket.created", "ticket.resolved"], "campos": "priority"}
    wrong = await refused(admin, page, "um por linha", filtros="priority", **right, **chosen)
    assert 'value="https://n8n.exemplo.gov.br/a?b=1"' in wrong
    assert re.search(r'value="ticket.created"[^>]* checked', wrong)
    await refused(admin, page, "eventos", **right)
    await refused(admin, page, "endereço", nome="n8n", endereco="http://10.0.0.8/x", **chosen)
    shown = await post(admin, page, filtros="priority = high, urgent", **right, **chosen)
    assert (shown.status_code, shown.headers["cache-control"]) == (200, "no-store")
    first = re.search(r"whsec_[\w-]{43}", shown.text)
    webhook = await only(api, sa.select(Webhook))
    assert first is not None
    assert webhook.filters == {"priority": ["high", "urgent"]}
    one = f"{page}/{webhook.id}"
    for href in (page, one):
        text = (await admin.client.get(href)).text
        assert first[0] not in text
        assert "n8n.exemplo.gov.br" in text
        assert "b=1" not in text
    # Nothing is tried out before the address has met the challenge.
    await refused(admin, f"{one}/testar", "não está ativo")
    await refused(admin, f"{one}/pausar", "não está ativo")
    async with api.database.begin() as session:
        await session.execute(sa.update(Webhook).values(status=WebhookStatus.ACTIVE))
    await sent(admin, f"{one}/testar")
    await sent(admin, f"{one}/pausar")
    test = await only(api, sa.select(OutboxMessage).where(OutboxMessage.event == "webhook.test"))
    assert test.status is OutboxStatus.HELD
    await sent(admin, f"{one}/retomar")
    await refused(admin, f"{one}/retomar", "não está pausado")
    rotated = await post(admin, f"{one}/segredo", horas="1")
    second = re.search(r"whsec_[\w-]{43}", rotated.text)
    assert second is not None
    assert second[0] != first[0]
    stands = re.search(r"revisao=(\d+)", rotated.text)
    assert stands is not None
    change = {"nome": "n8n", "eventos": "ticket.created", "filtros": ""}
    await sent(admin, f"{one}?revisao={stands[1]}", **change)
    await refused(admin, f"{one}?revisao=1", "mud", nome="x", eventos="ticket.created")
    # What was given up is found by its state, and sent again.
    async with api.database.begin() as session:
        dead = {"status": OutboxStatus.DEAD, "finished_at": sa.func.now()}
        await session.execute(
            sa.update(OutboxMessage).where(OutboxMessage.id == test.id).values(dead)
        )
    found = await admin.client.get(one, params={"situacao": "dead"})
    again = f"/ajustes/envios/{test.id}/reenviar"
    assert again in found.text
    assert "webhook.test" in (await admin.client.get(f"/ajustes/envios/{test.id}")).text
    await sent(admin, again)
    async with api.database.begin() as session:
        assert (await session.get_one(OutboxMessage, test.id)).status is OutboxStatus.PENDING
    await sent(admin, f"{one}/ligado", ligado="false")
    await sent(admin, f"{one}/ligado", ligado="true")
    assert (await admin.client.get(f"{page}/{uuid7()}")).status_code == 404
    assert (await post(admin, f"{one}/explodir")).status_code == 404
    agent = await sign_in(api, "Bruno Araújo", Role.AGENT)
    assert (await agent.client.get(page)).status_code == 403
    await sent(admin, f"{one}/remover")
    assert (await admin.client.get(one)).status_code == 404


async def test_collections_are_given_to_teams(api: Api) -> None:
    admin = await sign_in(api, "Ágata Conceição", Role.ADMIN)
    await sent(admin, "/ajustes/equipes", nome="Jurídico")
    await refused(admin, "/ajustes/colecoes", "Nome Ruim!", nome="Nome Ruim!")
    await refused(admin, "/ajustes/colecoes", "equipe", nome="pareceres", visibilidade="teams")
    given = {"nome": "pareceres", "visibilidade": "teams", "leem": "Jurídico"}
    await sent(admin, "/ajustes/colecoes", **given)
    made = await only(api, sa.select(Collection).where(Collection.name == "pareceres"))
    assert made.visibility.value == "teams"
    assert "pareceres" in (await admin.client.get("/ajustes/colecoes")).text


async def test_the_desk_is_arranged_queue_hours_targets(api: Api) -> None:
    admin = await sign_in(api, "Ágata Conceição", Role.ADMIN)
    await sent(admin, "/ajustes/filas", nome="Folha", distribuicao="round_robin")
    await sent(admin, "/ajustes/filas", nome="Ponto", distribuicao="manual", padrao="true")
    await refused(admin, "/ajustes/filas/arquivar", "padrão", nome="Ponto", arquivada="true")
    await sent(admin, "/ajustes/filas/arquivar", nome="Folha", arquivada="true")
    folha = await only(api, sa.select(TicketQueue).where(TicketQueue.name == "Folha"))
    assert folha.archived_at is not None

    assert "Primeiro, o expediente" in (await admin.client.get("/ajustes/prazos")).text
    days = ["08:00-12:00, 13:00-17:00"] * 5 + ["", ""]
    usual = {"nome": "Comercial", "estado": "SP", "feriados": "true", "facultativos": "true"}
    wrong = await refused(
        admin, "/ajustes/expediente", "turnos da semana", **usual, dia=["17:00-08:00", *days[1:]]
    )
    assert "week" not in wrong.partition("<main")[2].partition('class="sheet"')[0]
    await sent(admin, "/ajustes/expediente", **usual, dia=days)
    calendar = await only(api, sa.select(BusinessCalendar))
    assert calendar.week[0] == [[480, 720], [780, 1020]]
    day = {"nome": "Comercial", "data": "2026-12-24", "motivo": "Véspera", "turnos": "08:00-12:00"}
    await sent(admin, "/ajustes/expediente/dia", **day)
    assert "Véspera" in (await admin.client.get("/ajustes/expediente")).text
    await refused(admin, "/ajustes/expediente/dia", "data", nome="Comercial", motivo="x")
    await sent(admin, "/ajustes/expediente/dia", **day, retirar="true")

    rule = {"nome": "Padrão", "expediente": "Comercial", "resposta": ["1", "2:30", "", ""]}
    await refused(admin, "/ajustes/prazos", "4:30", **{**rule, "resposta": ["amanhã"] * 4})
    await sent(admin, "/ajustes/prazos", **rule, solucao=["8h", "", "", ""])
    async with api.database.begin() as session:
        rows = (await session.scalars(sa.select(SlaTarget))).all()
    told = {row.priority.value: (row.first_reply_minutes, row.resolution_minutes) for row in rows}
    assert told == {"urgent": (60, 480), "high": (150, None)}
    assert "2:30" in (await admin.client.get("/ajustes/prazos")).text
    await sent(admin, "/ajustes/prazos/excluir", nome="Padrão")


async def test_texts_macros_and_fields(api: Api) -> None:
    admin = await sign_in(api, "Ágata Conceição", Role.ADMIN)
    await refused(
        admin, "/ajustes/textos", "{{signo}}", nome="Saudação", texto="Olá, {{signo}}, tudo bem?"
    )
    await sent(admin, "/ajustes/textos", nome="Saudação", texto="Olá, {{cliente}}.")
    assert (await only(api, sa.select(ReplyTemplate))).body == "Olá, {{cliente}}."
    macro = {"nome": "Encerrar", "resposta": "Resolvido.", "etiquetas": "ok, fim"}
    await sent(admin, "/ajustes/textos/macros", **macro, assumir="true", situacao="resolved")
    assert [step["do"] for step in (await only(api, sa.select(Macro))).steps] == [
        "assign", "reply", "tag", "move",
    ]  # fmt: skip
    page = (await admin.client.get("/ajustes/textos")).text
    assert "muda para resolvido" in page
    await refused(admin, "/ajustes/textos/macros", "passo", nome="Vazia")
    await sent(admin, "/ajustes/textos/macros/excluir", nome="Encerrar")
    await sent(admin, "/ajustes/textos/excluir", nome="Saudação")

    field = {"identificador": "lotacao", "nome": "Lotação", "tipo": "choice"}
    await refused(admin, "/ajustes/campos", "finalidade", **field, opcoes="Sede\nCampus")
    why = {"finalidade": "dirigir o chamado à unidade certa"}
    await sent(admin, "/ajustes/campos", **field, **why, opcoes="Sede\nCampus\n")
    made = await only(api, sa.select(CustomerField))
    assert made.choices == ["Sede", "Campus"]
    await sent(admin, "/ajustes/campos/lotacao", nome="Unidade", **why, opcoes="Sede\nCampus\nPolo")
    await sent(admin, "/ajustes/campos/lotacao/arquivar")
    assert "Unidade" not in (await admin.client.get("/ajustes/campos")).text


async def test_health_and_models_say_what_is_there(
    api: Api, settings: Settings, database: Database
) -> None:
    admin = await sign_in(api, "Ágata Conceição", Role.ADMIN)
    examined = await admin.client.get("/ajustes/saude/exame")
    assert examined.status_code == 200
    assert "O relógio" in examined.text
    part = await admin.client.get("/ajustes/saude/exame", headers={"HX-Request": "true"})
    assert "<html" not in part.text
    await refused(admin, "/ajustes/modelos/testar", "COGEP_LLM_URL", tipo="chat")
    await refused(admin, "/ajustes/modelos/testar", "COGEP_EMBED_URL", tipo="embeddings")
    await refused(admin, "/ajustes/modelos/testar", "COGEP_RERANK_URL", tipo="rerank")


async def test_a_model_that_is_set_is_tried(
    settings: Settings, database: Database, tmp_path: Path
) -> None:
    from api import running_api

    async with chat_server() as server:
        server.says(lambda _asked: "Sim, estou funcionando.")
        given = {"llm_url": server.url, "llm_model": "pequeno", "llm_provider": "own"}
        given["rerank_path"] = save_reranker(tmp_path, {"ferias": 9.0})
        async with running_api(settings.model_copy(update=given), database) as api:
            admin = await sign_in(api, "Ágata Conceição", Role.ADMIN)
            tried = await post(admin, "/ajustes/modelos/testar", tipo="chat")
            ranked = await post(admin, "/ajustes/modelos/testar", tipo="rerank")
    assert tried.status_code == 200
    assert "a primeira é a do texto que responde" in ranked.text
    assert "Sim, estou funcionando." in tried.text


@pytest.mark.parametrize(
    "name", ["..%2Fsecret.key", "secret.key", "cogep-2026-01-01-000000.cogepbk"]
)
async def test_only_copies_are_handed_out(api: Api, name: str) -> None:
    admin = await sign_in(api, "Ágata Conceição", Role.ADMIN)
    assert (await post(admin, f"/ajustes/copias/{name}/baixar")).status_code == 404
