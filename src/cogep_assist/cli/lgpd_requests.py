"""``cogep lgpd requests``: the encarregado's inbox from a terminal."""

from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
import typer
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.cli.console import one_line, out, print_json, safe, table
from cogep_assist.cli.context import on_database, settings_for
from cogep_assist.cli.moments import moment
from cogep_assist.cli.options import AsJson, DataDir
from cogep_assist.core.access import SYSTEM
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    IdentityMethod,
    RequestChannel,
    RequestOutcome,
    RequestStatus,
    SubjectRequest,
    SubjectRight,
)
from cogep_assist.lgpd_service.requests.numbering import read_protocol
from cogep_assist.lgpd_service.requests.request_ends import answer_request, refuse_request
from cogep_assist.lgpd_service.requests.request_identity import record_check
from cogep_assist.lgpd_service.requests.request_list import (
    ListedRequest,
    RequestFilter,
    list_requests,
    pressing_requests,
)
from cogep_assist.lgpd_service.requests.request_open import NewRequest, open_request
from cogep_assist.lgpd_service.requests.request_replies import request_reply
from cogep_assist.lgpd_service.requests.request_rights import RIGHTS
from cogep_assist.lgpd_service.requests.request_words import label

app = typer.Typer(help="Recebe, mostra e responde pedidos de titulares.", no_args_is_help=True)
Protocol = Annotated[str, typer.Argument(metavar="PROTOCOLO", help="Como LGPD-2026-000001.")]
Answer = Annotated[str, typer.Option("--text", metavar="TEXTO", help="O que o titular lê.")]


@app.command("list")
def list_(
    status: Annotated[
        RequestStatus | None, typer.Option("--status", help="Só neste estado.")
    ] = None,
    pressing: Annotated[
        bool, typer.Option("--pressing", help="Só os que têm prazo a correr, do que vence antes.")
    ] = False,
    json_: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Lista pedidos, com o prazo de cada um."""
    settings = settings_for(data_dir)

    async def work(database: Database) -> list[dict[str, Any]]:
        async with database.begin() as session:
            if pressing:
                found = await pressing_requests(session, SYSTEM)
            else:
                asked = RequestFilter((status,) if status else ())
                found, _ = await list_requests(session, SYSTEM, asked, limit=200)
            return [_row(one) for one in found]

    rows = on_database(settings, work)
    if json_:
        print_json({"items": rows})
        return
    if not rows:
        out().print("Nenhum pedido.")
        return
    shown = table("Protocolo", "Direito", "Situação", "Prazo", "Recebido em", whole=1)
    for row in rows:
        when = moment(row["received_at"], ZoneInfo(settings.timezone))
        shown.add_row(row["protocol"], row["right"], row["status"], row["due_on"] or "", when)
    out().print(shown)


@app.command()
def show(protocol: Protocol, json_: AsJson = False, data_dir: DataDir = None) -> None:
    """Mostra um pedido: passos, prazos e comprovantes."""
    settings = settings_for(data_dir)
    zone = ZoneInfo(settings.timezone)

    async def work(database: Database) -> dict[str, Any]:
        async with database.begin() as session:
            found = await _resolve(session, protocol)
            return (await request_reply(session, SYSTEM, found, zone)).model_dump(mode="json")

    told = on_database(settings, work)
    if json_:
        print_json(told)
        return
    out().print(f"{told['protocol']}: {told['right_label']} ({told['article']})", markup=False)
    out().print(f"{told['status_label']}; {safe(told['requester_name'])}", markup=False)
    for clock in told["clocks"]:
        out().print(f"  até {clock['due_on']}  {clock['reference']}", markup=False)
    for step in told["steps"]:
        words = one_line(step["body"] or "")
        out().print(f"  {step['occurred_at'][:16]}  {step['kind']}  {words}", markup=False)
    for receipt in told["receipts"]:
        out().print(f"  comprovante {receipt['number']}  {receipt['sha256']}", markup=False)


@app.command("open")
def open_(
    right: Annotated[SubjectRight, typer.Argument(metavar="DIREITO", help="access, erasure ...")],
    name: Annotated[str, typer.Argument(metavar="NOME", help="Nome do titular.")],
    email: Annotated[str, typer.Argument(metavar="E-MAIL", help="Para onde vão os códigos.")],
    text: Annotated[str, typer.Option("--text", metavar="TEXTO", help="O que se pede.")] = "",
    json_: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Registra um pedido recebido fora do sistema; um código vai ao e-mail do titular."""
    settings = settings_for(data_dir)
    new = NewRequest(right, name, email=email, description=text)

    async def work(database: Database) -> str:
        async with database.begin() as session:
            made = await open_request(session, SYSTEM, new, settings, RequestChannel.DESK)
            return made.protocol

    made = on_database(settings, work)
    if json_:
        print_json({"protocol": made})
        return
    out().print(f"Pedido {made} registrado; o prazo já corre.", markup=False)


@app.command()
def identify(
    protocol: Protocol,
    method: Annotated[IdentityMethod, typer.Option("--method", help="Como se comprovou.")],
    failed: Annotated[bool, typer.Option("--failed", help="A conferência não passou.")] = False,
    note: Annotated[
        str, typer.Option("--note", metavar="TEXTO", help="Tipo de documento, sem o número.")
    ] = "",
    data_dir: DataDir = None,
) -> None:
    """Registra a conferência de identidade e apaga os documentos recebidos."""
    settings = settings_for(data_dir)

    async def work(database: Database) -> str:
        async with database.begin() as session:
            found = await _resolve(session, protocol)
            done = await record_check(
                session, SYSTEM, found, method, settings, passed=not failed, note=note
            )
            return label(done.status)

    out().print(f"Registrado; o pedido está {on_database(settings, work)}.", markup=False)


@app.command()
def answer(
    protocol: Protocol,
    text: Answer,
    outcome: Annotated[
        RequestOutcome, typer.Option("--outcome", help="Resultado.")
    ] = RequestOutcome.GRANTED,
    data_dir: DataDir = None,
) -> None:
    """Responde ao titular, com comprovante assinado."""
    settings = settings_for(data_dir)

    async def work(database: Database) -> None:
        async with database.begin() as session:
            found = await _resolve(session, protocol)
            await answer_request(session, SYSTEM, found, outcome, text, settings)

    on_database(settings, work)
    out().print("Respondido.")


@app.command()
def refuse(
    protocol: Protocol,
    text: Answer,
    ground: Annotated[str, typer.Option("--ground", metavar="FUNDAMENTO", help="Do catálogo.")],
    data_dir: DataDir = None,
) -> None:
    """Recusa o pedido com um fundamento do catálogo."""
    settings = settings_for(data_dir)

    async def work(database: Database) -> None:
        async with database.begin() as session:
            found = await _resolve(session, protocol)
            await refuse_request(session, SYSTEM, found, ground, text, settings)

    on_database(settings, work)
    out().print("Recusado com fundamento.")


def _row(listed: ListedRequest) -> dict[str, Any]:
    request = listed.request
    running = [clock for clock in listed.clocks if clock.met_at is None]
    return {
        "id": str(request.id),
        "protocol": request.protocol,
        "right": RIGHTS[request.right].title,
        "status": label(request.status),
        "due_on": running[0].due_on.isoformat() if running else None,
        "received_at": request.received_at,
    }


async def _resolve(session: AsyncSession, text: str) -> UUID:
    found = await session.scalar(
        sa.select(SubjectRequest.id).where(SubjectRequest.protocol == read_protocol(text))
    )
    if found is None:
        raise AppError("subject_request_not_found")
    return found
