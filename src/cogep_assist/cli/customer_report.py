"""Customers as the command line shows them."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from rich.text import Text

from cogep_assist.cli.console import one_line, out, table
from cogep_assist.cli.moments import moment
from cogep_assist.crm_service.customers.customer_labels import KIND
from cogep_assist.crm_service.customers.customer_schemas import (
    CustomerItem,
    CustomerReply,
    DuplicateReply,
    RelationReply,
)


def print_customers(items: Sequence[CustomerItem]) -> None:
    """Write customers as a table."""
    shown = table("Cliente", "Nome", "Documento", "Telefone", "E-mail", "Cidade", whole=1)
    for item in items:
        shown.add_row(
            str(item.id),
            Text(one_line(_name(item), 60)),
            item.cpf_masked or item.cnpj or "",
            item.phone or "",
            Text(one_line(item.email or "", 50)),
            Text(one_line("/".join(filter(None, (item.city, item.state))), 40)),
        )
    out().print(shown)


def print_customer(customer: CustomerReply, zone: ZoneInfo) -> None:
    """Write one customer, field by field."""
    address = (customer.street, customer.street_number, customer.complement, customer.district)
    facts = {
        "Cliente": str(customer.id),
        "Tipo": KIND[customer.kind],
        "Nome": customer.name,
        "Nome social": customer.social_name,
        "CPF": customer.cpf_masked,
        "CNPJ": customer.cnpj,
        "Código externo": customer.external_id,
        "Nascimento": f"{customer.birth_date:%d/%m/%Y}" if customer.birth_date else None,
        "Endereço": ", ".join(filter(None, address)),
        "Cidade": "/".join(filter(None, (customer.city, customer.state))),
        "CEP": customer.cep,
        "Classe": customer.customer_class,
        "Etiquetas": ", ".join(customer.tags),
        "Observações": customer.notes,
        **{f"{key} (adicional)": str(value) for key, value in customer.custom.items()},
        "Cadastrado em": moment(customer.created_at, zone),
        "Duplicados a conferir": str(customer.duplicates) if customer.duplicates else None,
    }
    shown = table("", "")
    shown.show_header = False
    for name, value in facts.items():
        if value:
            shown.add_row(Text(name, style="bold"), Text(one_line(value, 400)))
    for contact in customer.contacts:
        first = " (principal)" if contact.is_primary else ""
        label = f" · {contact.label}" if contact.label else ""
        kind = "E-mail" if contact.kind.value == "email" else "Telefone"
        shown.add_row(Text(kind, style="bold"), Text(one_line(contact.shown + label + first)))
    out().print(shown)


def print_relations(relations: Sequence[RelationReply]) -> None:
    """Write with whom a customer is related."""
    for relation in relations:
        out().print(Text(one_line(f"{relation.label} {relation.other_name} ({relation.other_id})")))


def print_duplicates(pairs: Sequence[DuplicateReply]) -> None:
    """Write suggestions with their reasons."""
    if not pairs:
        out().print("Nenhum duplicado a conferir.")
        return
    shown = table("Chance", "Um", "Outro", "Motivos")
    for pair in pairs:
        shown.add_row(
            f"{pair.score:.0%}",
            Text(f"{one_line(pair.first.name, 50)}\n{pair.first.id}"),
            Text(f"{one_line(pair.second.name, 50)}\n{pair.second.id}"),
            Text(", ".join(pair.reason_labels)),
        )
    out().print(shown)
    out().print("Para unir: cogep customer merge FICA SAI", style="dim")


def _name(item: CustomerItem) -> str:
    return f"{item.name} ({item.social_name})" if item.social_name else item.name
