"""``cogep lgpd hold``: put data under a legal hold; releasing one takes two persons."""

from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

import typer

from cogep_assist.cli.console import one_line, out, print_json, table
from cogep_assist.cli.context import on_database, settings_for
from cogep_assist.cli.lgpd_subject import Person, acting
from cogep_assist.cli.moments import moment
from cogep_assist.cli.options import AsJson, DataDir
from cogep_assist.core.db import Database
from cogep_assist.core.models import HeldType, HoldKind, LegalHold
from cogep_assist.core.principal import SYSTEM
from cogep_assist.lgpd_service.erasure.erasure_schemas import HoldReply
from cogep_assist.lgpd_service.keeping.legal_holds import (
    ask_release,
    list_holds,
    place_hold,
    release_hold,
)

app = typer.Typer(help="Põe dados sob guarda legal e a libera.", no_args_is_help=True)

Id = Annotated[UUID, typer.Argument(metavar="GUARDA", help="Identificador da guarda.")]
Why = Annotated[str, typer.Option("--reason", help="Por que os dados são guardados.")]
KINDS = {
    HoldKind.SUBJECT: "titular",
    HoldKind.TICKET: "chamado",
    HoldKind.DOCUMENT: "documento",
    HoldKind.TYPE: "tipo",
}


@app.command("add")
def add(
    reason: Why,
    customer: Annotated[UUID | None, typer.Option("--customer", help="Titular.")] = None,
    ticket: Annotated[UUID | None, typer.Option("--ticket", help="Chamado.")] = None,
    document: Annotated[UUID | None, typer.Option("--document", help="Documento.")] = None,
    held_type: Annotated[HeldType | None, typer.Option("--type", help="Tudo de um tipo.")] = None,
    person: Person = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Põe um titular, um chamado, um documento ou um tipo inteiro sob guarda."""

    async def work(database: Database) -> LegalHold:
        async with database.begin() as session:
            return await place_hold(
                session,
                await acting(session, person),
                reason=reason,
                customer_id=customer,
                ticket_id=ticket,
                document_id=document,
                held_type=held_type,
            )

    _tell(on_database(settings_for(data_dir), work), "Guarda em vigor", as_json=as_json)


@app.command("list")
def list_(
    released: Annotated[
        bool, typer.Option("--released", help="Mostra também as liberadas.")
    ] = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Lista as guardas legais."""
    settings = settings_for(data_dir)

    async def work(database: Database) -> list[LegalHold]:
        async with database.begin() as session:
            return list(await list_holds(session, SYSTEM, released=released))

    found = on_database(settings, work)
    if as_json:
        print_json({"holds": [HoldReply.model_validate(o).model_dump(mode="json") for o in found]})
        return
    zone = ZoneInfo(settings.timezone)
    shown = table("ID", "Sobre", "Motivo", "Desde", "Liberada em", whole=1)
    for one in found:
        until = moment(one.released_at, zone) if one.released_at else "-"
        since = moment(one.placed_at, zone)
        shown.add_row(str(one.id), KINDS[one.kind], one_line(one.reason), since, until)
    out().print(shown if found else "Nenhuma guarda legal.")


@app.command("ask-release")
def ask(
    hold_id: Id,
    reason: Why,
    person: Person = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Pede a liberação de uma guarda; outra pessoa a concede."""

    async def work(database: Database) -> LegalHold:
        async with database.begin() as session:
            return await ask_release(session, await acting(session, person), hold_id, reason)

    _tell(on_database(settings_for(data_dir), work), "Liberação pedida", as_json=as_json)


@app.command("release")
def release(
    hold_id: Id, person: Person = None, as_json: AsJson = False, data_dir: DataDir = None
) -> None:
    """Concede a liberação que outra pessoa pediu."""

    async def work(database: Database) -> LegalHold:
        async with database.begin() as session:
            return await release_hold(session, await acting(session, person), hold_id)

    _tell(on_database(settings_for(data_dir), work), "Guarda liberada", as_json=as_json)


def _tell(hold: LegalHold, said: str, *, as_json: bool) -> None:
    if as_json:
        print_json(HoldReply.model_validate(hold).model_dump(mode="json"))
        return
    out().print(f"{said}: {hold.id}", markup=False)
