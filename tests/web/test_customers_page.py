"""The pages of customers and reports: found, looked at, changed, united, imported, counted."""

import re
from typing import Any

import httpx2
import pytest
import sqlalchemy as sa
from api import Api
from browser_session import HTML, words
from desk_sample import DeskSample, fill_desk
from signed_in import Person, sign_in
from uuid_utils.compat import uuid7

from cogep_assist.core.config import load_settings
from cogep_assist.core.models import (
    AuditEvent,
    ConsentAct,
    ConsentChannel,
    ConsentEvent,
    ConsentPurpose,
    CustomerImport,
    PurposeVersion,
    Role,
)
from cogep_assist.core.principal import SYSTEM
from cogep_assist.crm_service.customers.customer_import import run_import
from cogep_assist.lgpd_service.keeping.legal_holds import place_hold
from cogep_assist.web.charts import bar_chart, column_chart

PART = HTML | {"HX-Request": "true"}
UNKNOWN = "019a0000-0000-7000-8000-000000000000"


@pytest.fixture
async def sample(api: Api) -> DeskSample:
    return await fill_desk(api.database)


@pytest.fixture
async def admin(api: Api) -> Person:
    return await sign_in(api, "Zélia Assunção", Role.ADMIN)


async def page(who: Person, address: str, status: int = 200) -> str:
    reply = await who.client.get(address, headers=HTML)
    assert reply.status_code == status, f"{address}: {reply.status_code}\n{words(reply.text)}"
    return reply.text


async def send(who: Person, address: str, **fields: Any) -> httpx2.Response:
    return await who.client.post(address, data=fields, headers=HTML)


async def test_customers_are_found_however_they_are_named(
    api: Api, sample: DeskSample, admin: Person
) -> None:
    every = await page(admin, "/clientes")
    assert "***.444.777-**" in every
    assert "111.444.777-35" not in every
    for query, found in (
        ("joao conceicao", "João da Conceição Araújo"),
        ("529.982.247-25", "Ângela Muniz Gonçalves"),
        ("11.222.333/0001-81", "Instituto Açaí de Pesquisa"),
        ("91 8123-4567", "João da Conceição Araújo"),
        ("angela@exemplo.gov.br", "Ângela Muniz Gonçalves"),
        ("2026.000002-8", "Ângela Muniz Gonçalves"),
    ):
        assert found in words(await page(admin, f"/clientes?q={query}")), query
    assert "Ninguém encontrado" in words(await page(admin, "/clientes?q=zzzzqqq"))
    assert "João" not in await page(admin, "/clientes?tipo=organization")
    requester = await sign_in(api, "Davi", Role.REQUESTER)
    for address in ("/clientes", f"/clientes/{sample.customers[0]}", "/relatorios"):
        await page(requester, address, 403)
    agent = await sign_in(api, "Elis", Role.AGENT)
    assert "/crm/customers/export" not in await page(agent, "/clientes")
    await page(agent, "/clientes/importar", 403)


async def test_what_stands_beside_a_customer_is_told(
    api: Api, sample: DeskSample, admin: Person
) -> None:
    who = sample.customers[0]
    purpose, version = uuid7(), uuid7()
    async with api.database.begin() as session:
        session.add(ConsentPurpose(id=purpose, key="pesquisa", current_version=1))
        await session.flush()
        session.add(
            PurposeVersion(
                id=version,
                purpose_id=purpose,
                version=1,
                title="Pesquisa de satisfação",
                text="Perguntamos como foi.",
                consequences="Nada muda.",
                sha256=b"x",
                published_by="system",
            )
        )
        await session.flush()
        said = {"customer_id": who, "purpose_id": purpose, "version_id": version}
        session.add(
            ConsentEvent(
                **said, act=ConsentAct.GRANTED, channel=ConsentChannel.PAPER, actor="system"
            )
        )
        await place_hold(session, SYSTEM, reason="Processo 12/2026", customer_id=who)
    ticket = f"/crm/tickets/{sample.tickets[0]}"
    files = [("file", ("folha de ponto.txt", b"dia 1", "text/plain"))]
    sent = await admin.client.post(f"{ticket}/attachments", files=files, data={"body": "Segue."})
    assert sent.status_code == 201, sent.text
    beside = words(await page(admin, f"/clientes/{who}/ligados"))
    assert "folha de ponto.txt" in beside
    assert "Pesquisa de satisfação consentiu" in beside
    listed = words(await page(admin, "/clientes"))
    assert "Em guarda" in listed
    assert "Consentiu" in listed
    assert "Instituto Açaí de Pesquisa" in words(await page(admin, "/clientes?q=joao conceicao"))
    assert "não se altera nem se apaga" in words(await page(admin, f"/clientes/{who}"))


async def test_a_profile_masks_reveals_and_tells_what_happened(
    api: Api, sample: DeskSample, admin: Person
) -> None:
    here = f"/clientes/{sample.customers[0]}"
    text = await page(admin, here)
    shown = words(text)
    for wanted in (
        "***.444.777-**",
        "Trabalha em Instituto Açaí de Pesquisa desde 2019",
        "(91) 98123-4567",
        "Cadastro criado",
        "Chamado aberto",
    ):
        assert wanted in shown, wanted
    assert "111.444.777-35" not in text
    beside = words(await page(admin, f"{here}/ligados"))
    assert "Possíveis duplicados (1)" in beside
    assert "mesmo telefone" in beside
    assert "Não consigo marcar as férias" in beside
    assert (await send(admin, f"{here}/revelar", motivo="é")).status_code == 422
    seen = await send(admin, f"{here}/revelar", motivo="conferência do cadastro")
    assert "111.444.777-35" in seen.text
    assert seen.headers["cache-control"] == "no-store"
    part = await admin.client.post(f"{here}/revelar", data={"motivo": "conferência"}, headers=PART)
    assert words(part.text) == "111.444.777-35"
    async with api.database.begin() as session:
        acts = sa.select(sa.func.count()).where(AuditEvent.act == "customer_cpf_revealed")
        assert await session.scalar(acts) == 2
    history = words(await page(admin, here))
    assert "CPF mostrado por inteiro: conferência do cadastro" in history
    other = f"/clientes/{sample.customers[1]}"
    related = {"relacao": "relative_of", "outro": "529.982.247-25"}
    assert (await send(admin, f"{here}/relacoes", **related)).status_code == 303
    assert "João da Conceição" in words(await page(admin, other))
    removal = re.search(rf'action="({here}/relacoes/[^"]+/remover)"', await page(admin, here))
    assert removal is not None
    assert (await send(admin, removal.group(1))).status_code == 303
    assert (await send(admin, f"{here}/relacoes", relacao="x", outro="joao")).status_code == 422
    await page(admin, f"/clientes/{UNKNOWN}", 404)
    gone = await send(admin, f"{other}/remover", revisao="1")
    assert gone.headers["location"] == "/clientes"
    await page(admin, other, 404)


async def test_a_customer_is_made_and_changed_and_nothing_typed_is_lost(
    api: Api, sample: DeskSample, admin: Person
) -> None:
    contacts = {
        "contato_tipo": ["email", "phone"],
        "contato": ["lia@exemplo.com", "(11) 98888-7777"],
        "contato_nota": ["casa", ""],
        "principal": "0",
    }
    bad = {"kind": "person", "name": "Lia Ñandu", "cpf": "111.111.111-11", "city": "Ilhéus"}
    refused = await send(admin, "/clientes/novo", **bad, **contacts)
    assert refused.status_code == 422
    assert "não é um CPF válido" in words(refused.text)
    assert 'value="Ilhéus"' in refused.text
    assert 'value="lia@exemplo.com"' in refused.text
    taken = await send(admin, "/clientes/novo", **bad | {"cpf": "529.982.247-25"})
    assert taken.status_code == 409
    assert f'href="/clientes/{sample.customers[1]}"' in taken.text
    made = await send(admin, "/clientes/novo", **bad | {"cpf": ""}, **contacts)
    assert made.status_code == 303
    here = made.headers["location"]
    form = await page(admin, f"{here}/editar")
    assert 'value="(11) 98888-7777"' in form
    change = {"kind": "person", "name": "Lia Ñandu", "city": "Itabuna", "tags": "vip", **contacts}
    saved = await send(admin, f"{here}/editar", revisao="1", **change)
    assert saved.headers["location"] == here
    stale = await send(admin, f"{here}/editar", revisao="1", **change | {"city": "Canavieiras"})
    assert stale.status_code == 412
    assert 'value="Canavieiras"' in stale.text
    assert "Outra pessoa mudou este cadastro" in words(stale.text)
    assert 'name="revisao" value="2"' in stale.text
    shown = words(await page(admin, here))
    assert "Itabuna" in shown
    assert "lia@exemplo.com casa principal" in shown
    assert (await send(admin, f"/clientes/{UNKNOWN}/editar", **change)).status_code == 404


async def test_duplicates_are_compared_united_and_parted_again(
    sample: DeskSample, admin: Person
) -> None:
    kept, other = sample.customers[0], sample.customers[2]
    pairs = words(await page(admin, "/clientes/duplicados"))
    assert "mesmo telefone" in pairs
    side = await page(admin, f"/clientes/{kept}/unir?com={other}")
    assert "***.444.777-**" in side
    assert "2 contatos" in words(side)
    united = await send(
        admin,
        f"/clientes/{kept}/unir",
        com=other,
        **{"campo.name": "loser", "campo.cpf": "winner"},
    )
    assert united.headers["location"].startswith(f"/clientes/{kept}?uniao=")
    text = await page(admin, f"/clientes/{kept}")
    assert "<h1>Joao Conceicao de Araujo</h1>" in text
    led = await admin.client.get(f"/clientes/{other}", headers=HTML)
    assert led.headers["location"] == f"/clientes/{kept}"
    undo = re.search(r'action="(/clientes/unioes/[^"]+/desfazer)"', text)
    assert undo is not None
    assert (await send(admin, undo.group(1))).headers["location"] == f"/clientes/{kept}"
    assert "<h1>João da Conceição Araújo</h1>" in await page(admin, f"/clientes/{kept}")
    await page(admin, f"/clientes/{other}")
    bad = await send(admin, f"/clientes/{kept}/unir", com=other, **{"campo.name": "ambos"})
    assert bad.status_code == 422
    pair = {"um": kept, "outro": other}
    assert (await send(admin, "/clientes/duplicados/descartar", **pair)).status_code == 303
    assert "Nenhum duplicado à vista" in words(await page(admin, "/clientes/duplicados"))


async def test_a_file_is_tried_mapped_imported_and_taken_back(api: Api, admin: Person) -> None:
    lines = "Quem é;Documento\nRosa Luz;529.982.247-25\nInválido;123\n"
    assert (await send(admin, "/clientes/importar", colado=" ")).status_code == 422
    started = await send(admin, "/clientes/importar", colado=lines)
    here = started.headers["location"]
    running = await page(admin, here)
    assert "<progress" in running
    import_id = await _run(api)
    unnamed = await page(admin, here)
    assert "Falta dizer qual coluna traz o nome" in words(unnamed)
    assert f"{here}/aplicar" not in unnamed
    assert (await send(admin, f"{here}/aplicar")).status_code == 422
    columns = {"coluna.0": "name", "coluna.1": "document", "repetidos": "skip"}
    assert (await send(admin, f"{here}/colunas", **columns)).headers["location"] == here
    await _run(api)
    preview = words(await page(admin, here))
    assert "1 Criado" in preview
    assert "1 Recusado" in preview
    assert "só a prévia" in preview
    assert "não é um CPF válido" in preview
    assert "Ninguém encontrado" in words(await page(admin, "/clientes?q=rosa"))
    assert (await send(admin, f"{here}/aplicar")).headers["location"] == here
    await _run(api)
    assert "Desfazer a importação" in words(await page(admin, here))
    assert "Rosa Luz" in words(await page(admin, "/clientes?q=rosa"))
    assert str(import_id) in await page(admin, "/clientes/importar")
    assert (await send(admin, f"{here}/desfazer")).headers["location"] == here
    assert "Ninguém encontrado" in words(await page(admin, "/clientes?q=rosa"))
    await page(admin, f"/clientes/importar/{UNKNOWN}", 404)
    upload = await admin.client.post(
        "/clientes/importar",
        files={"arquivo": ("lista.csv", "Nome\nÍsis\n".encode("latin-1"), "text/csv")},
        headers=PART,
    )
    assert upload.status_code == 204
    assert "lista.csv" in await page(admin, upload.headers["hx-redirect"])


async def test_reports_draw_what_their_table_says(sample: DeskSample, admin: Person) -> None:
    text = await page(admin, "/relatorios")
    shown = words(text)
    assert "7 Abertos" in shown
    assert "5,0 Nota média, de 1 avaliação" in shown
    for figure in re.findall(r"<svg viewBox=\"0 0 480.*?</svg>", text, re.DOTALL):
        assert 'role="img"' in figure
        assert "<title " in figure
        assert "<desc " in figure
    assert text.count('class="chart"') == 6
    for by, row in (("agent", "Bruno Araújo"), ("tag", "férias"), ("priority", "alta")):
        assert row in words(await page(admin, f"/relatorios?por={by}")), by
    for by in ("day", "week", "month"):
        await page(admin, f"/relatorios?por={by}&dias=90")
    old = words(await page(admin, "/relatorios?de=2020-01-01&ate=2020-01-31"))
    assert "Nenhum chamado neste período" in old
    # What waits now is told all the same, but by time, where no line is its own.
    assert "Em aberto agora por fila" in old
    old = words(await page(admin, "/relatorios?de=2020-01-01&ate=2020-01-31&por=month"))
    assert "Em aberto agora" not in old
    for bad in ("de=x", "de=2026-02-02&ate=2026-01-01", "de=2000-01-01&ate=2026-01-01"):
        await page(admin, f"/relatorios?{bad}", 422)
    link = re.search(r'href="(/crm/reports/tickets\.csv[^"]+)"', text)
    assert link is not None
    csv = await admin.client.get(link.group(1).replace("&amp;", "&"))
    # One person's tickets are no statistics: groups of fewer than five are left out, and told.
    assert csv.text.startswith("\ufeffGrupo;Pessoas;")
    assert "grupo pequeno" in csv.text
    assert "Pessoal" not in csv.text


def test_charts_hold_what_they_are_given_and_say_it_in_words() -> None:
    assert bar_chart("x", "Nada", [("a", None, "")]) is None
    assert column_chart("x", "Nada", [], ("Um", "Dois")) is None
    bars = bar_chart("x", "Filas", [(f"Fila {n}", float(n), f"{n} h") for n in range(30)])
    assert bars is not None
    assert len(bars.bars) == 20
    assert "E mais 10, na tabela." in bars.description
    assert all(bar.x + bar.width <= bars.width for bar in bars.bars)
    share = bar_chart("x", "Prazo", [("A", 0.5, "50 %"), ("B", 1.0, "100 %")], top=1.0)
    assert share is not None
    assert share.bars[0].width * 2 == share.bars[1].width
    for most in (0, 1, 3, 99, 1000, 123_456):
        columns = column_chart("x", "Volume", [("01/02", most, 0)] * 400, ("Abertos", "Resolvidos"))
        assert columns is not None
        assert all(bar.y >= 0 and bar.y + bar.height <= columns.height for bar in columns.bars)
        labels = [bar for bar in columns.bars if bar.label]
        assert len(labels) < 12


async def _run(api: Api) -> Any:
    """Do what the worker would."""
    async with api.database.begin() as session:
        newest = sa.select(CustomerImport.id).order_by(CustomerImport.id.desc()).limit(1)
        import_id = await session.scalar(newest)
    assert import_id is not None
    await run_import(api.database, load_settings(), SYSTEM, import_id)
    return import_id
