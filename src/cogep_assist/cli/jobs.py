"""``cogep jobs``: see the queue, one job's whole story, try again, stop."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

import typer
from rich.text import Text
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.cli.console import one_line, out, print_json, table
from cogep_assist.cli.context import on_database, settings_for
from cogep_assist.cli.job_lookup import resolve_job
from cogep_assist.cli.job_watch import as_json, look, watch_queue
from cogep_assist.cli.moments import duration, moment
from cogep_assist.cli.options import AsJson, DataDir
from cogep_assist.core.access import SYSTEM
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.models import JobStatus
from cogep_assist.core.notify_bell import NotifyBell
from cogep_assist.core.principal import Principal
from cogep_assist.ingestion_service.job_control import cancel_job, prioritise_job, retry_job
from cogep_assist.ingestion_service.job_queries import find_job, list_jobs
from cogep_assist.ingestion_service.job_words import STAGE, STATUS, STATUS_STYLE, words_of_warning
from cogep_assist.ingestion_service.schemas import JobReply

app = typer.Typer(help="Mostra e conduz as tarefas de ingestão.", invoke_without_command=True)

StatusOption = Annotated[
    JobStatus | None, typer.Option("--status", "-s", help="Só as tarefas neste estado.")
]
OfRequest = Annotated[
    str | None,
    typer.Option("--request", metavar="ID", help="Só as do pedido com este X-Request-ID."),
]
Limit = Annotated[
    int, typer.Option("--limit", "-n", min=1, max=10_000, metavar="N", help="Quantas, no máximo.")
]
JobId = Annotated[
    str, typer.Argument(metavar="ID", help="Identificador da tarefa, ou o começo dele.")
]
_Change = Callable[[AsyncSession, Principal, UUID], Awaitable[JobReply]]


@app.callback()
def jobs(
    ctx: typer.Context,
    status: StatusOption = None,
    request: OfRequest = None,
    limit: Limit = 50,
    watch: Annotated[
        bool,
        typer.Option("--watch", "-w", help="Acompanha a fila e os trabalhadores até Ctrl-C."),
    ] = False,
    every: Annotated[
        float,
        typer.Option("--every", min=0.2, metavar="S", help="Segundos entre duas leituras."),
    ] = 1.0,
    json_: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Mostra e conduz as tarefas de ingestão; sem comando, lista as mais novas."""
    if watch and ctx.invoked_subcommand is None:
        _watch(settings_for(data_dir), every, as_json_=json_)
    elif ctx.invoked_subcommand is None:
        _show_list(settings_for(data_dir), status, request, limit, as_json=json_)


@app.command("list")
def list_(
    status: StatusOption = None,
    request: OfRequest = None,
    limit: Limit = 50,
    json_: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Lista as tarefas, das mais novas para as mais antigas."""
    _show_list(settings_for(data_dir), status, request, limit, as_json=json_)


@app.command()
def show(job_id: JobId, json_: AsJson = False, data_dir: DataDir = None) -> None:
    """Mostra uma tarefa: estágio, tempos, causa da falha e remédio."""
    settings = settings_for(data_dir)

    async def work(database: Database) -> JobReply:
        async with database.begin() as session:
            return await find_job(session, SYSTEM, await resolve_job(session, job_id))

    job = on_database(settings, work)
    if json_:
        print_json(job.model_dump(mode="json"))
    else:
        _print_job(job, ZoneInfo(settings.timezone))


@app.command()
def retry(job_id: JobId, json_: AsJson = False, data_dir: DataDir = None) -> None:
    """Põe de volta na fila uma tarefa que falhou ou foi cancelada."""
    job = _change(settings_for(data_dir), job_id, retry_job)
    _say(job, f"A tarefa {job.id} voltou para a fila.", as_json=json_)


@app.command()
def cancel(job_id: JobId, json_: AsJson = False, data_dir: DataDir = None) -> None:
    """Cancela uma tarefa; se ela já está em execução, para no próximo estágio."""
    job = _change(settings_for(data_dir), job_id, cancel_job)
    done = job.status is JobStatus.CANCELLED
    sentence = "foi cancelada" if done else "vai parar no próximo estágio"
    _say(job, f"A tarefa {job.id} {sentence}.", as_json=json_)


@app.command()
def prioritise(job_id: JobId, json_: AsJson = False, data_dir: DataDir = None) -> None:
    """Põe uma tarefa que espera à frente das outras."""
    job = _change(settings_for(data_dir), job_id, prioritise_job)
    _say(job, f"A tarefa {job.id} vai antes das outras.", as_json=json_)


def _watch(settings: Settings, every: float, *, as_json_: bool) -> None:
    async def work(database: Database) -> None:
        if as_json_:
            print_json(as_json(await look(database)))
        else:
            await watch_queue(database, every=every)

    on_database(settings, work)


def _change(settings: Settings, job_id: str, change: _Change) -> JobReply:
    async def work(database: Database) -> JobReply:
        async with database.begin() as session:
            job = await change(session, SYSTEM, await resolve_job(session, job_id))
        bell = NotifyBell(database)
        await bell.ring()
        await bell.close()
        return job

    return on_database(settings, work)


def _say(job: JobReply, sentence: str, *, as_json: bool) -> None:
    if as_json:
        print_json(job.model_dump(mode="json"))
    else:
        out().print(sentence, markup=False)


def _show_list(
    settings: Settings,
    status: JobStatus | None,
    request: str | None,
    limit: int,
    *,
    as_json: bool,
) -> None:
    async def work(database: Database) -> tuple[list[JobReply], int | None]:
        async with database.begin() as session:
            return await list_jobs(session, SYSTEM, status=status, request_id=request, limit=limit)

    found, more = on_database(settings, work)
    if as_json:
        items = [job.model_dump(mode="json") for job in found]
        print_json({"items": items, "more": more is not None})
        return
    if not found:
        where = f" no estado “{STATUS[status]}”" if status else ""
        of = " desse pedido" if request else ""
        out().print(f"Nenhuma tarefa{of}{where}.", markup=False)
        return
    zone = ZoneInfo(settings.timezone)
    shown = table("Tarefa", "Criada em", "Estado", "O que", "Coleção", "Situação", whole=1)
    for job in found:
        shown.add_row(
            str(job.id),
            moment(job.created_at, zone),
            Text(STATUS[job.status], style=STATUS_STYLE.get(job.status, "")),
            Text(one_line(_source(job), 60)),
            job.collection,
            Text(one_line(_situation(job), 90)),
        )
    out().print(shown)
    if more is not None:
        out().print(f"Há mais; veja com --limit {limit * 2}.", style="dim")


def _source(job: JobReply) -> str:
    return job.title or job.file_name or job.uri or "texto enviado"


def _situation(job: JobReply) -> str:
    if job.error is not None and job.status is not JobStatus.COMPLETED:
        return job.error.message
    if job.status is JobStatus.PROCESSING:
        return f"{STAGE[job.stage] if job.stage else 'iniciando'} ({job.progress}%)"
    if job.status is JobStatus.COMPLETED:
        passages = f"{job.chunks or 0} {'trecho' if job.chunks == 1 else 'trechos'}"
        if "unchanged" in job.warnings:
            return "sem mudança"
        return f"{passages}, com avisos" if job.warnings else passages
    return ""


def _print_job(job: JobReply, zone: ZoneInfo) -> None:
    facts = {
        "Tarefa": str(job.id),
        "Estado": STATUS[job.status] + (" (vai parar)" if job.cancel_requested else ""),
        "O que": one_line(_source(job)),
        "Endereço": one_line(job.uri) if job.uri else "",
        "Coleção": job.collection,
        "Estágio": f"{STAGE[job.stage]} ({job.progress}%)" if job.stage else "",
        "Tentativas": str(job.attempts),
        "Criada em": moment(job.created_at, zone),
        "Iniciada em": moment(job.started_at, zone),
        "Terminada em": moment(job.finished_at, zone),
        "Pedido": job.request_id or "",
        "Documento": str(job.document_id) if job.document_id else "",
        "Trechos": str(job.chunks) if job.chunks is not None else "",
        "Avisos": ", ".join(words_of_warning(warning) for warning in job.warnings),
        "Causa": f"{job.error.message} [{job.error.code}]" if job.error else "",
        "Tempos": _timings(job),
    }
    shown = table("", "")
    shown.show_header = False
    for name, value in facts.items():
        if value:
            shown.add_row(Text(name, style="bold"), Text(value))
    out().print(shown)
    if job.status in {JobStatus.FAILED, JobStatus.CANCELLED}:
        out().print(f"Tente de novo com “cogep jobs retry {job.id}”.", style="dim")


def _timings(job: JobReply) -> str:
    names = {stage.value: label for stage, label in STAGE.items()}
    return " · ".join(
        f"{names.get(stage, stage)} {duration(spent)}"
        for stage, spent in job.timings_ms.items()
        if isinstance(spent, int | float)
    )
