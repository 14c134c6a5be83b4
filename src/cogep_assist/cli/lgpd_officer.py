"""``cogep lgpd officer``: who is encarregado, and the act that says so."""

from datetime import date
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from cogep_assist.cli.console import out, print_json, safe
from cogep_assist.cli.context import on_database, settings_for
from cogep_assist.cli.lgpd_deadlines import day_of
from cogep_assist.cli.options import AsJson, DataDir
from cogep_assist.core.access import SYSTEM
from cogep_assist.core.db import Database
from cogep_assist.core.models import OfficerKind
from cogep_assist.lgpd_service.legal.officers import (
    NewAppointment,
    Officers,
    appoint,
    current_officers,
)

app = typer.Typer(help="Mostra e designa o encarregado.", no_args_is_help=True)


@app.command("appoint")
def appoint_(
    name: Annotated[str, typer.Argument(metavar="NOME", help="Nome completo.")],
    email: Annotated[str, typer.Argument(metavar="E-MAIL", help="Contato público.")],
    act: Annotated[str, typer.Option("--act", metavar="ATO", help="Como “Portaria 12/2026”.")],
    substitute: Annotated[bool, typer.Option("--substitute", help="Designa o substituto.")] = False,
    phone: Annotated[
        str | None, typer.Option("--phone", metavar="TELEFONE", help="Telefone.")
    ] = None,
    start: Annotated[
        str | None, typer.Option("--from", metavar="AAAA-MM-DD", help="Primeiro dia (hoje).")
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Registra o ato de designação do encarregado ou do substituto."""
    first = day_of(start) or date.today()  # noqa: DTZ011 - the day of the person who types
    new = NewAppointment(
        OfficerKind.SUBSTITUTE if substitute else OfficerKind.HOLDER,
        name,
        email,
        act,
        signed_on=first,
        starts_on=first,
        phone=phone,
    )

    async def work(database: Database) -> None:
        async with database.begin() as session:
            await appoint(session, SYSTEM, new)

    on_database(settings_for(data_dir), work)
    out().print("Designação registrada.")


@app.command()
def show(json_: AsJson = False, data_dir: DataDir = None) -> None:
    """Mostra quem é o encarregado hoje; sai com 1 se o lugar está vago."""
    settings = settings_for(data_dir)

    async def work(database: Database) -> Officers:
        async with database.begin() as session:
            return await current_officers(session, ZoneInfo(settings.timezone))

    found = on_database(settings, work)
    held = {"holder": found.holder, "substitute": found.substitute}
    if json_:
        print_json(
            {
                kind: one and {"name": one.name, "email": one.email, "act": one.act_reference}
                for kind, one in held.items()
            }
        )
    else:
        for title, one in (("Encarregado", found.holder), ("Substituto", found.substitute)):
            told = (
                f"{safe(one.name)}, {safe(one.email)} ({safe(one.act_reference)})"
                if one
                else "vago"
            )
            out().print(f"{title}: {told}", markup=False)
    if found.acting is None:
        raise typer.Exit(1)
