"""``cogep lgpd ripd``: impact reports, drafted from the record of processing."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

import typer

from cogep_assist.cli.console import one_line, out, print_json, table
from cogep_assist.cli.context import on_database, settings_for
from cogep_assist.cli.lgpd_ropa import Output, write_out
from cogep_assist.cli.moments import moment
from cogep_assist.cli.options import AsJson, DataDir
from cogep_assist.core.db import Database
from cogep_assist.core.models import ImpactReport
from cogep_assist.core.principal import SYSTEM
from cogep_assist.lgpd_service.record import impact_reports
from cogep_assist.lgpd_service.record.ropa_schemas import ReportReply

app = typer.Typer(help="Faz e guarda relatórios de impacto (RIPD, art. 38).", no_args_is_help=True)
Id = Annotated[UUID, typer.Argument(metavar="ID", help="Identificador do relatório.")]


@app.callback()
def _group() -> None:
    """Faz e guarda relatórios de impacto (RIPD, art. 38)."""


@app.command("draft")
def draft(
    title: Annotated[str, typer.Argument(metavar="TÍTULO", help="Título do relatório.")],
    activity: Annotated[
        list[str] | None,
        typer.Option("--activity", metavar="CHAVE", help="Só esta atividade; pode repetir."),
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Começa um relatório, preenchido a partir do registro de tratamento."""

    async def work(database: Database) -> ImpactReport:
        async with database.begin() as session:
            return await impact_reports.draft_report(session, SYSTEM, title, activity or [])

    report = on_database(settings_for(data_dir), work)
    out().print(f"Minuta {report.id}. Complete-a em /lgpd/ripd/{report.id}.", markup=False)


@app.command("list")
def list_(as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Lista os relatórios."""
    settings = settings_for(data_dir)

    async def work(database: Database) -> Sequence[ImpactReport]:
        async with database.begin() as session:
            return await impact_reports.list_reports(session, SYSTEM)

    found = on_database(settings, work)
    if as_json:
        print_json({"reports": [ReportReply.of(report).model_dump() for report in found]})
        return
    zone = ZoneInfo(settings.timezone)
    shown = table("ID", "Título", "Aprovado em", whole=1)
    for report in found:
        when = moment(report.approved_at, zone) or "minuta"
        shown.add_row(str(report.id), one_line(report.title), when)
    out().print(shown if found else "Nenhum relatório.")


@app.command("show")
def show(
    report_id: Id,
    pdf: Annotated[bool, typer.Option("--pdf", help="Em PDF, em vez de JSON.")] = False,
    output: Output = None,
    json_: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Mostra um relatório em JSON ou o grava em PDF."""

    async def work(database: Database) -> ImpactReport:
        async with database.begin() as session:
            return await impact_reports.find_report(session, SYSTEM, report_id)

    report = on_database(settings_for(data_dir), work)
    if pdf and not json_:
        write_out(output, impact_reports.report_pdf(report))
    else:
        print_json(ReportReply.of(report).model_dump())


@app.command("approve")
def approve(report_id: Id, data_dir: DataDir = None) -> None:
    """Aprova um relatório, que não muda mais."""

    async def work(database: Database) -> ImpactReport:
        async with database.begin() as session:
            return await impact_reports.approve_report(session, SYSTEM, report_id)

    report = on_database(settings_for(data_dir), work)
    assert report.sha256 is not None
    out().print(f"Aprovado: sha256 {report.sha256.hex()}", markup=False)
