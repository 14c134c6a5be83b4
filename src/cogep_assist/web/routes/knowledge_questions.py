"""The questions of a set by hand: add, change and remove one, take many in, write them out."""

import asyncio
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import Depends, Form, Request, Response
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException

from cogep_assist.core.errors import AppError
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.edge.uploads import BoundedParser, UploadLimits, clean_file_name
from cogep_assist.edge.validation_words import invalid_field
from cogep_assist.rag_service.question_set_csv import MOST_BYTES, as_csv, read_csv
from cogep_assist.rag_service.question_set_editing import (
    add_question,
    change_question,
    remove_question,
    take_in_questions,
)
from cogep_assist.rag_service.question_set_schemas import SetQuestionBody
from cogep_assist.rag_service.question_sets import read_question_set
from cogep_assist.web.formats import counted
from cogep_assist.web.outcome import done
from cogep_assist.web.question_set_page import TypedQuestion, question_set_page, titles_of
from cogep_assist.web.rendering import render

router = guarded_router(include_in_schema=False)
MANAGE = rule(Login.SESSION, Act.MANAGE_EVALUATIONS)
TAKE_IN = rule(Login.SESSION, Act.MANAGE_EVALUATIONS, rate=Rate.INGEST)
SET = "/conhecimento/avaliacao/{set_id}"
PASTED = "perguntas-coladas.csv"


def typed_question(
    pergunta: Annotated[str, Form(max_length=8_000)] = "",
    respostas: Annotated[str, Form(max_length=100_000)] = "",
    documento: Annotated[str, Form(max_length=4_000)] = "",
    outros: Annotated[str, Form(max_length=100_000)] = "",
    sem_resposta: Annotated[str, Form(max_length=5)] = "",
) -> TypedQuestion:
    """Read the fields of a question's form."""
    return TypedQuestion(pergunta, respostas, documento, outros, bool(sem_resposta))


TypedDep = Annotated[TypedQuestion, Depends(typed_question)]


@router.post(f"{SET}/perguntas", dependencies=[MANAGE])
async def add(request: Request, principal: PrincipalDep, set_id: UUID, typed: TypedDep) -> Response:
    """Add a question; one that is refused comes back as it was typed."""
    database = edge_state(request).database
    try:
        question = _question(typed)
        async with database.begin() as session:
            await add_question(session, principal, set_id, question)
    except AppError as problem:
        if problem.status != 422:
            raise
        async with database.begin() as session:
            return await question_set_page(
                request, session, principal, set_id, typed=typed, problem=problem
            )
    return _back(request, set_id, "A pergunta foi acrescentada.", draft="pergunta")


@router.get(f"{SET}/perguntas/{{question_id}}", dependencies=[MANAGE])
async def edit(
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    set_id: UUID,
    question_id: UUID,
) -> Response:
    """Show a question in the fields of a form."""
    held = await read_question_set(session, principal, set_id)
    asked = next((one for one in held.items if one.id == question_id), None)
    if asked is None:
        raise AppError("set_question_not_found")
    return await _form_page(request, session, principal, set_id, TypedQuestion.of(asked))


@router.post(f"{SET}/perguntas/{{question_id}}", dependencies=[MANAGE])
async def change(
    request: Request, principal: PrincipalDep, set_id: UUID, question_id: UUID, typed: TypedDep
) -> Response:
    """Put what was typed in the place of a question."""
    database = edge_state(request).database
    try:
        question = _question(typed)
        async with database.begin() as session:
            await change_question(session, principal, set_id, question_id, question)
    except AppError as problem:
        if problem.status != 422:
            raise
        async with database.begin() as session:
            return await _form_page(request, session, principal, set_id, typed, problem)
    return _back(request, set_id, "A pergunta foi mudada.")


@router.post(f"{SET}/perguntas/{{question_id}}/remover", dependencies=[MANAGE])
async def remove(
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    set_id: UUID,
    question_id: UUID,
) -> Response:
    """Take a question out of its set."""
    await remove_question(session, principal, set_id, question_id)
    return _back(request, set_id, "A pergunta foi removida.")


@router.post(f"{SET}/importar", dependencies=[TAKE_IN])
async def take_in(
    request: Request, session: SessionDep, principal: PrincipalDep, set_id: UUID
) -> Response:
    """Take in the questions of a file, or of what was pasted: all of them or none."""
    form = await _form(request)
    try:
        name, data = await _file(form)
    finally:
        await form.close()
    # Beside the event loop: others would wait for a large file.
    questions = await asyncio.to_thread(read_csv, name, data)
    taken = await take_in_questions(session, principal, set_id, questions)
    words = (
        f"{counted(taken.added, 'pergunta nova', 'perguntas novas')}, "
        f"{counted(taken.changed, 'mudada', 'mudadas')}, "
        f"{counted(taken.same, 'já estava', 'já estavam')} no conjunto."
    )
    return _back(request, set_id, words, draft="perguntas-coladas")


@router.get(f"{SET}/exportar", dependencies=[rule(Login.SESSION, Act.READ_EVALUATIONS)])
async def write_out(session: SessionDep, principal: PrincipalDep, set_id: UUID) -> Response:
    """Write the questions out as a CSV that can be taken in again."""
    held = await read_question_set(session, principal, set_id)
    name = quote(f"{held.name}.csv", safe="")
    return Response(
        as_csv(held.items),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
    )


async def _form_page(
    request: Request,
    session: SessionDep,
    principal: Principal,
    set_id: UUID,
    typed: TypedQuestion,
    problem: AppError | None = None,
) -> Response:
    held = await read_question_set(session, principal, set_id)
    return render(
        request,
        "knowledge/set_question.html",
        status=problem.status if problem else 200,
        held=held,
        typed=typed,
        titles=await titles_of(session, principal, held.collection),
        problem=problem,
    )


def _question(typed: TypedQuestion) -> SetQuestionBody:
    try:
        return SetQuestionBody(
            text=" ".join(typed.text.split()),
            answers=_lines(typed.answers),
            documents=_lines(f"{typed.document}\n{typed.others}"),
            impossible=typed.impossible,
        )
    except ValidationError:
        raise invalid_field(
            "pergunta", "deve ter texto, e no máximo 50 respostas e 50 documentos"
        ) from None


def _lines(text: str) -> list[str]:
    return list(dict.fromkeys(" ".join(line.split()) for line in text.splitlines() if line.strip()))


def _back(request: Request, set_id: UUID, words: str, *, draft: str = "") -> Response:
    return done(f"/conhecimento/avaliacao/{set_id}", words, draft=draft, request=request)


async def _form(request: Request) -> FormData:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await request.form(max_part_size=MOST_BYTES)
    try:
        return await BoundedParser(request, UploadLimits(1, MOST_BYTES)).parse()
    except MultiPartException:
        raise AppError("multipart_invalid") from None


async def _file(form: FormData) -> tuple[str, bytes]:
    sent = form.get("arquivo")
    if isinstance(sent, UploadFile) and sent.filename:
        return clean_file_name(sent.filename), await sent.read()
    pasted = str(form.get("colado", "")).strip()
    if not pasted:
        raise AppError("no_files")
    return PASTED, pasted.encode()
