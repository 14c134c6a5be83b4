"""Spellings that may be a namesake's are shown to who decides, and go only where decided."""

import psycopg
import pytest
from api import running_api
from httpx2 import AsyncClient
from signed_in import sign_in
from sqlalchemy.engine import URL

from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database, conninfo
from cogep_assist.core.models import ErasureStatus, Role
from cogep_assist.crm_service.tickets.ticket_index import index_ticket
from cogep_assist.lgpd_service.erasure.erasure_run import run_erasure
from cogep_assist.lgpd_service.subject_data.doubtful_names import DoubtfulNames
from cogep_assist.lgpd_service.subject_data.known_values import KnownValue, ValueKind

NAME = "Raimunda Nonata Tavares da Quaresma"
DOUBTFUL = (
    "[Raimunda Quaresma] pediu férias",
    "[R. N. Quaresma], [QUARESMA, R].",
    "[Raimunda Nonata Tavarez da Quaresma] assinou",
    "[raimunda quaresma] ligou",
    f"{NAME} veio; dona [Nonata] volta, a [Raimunda] não; Raimunda Prado fica",
)
NOBODYS = (
    "Raimunda Quaresma Leal, Ana Lúcia Raimunda Quaresmeira",
    "Falei com Josefa Raimunda Quaresma; Raimunda e Quaresma",
    "Raimunda Leal Quaresma",
    "Tavares da Quaresma Ltda e o sr. Quaresma",
    f"{NAME}",
)


def test_what_may_be_a_namesake_is_told_apart_from_what_is_another_name() -> None:
    names = DoubtfulNames([KnownValue(ValueKind.NAME, NAME)])
    for marked in DOUBTFUL:
        text = marked.replace("[", "").replace("]", "")
        found = [text[one.start : one.end] for one in names.places(text)]
        assert found == [part.partition("]")[0] for part in marked.split("[")[1:]], text
    for text in NOBODYS:
        assert names.places(text) == [], text
    assert DoubtfulNames([KnownValue(ValueKind.NAME, "Quaresma e Filhos Ltda")]).empty


@pytest.mark.timeout(60)
async def test_who_decides_sees_each_with_its_context_and_only_the_chosen_go(
    settings: Settings, database: Database, database_url: URL
) -> None:
    async with running_api(settings, database) as api:
        dpo, agent = await sign_in(api, "Dandara Nóbrega", Role.DPO), await api.client(Role.AGENT)
        customer = await _customer(agent, NAME, "529.982.247-25")
        other = await _customer(agent, "Otávio Benevides", "111.444.777-35")
        bodies = (
            "Raimunda Quaresma pediu a poda da árvore.",
            "O muro é de Raimunda Quaresma, da rua de trás.",
            f"{NAME} esteve aqui; a Raimunda volta amanhã com Raimunda Prado.",
        )
        tickets = [await _ticket(agent, other, body) for body in bodies]
        async with database.begin() as session:
            for ticket in tickets:
                await index_ticket(session, ticket)
        client = await api.client(Role.DPO)
        planned = (await client.post("/lgpd/erasures", json={"customer_id": customer})).json()
        door = f"/lgpd/erasures/{planned['id']}/doubts"
        doubts = (await client.get(door)).json()["doubts"]
        assert planned["plan"]["doubts"] == len(doubts) == 3
        assert "doubts" in planned["plan"]["warnings"]
        assert [one["beside"] for one in doubts] == [True, False, False]
        assert (await agent.get(door)).status_code == 403
        wrong = await client.put(door, json={"decisions": {"99": True}})
        assert wrong.json()["error"]["code"] == "erasure_doubt_unknown"
        poda = next(one["number"] for one in doubts if "poda" in one["context"])
        told = (await client.put(door, json={"decisions": {str(poda): True}})).json()
        assert sum(one["erase"] is True for one in told["doubts"]) == 1
        page = f"/protecao-de-dados/eliminacoes/{planned['id']}"
        shown = (await dpo.client.get(page)).text
        assert "da rua de trás" in shown
        given = next(one["number"] for one in doubts if one["beside"])
        token = dpo.client.headers["X-CSRF-Token"]
        chosen = {"decisao": f"{given}:tirar", "restantes": "manter", "csrf_token": token}
        done = await dpo.client.post(f"{page}/duvidas", data=chosen)
        assert done.status_code in {200, 303}
        await client.post(
            f"/lgpd/erasures/{planned['id']}/confirm", json={"protocol": planned["protocol"]}
        )
        status = await run_erasure(database, settings.data_dir, planned["id"])
        assert status is ErasureStatus.COMPLETED
        ended = (await client.get(f"/lgpd/erasures/{planned['id']}")).json()
        assert ended["certificate"]["doubts"] == {"erase": 2, "keep": 1, "open": 0}
        assert (await client.get(door)).json() == {"doubts": []}
    with psycopg.connect(conninfo(database_url)) as owner:
        texts = owner.execute(
            "SELECT body FROM crm.ticket_entry UNION ALL SELECT text FROM ai.document_version "
            "UNION ALL SELECT text FROM ai.chunk"
        ).fetchall()
    left = [text for (text,) in texts if "aimunda" in text]
    assert all("rua de trás" in text or "Raimunda Prado" in text for text in left), left
    assert any("O muro é de Raimunda Quaresma" in text for text in left)
    assert not any("a Raimunda volta" in text or "Nonata" in text for text in left)


async def _customer(agent: AsyncClient, name: str, cpf: str) -> str:
    made = await agent.post("/crm/customers", json={"name": name, "cpf": cpf})
    return str(made.json()["id"])


async def _ticket(agent: AsyncClient, customer: str, body: str) -> str:
    new = {"subject": "Poda", "body": body, "customer_id": customer}
    return str((await agent.post("/crm/tickets", json=new)).json()["id"])
