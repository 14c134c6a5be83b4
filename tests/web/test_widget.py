"""The question box in other sites: who may frame it, what its visitors may do, and nothing more."""

import json
from typing import Any
from uuid import UUID

import httpx2
import sqlalchemy as sa
from api import Api, running_api
from published import publish

from cogep_assist.access_service.site_schemas import SiteBody, SiteChange
from cogep_assist.access_service.sites import add_site, change_site
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.models import AnswerFeedback, Conversation, SiteVisit, Ticket, TicketEntry
from cogep_assist.core.principal import SYSTEM
from cogep_assist.core.site_origins import canonical_origin, is_listed, origin_of

OPEN_TEXT = "O adicional de férias corresponde a um terço da remuneração do mês."
SECRET_TEXT = "O código do cofre da diretoria é guardado pela chefia de gabinete."
TABLE = """Calendário de pagamento de 2026, por folha, com a data em que o crédito cai na conta.

Folha | Data do crédito | Quem confere
novembro | 27/11/2026 | Coordenação de Pagamento
dezembro | 18/12/2026 | Coordenação de Cadastro"""
BROWSER = {"Sec-Fetch-Site": "same-origin"}
MAX_BYTES = 40_000


async def site_of(api: Api, **fields: Any) -> str:
    body = SiteBody(name=fields.pop("name", "Portal"), origins=["https://portal.gov.br"], **fields)
    async with api.database.begin() as session:
        return str(await add_site(session, SYSTEM, body))


async def visitor(api: Api, site: str) -> httpx2.AsyncClient:
    client = api.anonymous(headers=BROWSER)
    reply = await client.post(f"/widget/{site}/visitas", json={"consent_version": 1})
    assert reply.status_code == 201, reply.text
    client.headers["Authorization"] = f"Visit {reply.json()['token']}"
    return client


async def ask(client: httpx2.AsyncClient, question: str, **more: Any) -> dict[str, Any]:
    reply = await client.post("/widget/perguntar", json={"question": question, **more})
    assert reply.status_code == 200, reply.text
    *_, last = [part for part in reply.text.split("\n\n") if part.startswith("event: done")]
    told: dict[str, Any] = json.loads(last.partition("data: ")[2])
    return told


async def test_only_listed_sites_may_frame_it(api: Api) -> None:
    site = await site_of(api)
    client = api.anonymous()

    async def framed(**headers: str) -> httpx2.Response:
        return await client.get(f"/widget/{site}", headers={"Sec-Fetch-Dest": "iframe", **headers})

    page = await framed(Referer="https://portal.gov.br/")
    assert page.status_code == 200
    policy = page.headers["content-security-policy"]
    assert policy.endswith("frame-ancestors https://portal.gov.br")
    assert "unsafe" not in policy
    assert "x-frame-options" not in page.headers
    assert page.headers["cross-origin-resource-policy"] == "cross-origin"
    for other in (
        "https://portal.gov.br.golpe.com/",
        "https://outro.gov.br/",
        "http://portal.gov.br/",
        "https://portal.gov.br:8443/",
        "nada",
    ):
        refused = await framed(Referer=other)
        assert refused.status_code == 403, other
        assert refused.json()["error"]["code"] == "site_origin_refused"
        assert "frame-ancestors 'none'" in refused.headers["content-security-policy"]
        assert refused.headers["x-frame-options"] == "DENY"
    # A browser that says nothing of the page around is held by frame-ancestors alone.
    assert (await framed()).headers["content-security-policy"] == policy
    assert (await client.get("/widget/019a0000-0000-7000-8000-000000000000")).status_code == 404
    assert (await client.get("/widget/nada")).status_code == 422


async def test_the_line_loads_a_small_script_that_any_site_may_load(api: Api) -> None:
    site = await site_of(api)
    client = api.anonymous(headers={"Accept-Encoding": "identity"})
    script = await client.get("/widget.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert script.headers["cross-origin-resource-policy"] == "cross-origin"
    assert script.headers["access-control-allow-origin"] == "*"
    assert "max-age=3600" in script.headers["cache-control"]
    again = await client.get("/widget.js", headers={"If-None-Match": script.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    page = await client.get(f"/widget/{site}")
    parts = [part.split('"')[0] for part in page.text.split('"/estatico/')[1:]]
    sizes = [len((await client.get(f"/estatico/{part}")).content) for part in parts]
    whole = len(script.content) + len(page.content) + sum(sizes)
    assert len(parts) == 3
    assert whole < MAX_BYTES, f"{whole} bytes"
    # Neither evaluates text, makes markup of it, or needs a style that a strict policy refuses.
    for name in ("widget.js", "widget-frame.js"):
        text = (await client.get(f"/estatico/js/{name}")).text
        for word in (
            "innerHTML",
            "outerHTML",
            "insertAdjacent",
            "document.write",
            "eval(",
            "<style",
        ):
            assert word not in text.replace("where <style>", ""), f"{name}: {word}"


async def test_a_visitor_asks_from_public_documents_and_reaches_a_person(api: Api) -> None:
    await publish(
        api.database, OPEN_TEXT, "Guia <b>do adicional</b>", public=True, uri="/srv/a.txt"
    )
    await publish(api.database, SECRET_TEXT, "Interno", collection="gabinete")
    site = await site_of(api)
    ana, bruno = await visitor(api, site), await visitor(api, site)
    told = await ask(ana, "Quanto é o adicional de férias?")
    assert not told["abstained"]
    assert told["citations"][0]["quote"] == OPEN_TEXT
    # Where a file lies on the server is nobody's business outside.
    assert told["citations"][0]["href"] is None
    unknown = await ask(ana, "Quem guarda o código do cofre da diretoria?")
    assert unknown["abstained"]
    assert "Nenhum documento fala de “guarda”, “código” nem de “cofre”." in unknown["lacking"]
    # Another visitor goes on with nobody's conversation, rates nobody's answer, hands on none.
    answer, conversation = told["answer_id"], told["conversation_id"]
    for path, body in (
        ("/widget/perguntar", {"question": "E as férias?", "conversation_id": conversation}),
        ("/widget/avaliar", {"answer_id": answer, "rating": "up"}),
        ("/widget/chamado", {"text": "Ajuda", "answer_id": answer}),
    ):
        assert (await bruno.post(path, json=body)).status_code == 404, path
    rated = await ana.post("/widget/avaliar", json={"answer_id": answer, "rating": "down"})
    assert rated.status_code == 204
    # Only who said it takes it back; done twice, it is done.
    assert (await bruno.delete(f"/widget/avaliar/{answer}")).status_code == 404
    assert (await api.anonymous().delete(f"/widget/avaliar/{answer}")).status_code == 401
    for kept in (1, 0, 0):
        async with api.database.begin() as session:
            count = sa.select(sa.func.count()).select_from(AnswerFeedback)
            assert await session.scalar(count) == kept
        assert (await ana.delete(f"/widget/avaliar/{answer}")).status_code == 204
    body = {"text": "Não entendi o terço.", "answer_id": answer, "name": "Ana Conceição"}
    opened = await ana.post("/widget/chamado", json=body)
    assert opened.status_code == 201
    async with api.database.begin() as session:
        ticket = (await session.scalars(sa.select(Ticket))).one()
        entry = (await session.scalars(sa.select(TicketEntry))).one()
    assert ticket.protocol == opened.json()["protocol"]
    assert ticket.handover is not None
    assert ticket.handover["question"] == "Quanto é o adicional de férias?"
    # Nobody has checked the name: the ticket is no customer's, and says so.
    assert ticket.customer_id is None
    assert entry.body.endswith("(não verificado): Ana Conceição")
    shown = await api.anonymous(headers={"Accept": "text/html"}).post(
        "/acompanhar",
        data={"protocolo": opened.json()["protocol"], "codigo": opened.json()["code"]},
    )
    assert "Não entendi o terço." in shown.text
    for blank in ("   ", "\x00"):
        body = {"text": blank, "answer_id": answer}
        assert (await ana.post("/widget/chamado", json=body)).status_code == 422, repr(blank)
    alone = await ana.post("/widget/chamado", json={"text": "Preciso de ajuda " * 30})
    assert alone.status_code == 201


async def test_a_visitor_sees_tables_and_what_was_asked_for(api: Api) -> None:
    await publish(api.database, TABLE, "Calendário da folha", public=True)
    ana = await visitor(api, await site_of(api))
    told = await ask(ana, "Qual é a data do crédito da folha de novembro?")
    table = next(block for block in told["blocks"] if block["kind"] == "table")
    head, row = table["lines"][:2]
    assert (head["head"], [cell[0] for cell in head["cells"]]) == (
        True, ["Folha", "Data do crédito", "Quem confere"],
    )  # fmt: skip
    assert row["head"] is False
    assert row["cells"][:2] == [["novembro", "", ""], ["", "27/11/2026", ""]]
    assert row["citations"]
    rows = "\n".join(f"{n:02}/03/2026 | Feriado {n}" for n in range(1, 15))
    await publish(api.database, f"Data | Feriado\n{rows}", "Feriados de 2026", public=True)
    (whole,) = (await ask(ana, "Quais são os feriados de 2026?"))["blocks"]
    assert [line["cells"][0][0] for line in whole["lines"][:2]] == ["Data", "01/03/2026"]
    assert (len(whole["lines"]), whole["more"]) == (13, "… e mais 2 linhas desta tabela na fonte")
    said = "O recesso do órgão começa em 21 de dezembro de 2026."
    await publish(api.database, said, "Aviso", public=True)
    (prose,) = (await ask(ana, "Quando começa o recesso do órgão?"))["blocks"]
    (sentence,) = prose["lines"][0]
    assert (prose["kind"], "".join(sentence["parts"])) == ("text", said)
    assert sentence["parts"][1] == "21 de dezembro de 2026"


async def test_documents_that_say_two_things_are_named(api: Api) -> None:
    said = "O pedido de remoção é feito no Portal do Servidor em até {} dias da publicação."
    for days, title in ((10, "Perguntas de 2024"), (15, "Perguntas de 2026")):
        await publish(api.database, said.format(days), title, public=True)
    ana = await visitor(api, await site_of(api))
    told = await ask(ana, "Em quantos dias é feito o pedido de remoção?")
    assert sorted(one["quote"] for one in told["citations"]) == [said.format(10), said.format(15)]
    assert told["notice"].startswith("Os documentos não dizem o mesmo sobre isso: “Perguntas de ")
    assert "“Perguntas de 2024” [" in told["notice"]


async def test_a_visit_opens_no_other_door_and_ends_with_its_site(api: Api) -> None:
    site = await site_of(api, opens_tickets=False)
    client = await visitor(api, site)
    for path in ("/documents", "/crm/tickets", "/openapi.json", "/jobs", "/ajustes", "/perguntar"):
        assert (await client.get(path)).status_code in {401, 404, 303}, path
    asked = await client.post("/ask", json={"question": "Oi?"})
    assert asked.json()["error"]["code"] == "not_authenticated"
    refused = await client.post("/widget/chamado", json={"text": "Ajuda"})
    assert refused.json()["error"]["code"] == "role_not_allowed"
    # Another site's page may not use a token, however it came by it.
    for site_name in ("cross-site", "same-site"):
        from_there = await client.post(
            "/widget/perguntar", json={"question": "Oi?"}, headers={"Sec-Fetch-Site": site_name}
        )
        assert from_there.json()["error"]["code"] == "origin_refused"
    stale = await api.anonymous().post(f"/widget/{site}/visitas", json={"consent_version": 7})
    assert (stale.status_code, stale.json()["error"]["code"]) == (409, "site_consent_changed")
    assert (await client.post("/widget/perguntar", json={"question": ""})).status_code == 422
    assert (await client.post("/widget/perguntar", json={"question": "\x00"})).status_code == 422
    async with api.database.begin() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(Conversation)) == 0
        await change_site(session, SYSTEM, UUID(site), SiteChange(enabled=False))
    ended = await client.post("/widget/perguntar", json={"question": "Oi?"})
    assert (ended.status_code, ended.json()["error"]["code"]) == (401, "site_visit_ended")
    assert (await api.anonymous().get(f"/widget/{site}")).status_code == 404
    async with api.database.begin() as session:
        await change_site(session, SYSTEM, UUID(site), SiteChange(enabled=True))
        await session.execute(sa.update(SiteVisit).values(expires_at=sa.func.now()))
    assert (await client.post("/widget/perguntar", json={"question": "Oi?"})).status_code == 401


async def test_each_site_has_its_own_limit(api: Api) -> None:
    narrow = await site_of(api, name="Estreito", asks_per_minute=3)
    wide = await site_of(api, name="Largo")
    first, second = await visitor(api, narrow), await visitor(api, narrow)
    rating = {"answer_id": narrow, "rating": "up"}
    assert (await first.post("/widget/avaliar", json=rating)).status_code == 404
    over = await second.post("/widget/avaliar", json=rating)
    assert (over.status_code, over.json()["error"]["code"]) == (429, "rate_limited")
    assert int(over.headers["retry-after"]) > 0
    assert (
        await (await visitor(api, wide)).post("/widget/avaliar", json=rating)
    ).status_code == 404


async def test_an_address_is_limited_whatever_visits_it_opens(
    settings: Settings, database: Database
) -> None:
    few = settings.model_copy(update={"visit_rate": "3/minute"})
    async with running_api(few, database) as api:
        site = await site_of(api)
        first, second = await visitor(api, site), await visitor(api, site)
        assert (await first.post("/widget/perguntar", json={"question": "Oi?"})).status_code == 200
        over = await second.post("/widget/perguntar", json={"question": "Oi?"})
        assert (over.status_code, over.json()["error"]["code"]) == (429, "rate_limited")


def test_an_origin_is_scheme_host_and_port() -> None:
    for typed, kept in (
        (" HTTPS://Portal.Gov.BR/ ", "https://portal.gov.br"),
        ("https://portal.gov.br:443", "https://portal.gov.br"),
        ("http://intranet:8080", "http://intranet:8080"),
        ("https://*.orgao.gov.br", "https://*.orgao.gov.br"),
        ("https://ação.org", "https://xn--ao-siap.org"),
        ("https://*.gov.br", None),
        ("https://*.com", None),
        ("https://*", None),
        ("*", None),
        ("https://portal.gov.br/caminho", None),
        ("https://ana:senha@portal.gov.br", None),
        ("https://portal.gov.br;script-src *", None),
        ("https://portal.gov.br https://golpe.com", None),
        ("https://portal.gov.br\r\nX: y", None),
        ("https://portal.gov.br:99999", None),
        ("javascript:alert(1)", None),
        ("null", None),
        ("", None),
    ):
        assert canonical_origin(typed) == kept, typed


def test_a_star_stands_for_names_before() -> None:
    listed = ["https://*.orgao.gov.br", "https://portal.gov.br"]
    for address, expected in (
        ("https://a.orgao.gov.br/x?y", True),
        ("https://a.b.orgao.gov.br", True),
        ("https://orgao.gov.br", False),
        ("https://maorgao.gov.br", False),
        ("http://a.orgao.gov.br", False),
        ("https://a.orgao.gov.br:8443", False),
        ("https://portal.gov.br", True),
        ("https://golpe.com/https://portal.gov.br", False),
        ("https://portal.gov.br@golpe.com", False),
    ):
        origin = origin_of(address)
        assert (origin is not None and is_listed(origin, listed)) is expected, address
