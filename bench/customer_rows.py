"""Customers by the hundred thousand: people of Brazil, indexed by the product's own code."""

from collections.abc import Sequence
from uuid import UUID

from uuid_utils.compat import uuid7

from cogep_assist.core.db import Database, driver_connection
from cogep_assist.core.models import ContactKind, CustomerKind
from cogep_assist.crm_service.customers.customer_index import index_customer
from cogep_assist.crm_service.customers.customer_values import clean_values
from cogep_assist.crm_service.customers.customer_vocabulary import learn_words
from people import Record

COPY_CUSTOMERS = (
    "COPY crm.customer (id, kind, name, sort_key, cpf, birth_date, search, match_keys,"
    " customer_class, custom, created_by) FROM STDIN"
)
COPY_CONTACTS = (
    "COPY crm.customer_contact (id, customer_id, kind, canonical, typed, is_primary) FROM STDIN"
)


async def copy_customers(database: Database, records: Sequence[Record]) -> list[UUID]:
    """Store people with their contacts and what their search reads; return their ids."""
    words: set[str] = set()
    people = [(uuid7(), record, _contacts(record)) for record in records]
    async with database.begin() as session:
        raw = await driver_connection(session)
        async with raw.cursor() as cursor:
            async with cursor.copy(COPY_CUSTOMERS) as copy:
                for number, (customer_id, record, contacts) in enumerate(people):
                    columns = {"kind": CustomerKind.PERSON, "name": record.name}
                    columns["birth_date"] = record.birth_date  # type: ignore[assignment]
                    index = index_customer(columns, contacts)
                    words.update(index.words)
                    await copy.write_row(
                        (
                            customer_id,
                            "person",
                            record.name,
                            index.sort_key,
                            f"{number:011d}",
                            record.birth_date,
                            index.search,
                            index.match_keys,
                            "padrao",
                            "{}",
                            "bench",
                        )
                    )
            async with cursor.copy(COPY_CONTACTS) as copy:
                for customer_id, _, contacts in people:
                    for kind, canonical in contacts:
                        row = (uuid7(), customer_id, kind.value, canonical, canonical, True)
                        await copy.write_row(row)
        await learn_words(session, words)
    return [customer_id for customer_id, _, _ in people]


def _contacts(record: Record) -> list[tuple[ContactKind, str]]:
    pairs = (("email", record.email), ("phone", record.phone))
    given = [{"kind": kind, "value": value} for kind, value in pairs if value]
    cleaned = clean_values({"contacts": given}, CustomerKind.PERSON)
    return [(contact.kind, contact.canonical) for contact in cleaned.contacts or []]
