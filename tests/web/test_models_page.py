"""Ajustes, Modelos: chosen on the page, sealed, in use at once, and never more than may be."""

import json
from ipaddress import ip_address

import pytest
import sqlalchemy as sa
from api import Api, running_api
from chat_server import chat_server
from signed_in import Person, sign_in
from vector_service import vector_service

from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.model_choices import settings_in_force, unseal_key
from cogep_assist.core.models import (
    AuditEvent,
    ModelChoice,
    ModelKind,
    Role,
    VectorSpace,
    VectorState,
)
from cogep_assist.integrations.http_policy import policy_for_pinned
from cogep_assist.worker_service.process import drain_once

HREF = "/ajustes/modelos"
KEY = "sk-segredo-de-teste"


async def post(who: Person, href: str = HREF, **fields: str) -> tuple[int, str]:
    token = who.client.headers["X-CSRF-Token"]
    reply = await who.client.post(href, data={"csrf_token": token, **fields})
    return reply.status_code, reply.text


def listening(settings: Settings, *addresses: str) -> Settings:
    hosts = [address.split("//")[1].split("/")[0] for address in addresses]
    return settings.model_copy(update={"model_hosts": hosts})


async def test_a_chosen_model_is_sealed_used_at_once_and_forgotten(
    settings: Settings, database: Database
) -> None:
    async with chat_server() as server:
        server.says("Sim, estou funcionando.")
        form = {"tipo": "chat", "endereco": server.url, "modelo": "pequeno", "de_quem": "own"}
        async with running_api(listening(settings, server.url), database) as api:
            admin = await sign_in(api, "Ágata Conceição", Role.ADMIN)
            status, told = await post(admin, f"{HREF}/testar", **form)
            assert (status, await _rows(database)) == (200, [])
            assert "Sim, estou funcionando." in told
            assert (await post(admin, **form, chave=KEY))[0] == 303
            edge = api.app.state.edge
            assert edge.writer.model_name == "pequeno"
            assert server.web.hits[-1].headers["authorization"] == f"Bearer {KEY}"
            page = (await admin.client.get(HREF)).text
            assert "em uso" in page
            assert KEY not in page
            (row,) = await _rows(database)
            assert row.api_key is not None
            assert KEY.encode() not in row.api_key
            # Without a key typed anew the same server keeps it; another one never sees it.
            assert (await post(admin, **form | {"modelo": "maior"}))[0] == 303
            assert server.web.hits[-1].headers["authorization"] == f"Bearer {KEY}"
            other = form | {"endereco": "https://modelos.exemplo.org/v1"}
            status, told = await post(admin, **other)
            assert (status, "não vai a outro servidor" in told) == (409, True)
            assert (await post(admin, f"{HREF}/parar", tipo="chat"))[0] == 303
            assert (edge.writer, await _rows(database)) == (None, [])
            async with database.begin() as session:
                acts = await session.execute(
                    sa.select(AuditEvent.act, AuditEvent.details).where(
                        AuditEvent.object_type == "model"
                    )
                )
            told_acts = [tuple(act) for act in acts]
        assert [act for act, _ in told_acts] == ["model_chosen", "model_chosen", "model_dropped"]
        assert KEY not in json.dumps([details for _, details in told_acts])


async def test_another_embedder_makes_its_vectors_in_the_background(
    settings: Settings, database: Database
) -> None:
    from published import publish

    await publish(database, "As férias são de trinta dias.\n\nO crachá fica na portaria.", "Guia")
    async with vector_service() as web:
        url = web.url("/v1")
        form = {"tipo": "embeddings", "endereco": url, "modelo": "significados", "de_quem": "own"}
        running = listening(settings, url)
        async with running_api(running, database) as api:
            admin = await sign_in(api, "Ágata Conceição", Role.ADMIN)
            assert (await post(admin, **form))[0] == 303
            assert "começam a ser feitos" in (await admin.client.get(HREF)).text
            await drain_once(running, database)
            part = (await admin.client.get(f"{HREF}/vetores")).text
            assert "significados" in part
            assert "em uso" in part
            assert "every 5s" not in part
    async with database.begin() as session:
        (space,) = await session.scalars(sa.select(VectorSpace))
    assert space.state is VectorState.READY


@pytest.mark.parametrize("kind", list(ModelKind))
async def test_the_page_reaches_no_more_than_it_may(api: Api, kind: ModelKind) -> None:
    admin = await sign_in(api, "Ágata Conceição", Role.ADMIN)
    form = {"tipo": kind.value, "modelo": "m", "de_quem": "own"}
    for address, code in (
        ("http://169.254.169.254/latest", "rede interna"),
        ("http://127.0.0.1:5432/v1", "rede interna"),
        ("http://2130706433:6379/v1", "rede interna"),
        ("http://[::1]:9200/v1", "rede interna"),
        ("http://intranet/v1", "rede interna"),
        ("http://modelos.exemplo.org/v1", "https://"),
        ("ftp://modelos.exemplo.org/v1", "http"),
        ("https://a:b@modelos.exemplo.org/v1", "senha"),
        ("", ""),
    ):
        for href in (HREF, f"{HREF}/testar"):
            status, told = await post(admin, href, **form, endereco=address)
            assert 400 <= status < 500, (address, status)
            assert code in told, (address, code)
    assert await _rows(api.database) == []


async def test_what_the_server_sets_wins_and_nobody_else_gets_in(
    settings: Settings, database: Database
) -> None:
    async with chat_server() as server:
        given = {"llm_url": server.url, "llm_model": "do-servidor", "llm_provider": "own"}
        async with running_api(settings.model_copy(update=given), database) as api:
            admin = await sign_in(api, "Ágata Conceição", Role.ADMIN)
            curator = await sign_in(api, "Caetano Brandão", Role.CURATOR)
            form = {"tipo": "chat", "endereco": server.url, "modelo": "outro", "de_quem": "own"}
            status, told = await post(admin, **form)
            assert (status, "o que o servidor define vale" in told) == (409, True)
            assert "definido no servidor" in (await admin.client.get(HREF)).text
            for href in (HREF, f"{HREF}/testar", f"{HREF}/parar"):
                assert (await post(curator, href, **form))[0] == 403
            assert (await curator.client.get(HREF)).status_code == 403
            assert (await api.anonymous().get(HREF)).status_code == 401
            assert (await post(admin, tipo="outro"))[0] == 422
    assert server.asked == []


async def test_an_external_model_waits_for_the_registry(api: Api) -> None:
    admin = await sign_in(api, "Ágata Conceição", Role.ADMIN)
    form = {"tipo": "rerank", "endereco": "https://modelos.exemplo.org/v1", "de_quem": "external"}
    status, told = await post(admin, **form)
    assert status >= 400
    assert "Está salvo e em uso, mas o teste não deu certo" in told
    page = (await admin.client.get(HREF)).text
    assert "Até lá, nada sai" in page
    async with api.database.begin() as session:
        (row,) = await session.scalars(sa.select(ModelChoice))
        assert unseal_key(row) is None
        # Under another master key a sealed key is unreadable: the rest of the product runs on.
        row.api_key = b"\x01" + bytes(40)
    async with api.database.begin() as session:
        settings = await settings_in_force(api.app.state.edge.settings, session)
    assert not settings.has_model("rerank")


async def _rows(database: Database) -> list[ModelChoice]:
    async with database.begin() as session:
        return list(await session.scalars(sa.select(ModelChoice)))


def test_a_name_that_turns_internal_is_refused_at_each_connection() -> None:
    url = "https://modelos.exemplo.org/v1/rerank"
    public, internal = ip_address("93.184.216.34"), ip_address("10.0.0.5")
    chosen = policy_for_pinned(url, internal=False)
    chosen.check_addresses("modelos.exemplo.org", 443, [public])
    with pytest.raises(AppError, match="address_not_public"):
        chosen.check_addresses("modelos.exemplo.org", 443, [public, internal])
    # Who runs the server may name any endpoint of the organisation's network.
    policy_for_pinned(url).check_addresses("modelos.exemplo.org", 443, [internal])
