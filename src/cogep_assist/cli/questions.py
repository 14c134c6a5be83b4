"""``cogep questions``: question sets that are kept in the base, and their measurements."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar
from uuid import UUID

import sqlalchemy as sa
import typer
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.cli.console import out, print_json
from cogep_assist.cli.context import on_database, settings_for
from cogep_assist.cli.eval_report import print_differences, print_figures
from cogep_assist.cli.job_lookup import id_range, only_one
from cogep_assist.cli.job_progress import bar
from cogep_assist.cli.options import AsJson, DataDir
from cogep_assist.cli.question_report import print_runs, print_set, print_sets
from cogep_assist.cli.question_set_file import read_questions
from cogep_assist.core.access import SYSTEM
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import QuestionSet
from cogep_assist.rag_service.evaluation_compare import compare_runs
from cogep_assist.rag_service.question_set_run import measure_question_set
from cogep_assist.rag_service.question_set_schemas import (
    MOST_QUESTIONS,
    QuestionSetBody,
    QuestionSetDetail,
    QuestionSetReply,
    RunDetail,
    RunReply,
)
from cogep_assist.rag_service.question_sets import (
    create_question_set,
    list_question_sets,
    list_runs,
    read_question_set,
    read_run,
    remove_question_set,
    repeat_question_set,
)

app = typer.Typer(help="Guarda perguntas de gabarito e mede a base com elas.", no_args_is_help=True)

SetId = Annotated[
    str, typer.Argument(metavar="CONJUNTO", help="Nome do conjunto, ou o começo do identificador.")
]
Every = Annotated[
    int | None,
    typer.Option("--every", min=1, max=8_760, metavar="HORAS", help="Mede sozinho a cada N horas."),
]
_Result = TypeVar("_Result")


@app.command()
def add(
    name: Annotated[str, typer.Argument(metavar="NOME", help="Nome do conjunto.")],
    file: Annotated[
        Path, typer.Argument(metavar="ARQUIVO", help="Perguntas em JSON Lines (veja o guia).")
    ],
    collection: Annotated[
        str | None, typer.Option("--collection", "-c", metavar="NOME", help="Coleção medida.")
    ] = None,
    every: Every = None,
    json_: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Guarda um conjunto de perguntas com o que se espera de cada uma."""
    questions = read_questions(file)
    if len(questions) > MOST_QUESTIONS:
        raise AppError("question_set_invalid", reason=f"são mais de {MOST_QUESTIONS} perguntas")
    body = QuestionSetBody(name=name, collection=collection, every_hours=every, questions=questions)

    async def work(session: AsyncSession) -> QuestionSetDetail:
        return await read_question_set(
            session, SYSTEM, await create_question_set(session, SYSTEM, body)
        )

    made = _in_session(settings_for(data_dir), work)
    if json_:
        print_json(made.model_dump(mode="json"))
    else:
        print_set(made)


@app.command("list")
def list_(json_: AsJson = False, data_dir: DataDir = None) -> None:
    """Lista os conjuntos e a última medição de cada um."""

    async def work(session: AsyncSession) -> list[QuestionSetReply]:
        found, before = await list_question_sets(session, SYSTEM, limit=200)
        while before is not None:
            page, before = await list_question_sets(session, SYSTEM, limit=200, before=before)
            found += page
        return found

    found = _in_session(settings_for(data_dir), work)
    if json_:
        print_json({"items": [one.model_dump(mode="json") for one in found]})
    elif not found:
        out().print("Nenhum conjunto. Guarde um com “cogep questions add NOME ARQUIVO”.")
    else:
        print_sets(found)


@app.command()
def show(set_id: SetId, json_: AsJson = False, data_dir: DataDir = None) -> None:
    """Mostra um conjunto e suas perguntas."""

    async def work(session: AsyncSession) -> QuestionSetDetail:
        return await read_question_set(session, SYSTEM, await _resolve(session, set_id))

    detail = _in_session(settings_for(data_dir), work)
    if json_:
        print_json(detail.model_dump(mode="json"))
    else:
        print_set(detail, questions=True)


@app.command()
def run(set_id: SetId, json_: AsJson = False, data_dir: DataDir = None) -> None:
    """Mede agora, guarda a medição e a compara com a anterior."""

    async def work(database: Database) -> tuple[RunDetail, RunDetail | None]:
        async with database.begin() as session:
            found = await _resolve(session, set_id)
            detail = await read_question_set(session, SYSTEM, found)
        with bar("Perguntas", detail.questions, quiet=json_) as step:
            made = await measure_question_set(database, found, step=step)
        if made is None:
            raise AppError("question_set_not_found")
        async with database.begin() as session:
            now = await read_run(session, SYSTEM, found, made)
            earlier = detail.last_run
            before = await read_run(session, SYSTEM, found, earlier.id) if earlier else None
        return now, before

    now, before = on_database(settings_for(data_dir), work)
    if json_:
        print_json(now.model_dump(mode="json"))
        return
    print_figures(now.figures, 10)
    if before is not None:
        print_differences(compare_runs(before.model_dump(), now.model_dump()))


@app.command()
def runs(set_id: SetId, json_: AsJson = False, data_dir: DataDir = None) -> None:
    """Mostra as medições de um conjunto ao longo do tempo."""

    async def work(session: AsyncSession) -> list[RunReply]:
        found, _ = await list_runs(session, SYSTEM, await _resolve(session, set_id), limit=200)
        return found

    found = _in_session(settings_for(data_dir), work)
    if json_:
        print_json({"items": [one.model_dump(mode="json") for one in found]})
    elif not found:
        out().print("Nenhuma medição ainda. Meça com “cogep questions run CONJUNTO”.")
    else:
        print_runs(found)


@app.command()
def schedule(
    set_id: SetId,
    every: Every = None,
    json_: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Mede sozinho a cada tantas horas; sem --every, deixa de medir."""

    async def work(session: AsyncSession) -> QuestionSetDetail:
        found = await _resolve(session, set_id)
        await repeat_question_set(session, SYSTEM, found, every)
        await session.flush()
        return await read_question_set(session, SYSTEM, found)

    changed = _in_session(settings_for(data_dir), work)
    if json_:
        print_json(changed.model_dump(mode="json"))
    else:
        print_set(changed)


@app.command()
def remove(set_id: SetId, data_dir: DataDir = None) -> None:
    """Remove um conjunto, suas perguntas e suas medições."""

    async def work(session: AsyncSession) -> None:
        await remove_question_set(session, SYSTEM, await _resolve(session, set_id))

    _in_session(settings_for(data_dir), work)
    out().print("Conjunto removido.")


def _in_session(settings: Settings, work: Callable[[AsyncSession], Awaitable[_Result]]) -> _Result:
    async def use(database: Database) -> _Result:
        async with database.begin() as session:
            return await work(session)

    return on_database(settings, use)


async def _resolve(session: AsyncSession, text: str) -> UUID:
    """Find a set by its name, else by the beginning of its id."""
    named = list(await session.scalars(sa.select(QuestionSet.id).where(QuestionSet.name == text)))
    if named:
        return only_one(text, named, "question_set_not_found")
    try:
        low, high = id_range(text)
    except AppError:
        raise AppError("question_set_not_found") from None
    statement = sa.select(QuestionSet.id).where(QuestionSet.id.between(low, high)).limit(2)
    return only_one(text, list(await session.scalars(statement)), "question_set_not_found")
