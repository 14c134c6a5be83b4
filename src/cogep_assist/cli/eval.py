"""``cogep eval``: a set in the BEIR layout through the real ingestion and the real search."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import sqlalchemy as sa
import typer

from cogep_assist.cli.console import err, print_json
from cogep_assist.cli.context import on_database, settings_for
from cogep_assist.cli.eval_plot import check_plot, write_plot
from cogep_assist.cli.eval_report import (
    as_rows,
    counted,
    print_differences,
    print_figures,
    print_misses,
)
from cogep_assist.cli.eval_run_file import load_run, save_run
from cogep_assist.cli.job_progress import bar, job_progress
from cogep_assist.cli.options import AsJson, DataDir
from cogep_assist.cli.waiting import wait_for_jobs
from cogep_assist.cli.written_file import check_writable
from cogep_assist.core.access import SYSTEM
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Collection, IngestionJob, JobStatus
from cogep_assist.core.notify_bell import NotifyBell
from cogep_assist.ingestion_service.collections import ensure_collection
from cogep_assist.ingestion_service.submission import (
    MAX_TITLE_CHARS,
    Options,
    Submission,
    text_submission,
)
from cogep_assist.ingestion_service.submissions import submit
from cogep_assist.rag_service.evaluation import evaluate, figure_names, question_figure_names
from cogep_assist.rag_service.evaluation_compare import Difference, compare_runs
from cogep_assist.rag_service.evaluation_gate import check_gate, load_gate, missed
from cogep_assist.rag_service.evaluation_set import (
    EvaluationDocument,
    EvaluationSet,
    load_set,
)
from cogep_assist.retrieval.merge import collections_due, merge_collection
from cogep_assist.worker_service.duties import sweep_expired

app = typer.Typer(help="Mede busca e respostas com perguntas de gabarito.")

# However this command ends, the worker sweeps the collection after this time.
LIFETIME = timedelta(hours=12)
BATCH_ITEMS = 500
MERGE_PAUSE_SECONDS = 0.2
BATCH_BYTES = 8 * 1024 * 1024
# Where a gate names how far a figure may fall between two runs.
CHANGE = "change"


PlotFile = Annotated[
    Path | None,
    typer.Option(
        "--plot", metavar="ARQUIVO", help="Desenha as curvas: página .html ou imagem .png."
    ),
]
GateFile = Annotated[
    Path | None,
    typer.Option(
        "--gate", metavar="ARQUIVO", help="Limites em JSON; sai com 1 se um não for atingido."
    ),
]


@app.command()
def eval_(
    folder: Annotated[
        Path,
        typer.Argument(metavar="PASTA", help="Pasta com corpus.jsonl, queries.jsonl e qrels.tsv."),
    ],
    k: Annotated[
        int, typer.Option("--k", "-k", min=1, max=100, metavar="N", help="Corte do nDCG e do MRR.")
    ] = 10,
    gate: GateFile = None,
    save: Annotated[
        Path | None,
        typer.Option("--save", metavar="ARQUIVO", help="Guarda a medição em JSON, por pergunta."),
    ] = None,
    compare: Annotated[
        Path | None,
        typer.Option(
            "--compare", metavar="ARQUIVO", help="Compara com uma medição guardada por --save."
        ),
    ] = None,
    plot: PlotFile = None,
    json_: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Mede a busca e as respostas com um conjunto no formato BEIR.

    Os documentos passam pela ingestão de verdade, em uma coleção temporária que é removida
    no fim. Perguntas com “answers” medem também as respostas; as marcadas com “impossible”
    medem a abstenção. Com --compare, --gate limita também a piora: {"change": {"ndcg@10": -0.02}}.
    """
    thresholds = load_gate(gate) if gate is not None else []
    before = load_run(compare) if compare is not None else None
    check_gate(thresholds, _gate_names(k, compared=before is not None))
    if plot is not None:
        check_plot(plot)
    if save is not None:
        check_writable(save)
    evaluation = load_set(folder)
    settings = settings_for(data_dir)
    if not json_:
        err().print(counted(evaluation), style="dim")

    run = _measured(settings, evaluation, k, quiet=json_)
    differences = compare_runs(before, run) if before is not None else []
    _keep(run, save, plot, folder.resolve().name)
    figures = {name: value for name, value in run.items() if name != "questions"}
    judged = figures | _changes(k, differences) if before is not None else figures
    misses = missed(judged, thresholds)
    if json_:
        print_json(figures | ({"compared": as_rows(differences)} if before is not None else {}))
    else:
        print_figures(figures, k)
        print_differences(differences)
    if thresholds:
        print_misses(misses, len(thresholds))
    if misses:
        raise typer.Exit(1)


def _gate_names(k: int, *, compared: bool) -> set[str]:
    changes = {f"{CHANGE}.{name}" for name in question_figure_names(k)} if compared else set()
    return figure_names(k) | {"ingest_seconds"} | changes


def _changes(k: int, differences: Sequence[Difference]) -> dict[str, Any]:
    measured = {one.name: one.change for one in differences}
    return {CHANGE: dict.fromkeys(question_figure_names(k)) | measured}


def _keep(run: dict[str, Any], save: Path | None, plot: Path | None, name: str) -> None:
    if save is not None:
        save_run(save, run)
    if plot is not None:
        write_plot(run, plot, name)


def _measured(
    settings: Settings, evaluation: EvaluationSet, k: int, *, quiet: bool
) -> dict[str, Any]:
    """Ingest a set and ask its questions, in a collection of their own."""

    async def work(database: Database) -> dict[str, Any]:
        async with _temporary_collection(database) as (name, found):
            seconds = await _ingest(settings, database, evaluation, name, quiet=quiet)
            with bar("Perguntas", len(evaluation.queries), quiet=quiet) as step:
                figures = await evaluate(database, evaluation, (name, found), k=k, step=step)
            return {**figures, "ingest_seconds": seconds}

    return on_database(settings, work)


@asynccontextmanager
async def _temporary_collection(database: Database) -> AsyncIterator[tuple[str, UUID]]:
    name = f"avaliacao-{secrets.token_hex(6)}"
    async with database.begin() as session:
        until = datetime.now(UTC) + LIFETIME
        await ensure_collection(session, SYSTEM, name, expires_at=until)
        found = await session.scalar(sa.select(Collection.id).where(Collection.name == name))
        assert found is not None
    try:
        yield name, found
    finally:
        async with database.begin() as session:
            await session.execute(
                sa.update(Collection)
                .where(Collection.id == found)
                .values(expires_at=sa.func.now() - sa.text("interval '1 second'"))
            )
        async with database.begin() as session:
            await sweep_expired(session, "")


async def _ingest(
    settings: Settings, database: Database, evaluation: EvaluationSet, name: str, *, quiet: bool
) -> float:
    """Bring the corpus in and return the seconds that took; all of it, or an AppError."""
    began = time.monotonic()
    bell = NotifyBell(database)
    ids: list[UUID] = []
    try:
        for batch in _batches(evaluation.documents):
            submissions = [_submission(document, name, settings) for document in batch]
            ids += await submit(database, SYSTEM, submissions, bell=bell)
        with job_progress(len(ids), quiet=quiet) as tell:
            await wait_for_jobs(settings, database, ids, tell=tell)
    finally:
        await bell.close()
    await _require_all(database, name, len(ids))
    await _settle_index(database, name)
    return round(time.monotonic() - began, 2)


def _batches(documents: Sequence[EvaluationDocument]) -> Iterator[list[EvaluationDocument]]:
    batch: list[EvaluationDocument] = []
    size = 0
    for document in documents:
        if batch and (len(batch) >= BATCH_ITEMS or size + len(document.text) > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(document)
        size += len(document.text)
    if batch:
        yield batch


def _submission(document: EvaluationDocument, collection: str, settings: Settings) -> Submission:
    options = Options(
        collection=collection, external_id=document.id, title=document.title[:MAX_TITLE_CHARS]
    )
    return text_submission(document.text, options, settings)


async def _require_all(database: Database, name: str, expected: int) -> None:
    statement = (
        sa.select(IngestionJob.status, IngestionJob.error_code, IngestionJob.error_details)
        .join(Collection, Collection.id == IngestionJob.collection_id)
        .where(Collection.name == name)
    )
    async with database.begin() as session:
        rows = (await session.execute(statement)).all()
    failed = [row for row in rows if row.status is not JobStatus.COMPLETED]
    if not failed and len(rows) == expected:
        return
    causes = [AppError(r.error_code, **(r.error_details or {})) for r in failed if r.error_code]
    raise AppError(
        "evaluation_incomplete",
        failed=len(failed) or expected - len(rows),
        cause=causes[0].text if causes else "interrompido",
    )


async def _settle_index(database: Database, name: str) -> None:
    """Merge what a worker would merge within seconds, so that every run measures the same."""
    while True:
        async with database.begin() as session:
            due = await session.scalar(
                sa.select(Collection.id).where(
                    Collection.name == name, Collection.id.in_(await collections_due(session))
                )
            )
            if due is None:
                return
            if await merge_collection(session, due) is None:
                await asyncio.sleep(MERGE_PAUSE_SECONDS)
