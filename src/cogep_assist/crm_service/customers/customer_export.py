"""Write customers out, as CSV that a spreadsheet takes for text, or as JSON lines."""

import csv
import io
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.brazil.cep import format_cep
from cogep_assist.core.brazil.cnpj import format_cnpj
from cogep_assist.core.brazil.cpf import format_cpf, mask_cpf
from cogep_assist.core.brazil.phone import format_phone
from cogep_assist.core.db import Database
from cogep_assist.core.models import ContactKind, Customer, CustomerField, CustomerKind
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.customers.customer_fields import living_fields
from cogep_assist.crm_service.customers.customer_replies import customer_tags
from cogep_assist.crm_service.customers.customer_search import Filters, list_customers
from cogep_assist.crm_service.customers.customers import contacts_of
from cogep_assist.edge.csv_cells import told_cell

PAGE = 500
Form = Literal["csv", "json"]
# In Portuguese, so that the import finds each column by its name.
COLUMNS = {
    "id": "ID do cadastro",
    "kind": "Tipo",
    "name": "Nome",
    "social_name": "Nome social",
    "cpf": "CPF",
    "cnpj": "CNPJ",
    "external_id": "Código externo",
    "birth_date": "Data de nascimento",
    "email": "E-mail",
    "phone": "Telefone",
    "language": "Idioma",
    "customer_class": "Classe de atendimento",
    "cep": "CEP",
    "street": "Logradouro",
    "street_number": "Número",
    "complement": "Complemento",
    "district": "Bairro",
    "city": "Cidade",
    "state": "UF",
    "tags": "Etiquetas",
    "notes": "Observações",
}
_KINDS = {CustomerKind.PERSON: "pessoa", CustomerKind.ORGANIZATION: "organização"}


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """How customers are written, which of them, and whether their CPF is whole."""

    form: Form = "csv"
    filters: Filters = field(default_factory=Filters)
    whole_cpf: bool = False


async def note_export(session: AsyncSession, principal: Principal, options: ExportOptions) -> None:
    """Check that somebody may export, and write down that it was done.

    A whole CPF needs the act that shows one. Raises AppError("role_not_allowed").
    """
    principal.require(Act.EXPORT_CUSTOMERS)
    if options.whole_cpf:
        principal.require(Act.REVEAL_IDENTIFIERS)
    details = {"form": options.form, "whole_cpf": options.whole_cpf}
    await audit.record(session, principal, "customers_exported", "customer", "-", details)


async def export_customers(
    database: Database, principal: Principal, options: ExportOptions
) -> AsyncIterator[bytes]:
    """Give the export piece by piece, a page of customers in memory at a time."""
    after: UUID | None = None
    first = True
    while True:
        async with database.begin() as session:
            fields = await living_fields(session)
            rows, after = await list_customers(
                session, principal, options.filters, limit=PAGE, after=after
            )
            facts = await _facts(session, rows, options)
        if options.form == "csv":
            yield _csv(facts, fields, header=first)
        else:
            yield b"".join(json.dumps(f, ensure_ascii=False).encode() + b"\n" for f in facts)
        first = False
        if after is None:
            return


async def _facts(
    session: AsyncSession, rows: Sequence[Customer], options: ExportOptions
) -> list[dict[str, Any]]:
    ids = [row.id for row in rows]
    reached: dict[tuple[UUID, ContactKind], list[str]] = {}
    for contact in await contacts_of(session, ids):
        reached.setdefault((contact.customer_id, contact.kind), []).append(contact.canonical)
    tags = await customer_tags(session, ids)
    return [
        {
            **{name: _plain(getattr(row, name)) for name in COLUMNS if hasattr(row, name)},
            "cpf": _cpf(row.cpf, whole=options.whole_cpf),
            "cnpj": format_cnpj(row.cnpj) if row.cnpj else None,
            "cep": format_cep(row.cep) if row.cep else None,
            "email": reached.get((row.id, ContactKind.EMAIL), []),
            "phone": reached.get((row.id, ContactKind.PHONE), []),
            "tags": tags.get(row.id, []),
            "custom": row.custom,
        }
        for row in rows
    ]


def _csv(
    facts: Sequence[dict[str, Any]], fields: Sequence[CustomerField], *, header: bool
) -> bytes:
    written = io.StringIO()
    table = csv.writer(written, delimiter=";", lineterminator="\r\n")
    if header:
        table.writerow([*COLUMNS.values(), *(told_cell(field.label) for field in fields)])
    for fact in facts:
        shown = {**fact, "phone": [format_phone(number) for number in fact["phone"]]}
        cells = [_cell(shown[name]) for name in COLUMNS]
        table.writerow([*cells, *(_cell(fact["custom"].get(field.key)) for field in fields)])
    # With a byte order mark, by which Excel knows UTF-8.
    return (b"\xef\xbb\xbf" if header else b"") + written.getvalue().encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "sim" if value else "não"
    if isinstance(value, int | float):
        return str(value).replace(".", ",")
    text = " | ".join(value) if isinstance(value, list) else str(value)
    return told_cell(text)


def _plain(value: Any) -> Any:
    if isinstance(value, CustomerKind):
        return _KINDS[value]
    return value.isoformat() if isinstance(value, date) else _text(value)


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value


def _cpf(digits: str | None, *, whole: bool) -> str | None:
    if digits is None:
        return None
    return format_cpf(digits) if whole else mask_cpf(digits)
