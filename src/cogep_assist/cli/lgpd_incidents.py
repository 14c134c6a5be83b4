"""``cogep lgpd incidents``: report an incident, and see where each stands."""

from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from cogep_assist.cli.console import one_line, out, print_json, table
from cogep_assist.cli.context import on_database, settings_for
from cogep_assist.cli.moments import moment
from cogep_assist.cli.options import AsJson, DataDir
from cogep_assist.core.access import SYSTEM
from cogep_assist.core.db import Database
from cogep_assist.core.models import ClockObject
from cogep_assist.lgpd_service.incidents.incidents import (
    IncidentFacts,
    list_incidents,
    mark_known,
    report_incident,
)
from cogep_assist.lgpd_service.legal.legal_clocks import clocks_of

app = typer.Typer(help="Registra incidentes e mostra os prazos deles.", no_args_is_help=True)


@app.command()
def report(
    title: Annotated[str, typer.Argument(metavar="TÍTULO", help="O que houve, em uma frase.")],
    text: Annotated[str, typer.Option("--text", metavar="TEXTO", help="As circunstâncias.")] = "",
    known: Annotated[
        bool, typer.Option("--known", help="Já se sabe que dados pessoais foram afetados.")
    ] = False,
    json_: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Registra um incidente; com --known, os prazos começam agora."""
    settings = settings_for(data_dir)

    async def work(database: Database) -> str:
        async with database.begin() as session:
            facts = IncidentFacts(title=title, circumstances=text or None)
            made = await report_incident(session, SYSTEM, facts, settings.timezone)
            if known:
                await mark_known(session, SYSTEM, made.id, None, settings.timezone)
            return made.number

    number = on_database(settings, work)
    if json_:
        print_json({"number": number})
        return
    out().print(f"Incidente {number} registrado.", markup=False)


@app.command("list")
def list_(json_: AsJson = False, data_dir: DataDir = None) -> None:
    """Lista os incidentes, com o próximo prazo de cada um."""
    settings = settings_for(data_dir)

    async def work(database: Database) -> list[dict[str, Any]]:
        async with database.begin() as session:
            rows, _ = await list_incidents(session, SYSTEM, limit=200)
            clocks = await clocks_of(session, ClockObject.INCIDENT, [row.id for row in rows])
            return [
                {
                    "number": row.number,
                    "title": row.title,
                    "status": row.status.value,
                    "known_at": row.known_at,
                    "due_on": next(
                        (
                            clock.due_on.isoformat()
                            for clock in clocks[row.id]
                            if clock.met_at is None and clock.stopped_at is None
                        ),
                        None,
                    ),
                }
                for row in rows
            ]

    found = on_database(settings, work)
    if json_:
        print_json({"items": found})
        return
    if not found:
        out().print("Nenhum incidente.")
        return
    shown = table("Número", "O que houve", "Situação", "Soube-se em", "Prazo", whole=1)
    for row in found:
        known = moment(row["known_at"], ZoneInfo(settings.timezone))
        shown.add_row(
            row["number"], one_line(row["title"], 60), row["status"], known, row["due_on"] or ""
        )
    out().print(shown)
