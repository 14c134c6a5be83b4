"""``cogep customer``: people and organisations, their duplicates, merges, imports and exports."""

import re
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
import typer
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.cli import customer_files
from cogep_assist.cli.console import out, print_json
from cogep_assist.cli.context import on_database, settings_for
from cogep_assist.cli.customer_report import (
    print_customer,
    print_customers,
    print_duplicates,
    print_relations,
)
from cogep_assist.cli.job_lookup import id_range, only_one
from cogep_assist.cli.options import AsJson, DataDir
from cogep_assist.core.access import SYSTEM
from cogep_assist.core.access_customers import visible_customers
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import ContactKind, Customer, CustomerKind, CustomerMerge
from cogep_assist.crm_service.customers.customer_duplicates import list_duplicates
from cogep_assist.crm_service.customers.customer_merge import Side, merge_customers, undo_merge
from cogep_assist.crm_service.customers.customer_relations import list_relations
from cogep_assist.crm_service.customers.customer_replies import (
    customer_items,
    customer_reply,
    duplicate_replies,
)
from cogep_assist.crm_service.customers.customer_schemas import (
    ContactBody,
    CustomerBody,
    CustomerItem,
    CustomerReply,
    DuplicateReply,
    RelationReply,
)
from cogep_assist.crm_service.customers.customer_search import (
    Filters,
    list_customers,
    search_customers,
)
from cogep_assist.crm_service.customers.customers import create_customer, find_customer

app = typer.Typer(help="Cadastra, procura, une, importa e exporta clientes.", no_args_is_help=True)
app.command("import")(customer_files.import_)
app.command("rollback")(customer_files.rollback)
app.command("export")(customer_files.export)

CustomerId = Annotated[
    str, typer.Argument(metavar="ID", help="Identificador do cliente, ou o começo dele.")
]
Limit = Annotated[
    int, typer.Option("--limit", "-n", min=1, max=200, metavar="N", help="Quantos, no máximo.")
]
KindOption = Annotated[
    CustomerKind | None, typer.Option("--kind", help="person: pessoas; organization: organizações.")
]
TagOption = Annotated[
    str | None, typer.Option("--tag", metavar="ETIQUETA", help="Só os que têm esta etiqueta.")
]


@app.command()
def add(
    name: Annotated[str, typer.Argument(metavar="NOME", help="Nome da pessoa ou organização.")],
    kind: Annotated[
        CustomerKind | None, typer.Option("--kind", help="Sem ele, é organização se houver CNPJ.")
    ] = None,
    cpf: Annotated[str | None, typer.Option("--cpf", metavar="CPF", help="CPF.")] = None,
    cnpj: Annotated[str | None, typer.Option("--cnpj", metavar="CNPJ", help="CNPJ.")] = None,
    email: Annotated[
        list[str] | None, typer.Option("--email", metavar="E-MAIL", help="Pode repetir.")
    ] = None,
    phone: Annotated[
        list[str] | None, typer.Option("--phone", metavar="TELEFONE", help="Pode repetir.")
    ] = None,
    birth_date: Annotated[
        str | None, typer.Option("--birth-date", metavar="DATA", help="Data de nascimento.")
    ] = None,
    external_id: Annotated[
        str | None, typer.Option("--external-id", metavar="CÓDIGO", help="Matrícula ou código.")
    ] = None,
    tag: Annotated[
        list[str] | None, typer.Option("--tag", metavar="ETIQUETA", help="Pode repetir.")
    ] = None,
    notes: Annotated[
        str | None, typer.Option("--notes", metavar="TEXTO", help="Observações.")
    ] = None,
    json_: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Cadastra um cliente e diz se ele parece já estar no cadastro."""
    contacts = [ContactBody(kind=ContactKind.EMAIL, value=value) for value in email or []]
    contacts += [ContactBody(kind=ContactKind.PHONE, value=value) for value in phone or []]
    firm = cnpj is not None and cpf is None
    given = {
        "cpf": cpf,
        "cnpj": cnpj,
        "birth_date": birth_date,
        "external_id": external_id,
        "notes": notes,
        "tags": tag,
    }
    body = CustomerBody(
        name=name,
        kind=kind or (CustomerKind.ORGANIZATION if firm else CustomerKind.PERSON),
        contacts=contacts,
        **{field: value for field, value in given.items() if value},  # type: ignore[arg-type]
    )
    made = _created(settings_for(data_dir), body)
    if json_:
        print_json(made.model_dump(mode="json"))
        return
    out().print(f"Cliente {made.id} cadastrado.", markup=False)
    if made.duplicates:
        out().print(
            f"Possíveis duplicados: {made.duplicates}; veja com “cogep customer duplicates”."
        )


def _created(settings: Settings, body: CustomerBody) -> CustomerReply:
    async def work(database: Database) -> CustomerReply:
        async with database.begin() as session:
            made = await create_customer(session, SYSTEM, body)
            return await customer_reply(session, SYSTEM, made)

    return on_database(settings, work)


@app.command()
def show(customer_id: CustomerId, json_: AsJson = False, data_dir: DataDir = None) -> None:
    """Mostra um cliente e com quem ele se relaciona; o CPF aparece mascarado."""
    settings = settings_for(data_dir)

    async def work(database: Database) -> tuple[CustomerReply, list[RelationReply]]:
        async with database.begin() as session:
            found = await _resolve(session, customer_id)
            customer = await find_customer(session, SYSTEM, found)
            relations = await list_relations(session, SYSTEM, found)
            return await customer_reply(session, SYSTEM, customer), relations

    customer, relations = on_database(settings, work)
    if json_:
        related = [relation.model_dump(mode="json") for relation in relations]
        print_json({**customer.model_dump(mode="json"), "relations": related})
        return
    print_customer(customer, ZoneInfo(settings.timezone))
    print_relations(relations)


@app.command("list")
def list_(
    kind: KindOption = None,
    tag: TagOption = None,
    limit: Limit = 50,
    json_: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Lista clientes, por nome."""

    async def work(database: Database) -> tuple[list[CustomerItem], bool]:
        async with database.begin() as session:
            rows, more = await list_customers(
                session, SYSTEM, Filters(kind, tag), limit=limit, after=None
            )
            return await customer_items(session, [(row, None) for row in rows]), more is not None

    _show_items(*on_database(settings_for(data_dir), work), json_=json_, empty="Nenhum cliente.")


@app.command()
def search(
    text: Annotated[
        str,
        typer.Argument(
            metavar="TEXTO", help="Nome ou parte dele, CPF, CNPJ, e-mail, telefone ou protocolo."
        ),
    ],
    kind: KindOption = None,
    tag: TagOption = None,
    limit: Limit = 20,
    json_: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Procura clientes, com ou sem acentos, por partes do nome, documento ou contato."""

    async def work(database: Database) -> tuple[list[CustomerItem], bool]:
        async with database.begin() as session:
            found = await search_customers(session, SYSTEM, text, Filters(kind, tag), limit=limit)
            return await customer_items(session, found.items), found.more

    _show_items(
        *on_database(settings_for(data_dir), work), json_=json_, empty="Nenhum cliente encontrado."
    )


@app.command()
def duplicates(limit: Limit = 50, json_: AsJson = False, data_dir: DataDir = None) -> None:
    """Lista possíveis duplicados, dos mais prováveis aos menos, com os motivos."""

    async def work(database: Database) -> list[DuplicateReply]:
        async with database.begin() as session:
            rows, _ = await list_duplicates(session, SYSTEM, limit=limit)
            return await duplicate_replies(session, rows)

    found = on_database(settings_for(data_dir), work)
    if json_:
        print_json({"items": [pair.model_dump(mode="json") for pair in found]})
    else:
        print_duplicates(found)


@app.command()
def merge(
    winner: Annotated[str, typer.Argument(metavar="FICA", help="Cadastro que fica.")],
    loser: Annotated[str, typer.Argument(metavar="SAI", help="Cadastro que é unido a ele.")],
    take: Annotated[
        list[str] | None,
        typer.Option(
            "--take", metavar="CAMPO", help="Campo cujo valor vem do que sai; pode repetir."
        ),
    ] = None,
    keep: Annotated[
        list[str] | None,
        typer.Option("--keep", metavar="CAMPO", help="Campo cujo valor fica; pode repetir."),
    ] = None,
    json_: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Une dois cadastros; pode ser desfeito por 30 dias."""
    fields: dict[str, Side] = dict.fromkeys(take or [], "loser")
    fields |= dict.fromkeys(keep or [], "winner")

    async def work(database: Database) -> dict[str, Any]:
        async with database.begin() as session:
            one, other = await _resolve(session, winner), await _resolve(session, loser)
            done = await merge_customers(session, SYSTEM, one, other, fields)
            return {"id": str(done.id), "winner_id": str(one), "moved": done.moved.moved}

    done = on_database(settings_for(data_dir), work)
    if json_:
        print_json(done)
        return
    out().print(f"Unidos. Para desfazer: cogep customer undo {done['id']}", markup=False)


@app.command()
def undo(
    merge_id: Annotated[
        str, typer.Argument(metavar="ID", help="Identificador da união, ou o começo dele.")
    ],
    json_: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Desfaz uma união: os dois cadastros voltam a ser como eram."""

    async def work(database: Database) -> dict[str, str]:
        async with database.begin() as session:
            low, high = id_range(merge_id)
            found = await session.scalars(
                sa.select(CustomerMerge.id).where(CustomerMerge.id.between(low, high)).limit(2)
            )
            chosen = only_one(merge_id, list(found), "merge_not_found")
            undone = await undo_merge(session, SYSTEM, chosen)
            return {
                "id": str(undone.id),
                "winner_id": str(undone.winner_id),
                "loser_id": str(undone.loser_id),
            }

    undone = on_database(settings_for(data_dir), work)
    if json_:
        print_json(undone)
        return
    out().print(f"União desfeita; o cadastro {undone['loser_id']} voltou.", markup=False)


def _show_items(items: list[CustomerItem], more: bool, *, json_: bool, empty: str) -> None:
    if json_:
        print_json({"items": [item.model_dump(mode="json") for item in items], "more": more})
    elif not items:
        out().print(empty)
    else:
        print_customers(items)
        if more:
            out().print("Há mais; diga mais do nome, ou aumente --limit.", style="dim")


async def _resolve(session: AsyncSession, text: str) -> UUID:
    if not re.fullmatch(r"[0-9a-fA-F-]{1,36}", text.strip()):
        raise AppError("customer_not_found")
    low, high = id_range(text)
    statement = (
        sa.select(Customer.id)
        .where(Customer.id.in_(visible_customers(SYSTEM)), Customer.id.between(low, high))
        .limit(2)
    )
    return only_one(text, list(await session.scalars(statement)), "customer_not_found")
