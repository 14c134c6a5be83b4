"""Somebody who is to be erased, a gate for what runs beside it, and a look for what is left."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy.engine import URL

from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database, conninfo
from cogep_assist.core.models import ErasureStatus
from cogep_assist.core.principal import SYSTEM
from cogep_assist.crm_service.customers.customer_schemas import ContactBody, CustomerBody
from cogep_assist.crm_service.customers.customers import create_customer
from cogep_assist.lgpd_service.erasure.erasure_run import run_erasure
from cogep_assist.lgpd_service.erasure.erasures import confirm_erasure, plan_erasure
from cogep_assist.lgpd_service.subject_data.identity import subject_of_customer

NAME, CPF = "Iolanda Mascarenhas Quitéria", "529.982.247-25"
EMAIL, PHONE = "iolanda@exemplo.org", "61 98765-4321"
TEXT = f"""Ata da reunião de março.

Compareceu {NAME}, CPF {CPF}, que pediu a revisão das férias parceladas.

O contato dela é {EMAIL}, telefone ({PHONE[:2]}) {PHONE[3:]}. Nada mais havendo, encerrou-se.
"""
LEFT = ("iolanda", "quitéria", "quiteria", "529.982", "52998224725", "98765", "987654321")


@dataclass
class Gate:
    """One side tells that it has come, and waits until it is let through."""

    reached: asyncio.Event = field(default_factory=asyncio.Event)
    opened: asyncio.Event = field(default_factory=asyncio.Event)

    async def pass_through(self) -> None:
        self.reached.set()
        await asyncio.wait_for(self.opened.wait(), 20)


async def customer(database: Database, name: str = NAME, **values: Any) -> UUID:
    async with database.begin() as session:
        contacts = [
            ContactBody(kind=kind, value=value)  # type: ignore[arg-type]
            for kind, value in values.pop("contacts", ())
        ]
        body = CustomerBody(name=name, contacts=contacts, **values)
        return (await create_customer(session, SYSTEM, body)).id


async def iolanda(database: Database) -> UUID:
    return await customer(database, cpf=CPF, contacts=(("email", EMAIL), ("phone", PHONE)))


async def confirmed(database: Database, customer_id: UUID) -> UUID:
    async with database.begin() as session:
        subject = await subject_of_customer(session, customer_id)
        planned = await plan_erasure(session, SYSTEM, subject)
    async with database.begin() as session:
        await confirm_erasure(session, SYSTEM, planned.id, planned.protocol)
    return planned.id


async def erased(database: Database, settings: Settings, customer_id: UUID) -> None:
    erasure_id = await confirmed(database, customer_id)
    status = await run_erasure(database, settings.data_dir, erasure_id)
    assert status is ErasureStatus.COMPLETED


def left(url: URL, values: tuple[str, ...] = LEFT) -> list[str]:
    """Return the tables and values that any row of the database still holds."""
    found: list[str] = []
    with psycopg.connect(conninfo(url)) as connection:
        tables = connection.execute(
            "SELECT table_schema, table_name FROM information_schema.tables "
            "WHERE table_schema IN ('ai', 'crm', 'lgpd', 'access') AND table_type = 'BASE TABLE'"
        ).fetchall()
        for schema, table in tables:
            for row in connection.execute(f'SELECT * FROM "{schema}"."{table}"'):
                told = "\n".join(
                    bytes(value).decode("utf-8", "ignore")
                    if isinstance(value, bytes)
                    else json.dumps(value, ensure_ascii=False, default=str)
                    for value in row
                ).lower()
                found += [f"{schema}.{table}: {value}" for value in values if value in told]
    return sorted(set(found))
