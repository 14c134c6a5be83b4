"""The customers' names as a detector: fresh, and of persons alone."""

import pytest
from uuid_utils.compat import uuid7

from cogep_assist.core import customer_names
from cogep_assist.core.customer_names import CustomerNames
from cogep_assist.core.db import Database
from cogep_assist.core.models import Customer
from cogep_assist.core.models.crm_customers import CustomerKind
from cogep_assist.core.pii.finding import Threshold
from cogep_assist.core.pii.redact import redact


async def add(database: Database, name: str, kind: CustomerKind = CustomerKind.PERSON) -> None:
    async with database.begin() as session:
        session.add(
            Customer(id=uuid7(), kind=kind, name=name, sort_key=name.lower(), created_by="user:x")
        )


async def test_customers_are_known_as_they_come_and_organisations_are_not(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = CustomerNames(database)
    text = "zwyrkla brontes, Xispa Ltda e quendra dos vanios"

    async def told() -> str:
        known = await names.detector()
        return redact(text, threshold=Threshold.REPORT, detectors=(known,)).text

    await add(database, "Zwyrkla Brontes")
    await add(database, "Xispa Ltda", CustomerKind.ORGANIZATION)
    assert await told() == "[PESSOA], Xispa Ltda e quendra dos vanios"
    await add(database, "Quendra dos Vânios")
    assert "quendra" in await told()  # looked a moment ago
    monkeypatch.setattr(customer_names, "FRESH_SECONDS", 0.0)
    assert await told() == "[PESSOA], Xispa Ltda e [PESSOA]"
    assert await told() == "[PESSOA], Xispa Ltda e [PESSOA]"
