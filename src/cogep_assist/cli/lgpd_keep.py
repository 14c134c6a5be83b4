"""``cogep lgpd keep``: why data must be kept although their subject asks for elimination."""

from datetime import date
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from cogep_assist.cli.console import one_line, out, print_json, table
from cogep_assist.cli.context import on_database, settings_for
from cogep_assist.cli.lgpd_subject import Person, acting
from cogep_assist.cli.options import AsJson, DataDir
from cogep_assist.cli.written_file import writing
from cogep_assist.core.db import Database
from cogep_assist.core.models import KeepingGround, SubjectKeeping
from cogep_assist.core.principal import SYSTEM
from cogep_assist.lgpd_service.erasure.archive_disposal import REFERENCE, disposal_list
from cogep_assist.lgpd_service.erasure.disposal_papers import disposal_csv
from cogep_assist.lgpd_service.erasure.erasure_schemas import DisposalReply, KeepingReply
from cogep_assist.lgpd_service.keeping.keepings import (
    KEEPING_GROUND,
    end_keeping,
    keep,
    list_keepings,
)

app = typer.Typer(help="Registra por que dados devem ser conservados.", no_args_is_help=True)


@app.command("add")
def add(
    object_type: Annotated[
        str, typer.Argument(metavar="TIPO", help="customer, ticket ou document.")
    ],
    object_id: Annotated[UUID, typer.Argument(metavar="ID", help="De que registro.")],
    ground: Annotated[KeepingGround, typer.Option("--ground", help="Fundamento.")],
    reference: Annotated[
        str, typer.Option("--reference", help="Lei, contrato ou código da tabela de temporalidade.")
    ],
    until: Annotated[
        str | None,
        typer.Option("--until", metavar="AAAA-MM-DD", help="Último dia; sem ele, é permanente."),
    ] = None,
    person: Person = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Registra um fundamento de conservação de um cliente, chamado ou documento."""
    try:
        day = date.fromisoformat(until) if until else None
    except ValueError:
        raise typer.BadParameter("use AAAA-MM-DD", param_hint="--until") from None

    async def work(database: Database) -> SubjectKeeping:
        async with database.begin() as session:
            who = await acting(session, person)
            return await keep(session, who, object_type, object_id, ground, reference, day)

    made = on_database(settings_for(data_dir), work)
    if as_json:
        print_json(KeepingReply.of(made).model_dump(mode="json"))
        return
    out().print(f"Fundamento registrado: {made.id}", markup=False)


@app.command("end")
def end(
    keeping_id: Annotated[UUID, typer.Argument(metavar="ID", help="Identificador.")],
    term: Annotated[
        str, typer.Option("--term", metavar="NÚMERO", help="Termo de eliminação do arquivo.")
    ] = "",
    person: Person = None,
    data_dir: DataDir = None,
) -> None:
    """Encerra um fundamento antes do seu último dia, ou pelo termo de eliminação do arquivo."""

    async def work(database: Database) -> None:
        async with database.begin() as session:
            who = await acting(session, person)
            await end_keeping(session, who, keeping_id, disposal_term=term)

    on_database(settings_for(data_dir), work)
    out().print("Fundamento encerrado.")


@app.command("disposal")
def disposal(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="ARQUIVO", help="Grava em CSV.")
    ] = None,
    person: Person = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Listagem de eliminação: documentos públicos cujo prazo terminou; nada é eliminado."""

    async def work(database: Database) -> list[DisposalReply]:
        async with database.begin() as session:
            return await disposal_list(session, await acting(session, person))

    found = on_database(settings_for(data_dir), work)
    lines = [line.model_dump(mode="json") for line in found]
    if output is not None:
        with writing(output) as file:
            file.write(disposal_csv(found))
    if as_json:
        print_json({"reference": REFERENCE, "records": lines})
        return
    shown = table("Código", "Tipo", "Protocolo ou ID", "De", "Até", "Prazo", "Guarda")
    for one in lines:
        days = (str(one[name] or "")[:10] for name in ("began_at", "ended_at", "until"))
        named = one["protocol"] or one["object_id"]
        held = "sob guarda" if one["held"] else ""
        shown.add_row(one_line(one["code"]), one["object_type"], named, *days, held)
    out().print(shown if lines else "Nenhum documento público com o prazo terminado.")
    out().print(f"Eliminar depende da autorização da instituição arquivística ({REFERENCE}).")


@app.command("list")
def list_(as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Lista os fundamentos em vigor."""

    async def work(database: Database) -> list[SubjectKeeping]:
        async with database.begin() as session:
            return list(await list_keepings(session, SYSTEM))

    found = on_database(settings_for(data_dir), work)
    if as_json:
        print_json({"keepings": [KeepingReply.of(o).model_dump(mode="json") for o in found]})
        return
    shown = table("ID", "Tipo", "Registro", "Fundamento", "Referência", "Até", whole=1)
    for one in found:
        until = one.until.isoformat() if one.until else "permanente"
        cells = (one.object_type, str(one.object_id), KEEPING_GROUND[one.ground])
        shown.add_row(str(one.id), *cells, one_line(one.reference), until)
    out().print(shown if found else "Nenhum fundamento registrado.")
