"""``cogep gaps``: what people asked and nobody could answer."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

import typer
from rich.text import Text
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.cli.console import one_line, out, print_json, safe, table
from cogep_assist.cli.context import on_database, settings_for
from cogep_assist.cli.job_lookup import id_range, only_one
from cogep_assist.cli.moments import moment
from cogep_assist.cli.options import AsJson, DataDir
from cogep_assist.core.access import SYSTEM, visible_gaps
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.models import Gap, GapCause, GapStatus
from cogep_assist.core.principal import Principal
from cogep_assist.rag_service.gap_grouping import group_gaps
from cogep_assist.rag_service.gap_schemas import GapDetail, GapReply
from cogep_assist.rag_service.gaps import (
    dismiss_gap,
    list_gaps,
    read_gap,
    reopen_gap,
)

app = typer.Typer(
    help="Mostra o que foi perguntado e ninguém soube responder.", no_args_is_help=True
)

STATUS = {
    GapStatus.OPEN: "aberta",
    GapStatus.ANSWERED: "respondida",
    GapStatus.DISMISSED: "dispensada",
}
CAUSE = {
    GapCause.ABSTAINED: "sem resposta",
    GapCause.RATED_DOWN: "a resposta não ajudou",
}
GapId = Annotated[
    str, typer.Argument(metavar="ID", help="Identificador da lacuna, ou o começo dele.")
]
Change = Callable[[AsyncSession, Principal, UUID], Awaitable[GapReply]]


@app.command("list")
def list_(
    status: Annotated[
        GapStatus, typer.Option("--status", "-s", help="Quais lacunas mostrar.")
    ] = GapStatus.OPEN,
    limit: Annotated[
        int, typer.Option("--limit", "-n", min=1, max=200, metavar="N", help="Quantas mostrar.")
    ] = 50,
    json_: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Lista as lacunas, da mais nova à mais antiga, com quantas vezes foram perguntadas."""
    settings = settings_for(data_dir)

    async def work(database: Database) -> list[GapReply]:
        async with database.begin() as session:
            # What was asked a moment ago belongs to the list, also without a worker.
            await group_gaps(session, "")
            found, _ = await list_gaps(session, SYSTEM, status=status, limit=limit)
            return found

    found = on_database(settings, work)
    if json_:
        print_json({"items": [gap.model_dump(mode="json") for gap in found]})
    elif not found:
        out().print(f"Nenhuma lacuna {STATUS[status]}.")
    else:
        _print_list(found, ZoneInfo(settings.timezone))


@app.command()
def show(gap_id: GapId, json_: AsJson = False, data_dir: DataDir = None) -> None:
    """Mostra uma lacuna: como foi perguntada, e os documentos mais próximos."""
    settings = settings_for(data_dir)

    async def work(database: Database) -> GapDetail:
        async with database.begin() as session:
            return await read_gap(session, SYSTEM, await _resolve(session, gap_id))

    detail = on_database(settings, work)
    if json_:
        print_json(detail.model_dump(mode="json"))
    else:
        _print_gap(detail, ZoneInfo(settings.timezone))


@app.command()
def dismiss(gap_id: GapId, json_: AsJson = False, data_dir: DataDir = None) -> None:
    """Dispensa uma lacuna que não pede documento."""
    _change(settings_for(data_dir), gap_id, dismiss_gap, json_=json_, said="Lacuna dispensada.")


@app.command()
def reopen(gap_id: GapId, json_: AsJson = False, data_dir: DataDir = None) -> None:
    """Reabre uma lacuna dispensada, ou dada por respondida."""
    _change(settings_for(data_dir), gap_id, reopen_gap, json_=json_, said="Lacuna reaberta.")


def _change(settings: Settings, gap_id: str, change: Change, *, json_: bool, said: str) -> None:
    async def work(database: Database) -> GapReply:
        async with database.begin() as session:
            return await change(session, SYSTEM, await _resolve(session, gap_id))

    reply = on_database(settings, work)
    if json_:
        print_json(reply.model_dump(mode="json"))
    else:
        out().print(said)


async def _resolve(session: AsyncSession, text: str) -> UUID:
    low, high = id_range(text)
    statement = visible_gaps(SYSTEM).where(Gap.id.between(low, high)).limit(2)
    return only_one(text, list(await session.scalars(statement)), "gap_not_found")


def _print_list(found: list[GapReply], zone: ZoneInfo) -> None:
    shown = table("Lacuna", "Pergunta", "Vezes", "Pessoas", "Última vez", "Coleções", whole=1)
    for gap in found:
        shown.add_row(
            str(gap.id),
            one_line(gap.question, 90),
            str(gap.asks),
            str(gap.askers),
            moment(gap.last_asked_at, zone),
            ", ".join(gap.collections),
        )
    out().print(shown)


def _print_gap(gap: GapDetail, zone: ZoneInfo) -> None:
    out().print(Text(safe(gap.question), style="bold"))
    people = "pessoa" if gap.askers == 1 else "pessoas"
    times = "vez" if gap.asks == 1 else "vezes"
    out().print(
        f"{STATUS[gap.status]} · {gap.asks} {times}, {gap.askers} {people} · "
        f"de {moment(gap.first_asked_at, zone)} a {moment(gap.last_asked_at, zone)} · "
        f"em {', '.join(gap.collections)}",
        markup=False,
    )
    if gap.answered_by:
        said = f"Respondida por “{one_line(gap.answered_by.title, 120)}”"
        out().print(f"{said} em {moment(gap.closed_at, zone)}", markup=False)
    out().print("\nComo foi perguntada", style="bold")
    for question in gap.questions:
        line = f"  {question.asks}x {one_line(question.question, 120)} ({CAUSE[question.cause]})"
        out().print(line, markup=False)
    if gap.closest:
        out().print("\nDocumentos mais próximos", style="bold")
    for near in gap.closest:
        heading = f" · {one_line(near.heading, 80)}" if near.heading else ""
        out().print(f"  {one_line(near.title, 120)}{heading}", markup=False)
