"""Ajustes, Importações: what came over, what did not and why, and the way back."""

from uuid import UUID

import sqlalchemy as sa
from api import Api
from signed_in import sign_in
from uuid_utils.compat import uuid7

from cogep_assist.core.models import (
    BatchStatus,
    Customer,
    CustomerKind,
    ImportBatch,
    ImportRecord,
    PastSystem,
    RecordKind,
    RecordOutcome,
    Role,
)
from cogep_assist.core.principal import SYSTEM
from cogep_assist.crm_service.importers.batches import begin_batch
from cogep_assist.web.routes import settings_imports

HREF = "/ajustes/importacoes"


async def imported(api: Api) -> tuple[UUID, list[UUID]]:
    """Two customers of a batch and 120 refused tickets, as an importer leaves them."""
    async with api.database.begin() as session:
        batch = await begin_batch(session, SYSTEM, PastSystem.GLPI, "glpi", "glpi-2026.sql", {})
        batch.counts = {"customer_created": 2, "ticket_refused": 120}
        people = [
            Customer(
                id=uuid7(),
                kind=CustomerKind.PERSON,
                name=name,
                sort_key=name.lower(),
                created_by="system",
            )
            for name in ("José Conceição", "Zélia Araújo")
        ]
        session.add_all(people)
        await session.flush()
        session.add_all(
            ImportRecord(
                batch_id=batch.id,
                kind=RecordKind.CUSTOMER,
                external_id=str(number),
                outcome=RecordOutcome.CREATED,
                customer_id=person.id,
            )
            for number, person in enumerate(people)
        )
        session.add_all(
            ImportRecord(
                batch_id=batch.id,
                kind=RecordKind.TICKET,
                external_id=f"{number:05}",
                outcome=RecordOutcome.REFUSED,
                problems=["created_at:date_before_1990"],
            )
            for number in range(120)
        )
        return batch.id, [person.id for person in people]


async def test_a_batch_is_shown_and_taken_back(api: Api, monkeypatch) -> None:
    admin = await sign_in(api, "Ágata Conceição", Role.ADMIN)
    assert "Nada veio de outro sistema ainda" in (await admin.client.get(HREF)).text
    batch, people = await imported(api)
    listed = (await admin.client.get(HREF)).text
    assert "glpi-2026.sql" in listed
    first = (await admin.client.get(f"{HREF}/{batch}")).text
    assert "data de abertura é anterior a 1990" in first
    assert ("00099" in first, "00100" in first) == (True, False)
    second = (await admin.client.get(f"{HREF}/{batch}?depois=ticket:00099")).text
    assert ("00099" in second, "00119" in second) == (False, True)
    assert (await admin.client.get(f"{HREF}/{batch}?depois=outro:1")).status_code == 400
    assert (await admin.client.get(f"{HREF}/{uuid7()}")).status_code == 404

    token = {"csrf_token": admin.client.headers["X-CSRF-Token"]}
    monkeypatch.setattr(settings_imports, "MOST_TAKEN_BACK", 121)
    refused = await admin.client.post(f"{HREF}/{batch}/desfazer", data=token)
    assert (refused.status_code, f"o número dele é {batch}" in refused.text) == (409, True)
    monkeypatch.undo()
    async with api.database.begin() as session:
        # Somebody worked on one of them: nothing goes until that is said to stay.
        await session.execute(
            sa.update(Customer).where(Customer.id == people[0]).values(revision=2)
        )
    refused = await admin.client.post(f"{HREF}/{batch}/desfazer", data=token)
    assert refused.status_code == 409
    assert "Deixar o que alguém mudou" in refused.text
    done = await admin.client.post(f"{HREF}/{batch}/desfazer", data={**token, "manter": "true"})
    assert done.status_code == 303
    async with api.database.begin() as session:
        assert list(await session.scalars(sa.select(Customer.id))) == [people[0]]
        assert (await session.get_one(ImportBatch, batch)).status is BatchStatus.ROLLED_BACK
    again = await admin.client.post(f"{HREF}/{batch}/desfazer", data=token)
    assert again.status_code == 409


async def test_nobody_else_sees_batches(api: Api) -> None:
    batch, _ = await imported(api)
    agent = await sign_in(api, "Bruno Araújo", Role.AGENT)
    token = {"csrf_token": agent.client.headers["X-CSRF-Token"]}
    for href in (HREF, f"{HREF}/{batch}"):
        assert (await agent.client.get(href)).status_code == 403
        assert (await api.anonymous().get(href)).status_code == 401
    assert (await agent.client.post(f"{HREF}/{batch}/desfazer", data=token)).status_code == 403
