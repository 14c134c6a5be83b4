"""Ajustes, Modelos: choose the models that help the answers, try them, follow their vectors."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, Form, Request, Response
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.config import Settings
from cogep_assist.core.config_models import PREFIXES
from cogep_assist.core.diagnosis.configuration import SettingRow, setting_rows
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import ModelKind, ModelProvider
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.models_in_force import settings_in_use
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.integrations.privacy_guard import PrivacyGuard
from cogep_assist.integrations.transfer_log import TransferLog
from cogep_assist.rag_service.model_check import ModelTrial, try_model
from cogep_assist.rag_service.model_setup import (
    ModelBody,
    choose_model,
    drafted_settings,
    drop_model,
    model_setups,
)
from cogep_assist.web.formats import duration_br
from cogep_assist.web.model_view import KINDS, model_cards, vectors_view
from cogep_assist.web.outcome import done
from cogep_assist.web.rendering import render
from cogep_assist.web.section_frame import answer_form, in_words, settings_page, shaped

HREF = "/ajustes/modelos"
router = guarded_router(include_in_schema=False)
MANAGE = rule(Login.SESSION, Act.MANAGE_MODELS)
TRY = rule(Login.SESSION, Act.MANAGE_MODELS, rate=Rate.ASK)
Line = Annotated[str, Form(max_length=500)]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a trial went; ``saved`` says that the model is in use all the same."""

    trial: ModelTrial | None = None
    problem: AppError | None = None
    saved: bool = False

    @property
    def status(self) -> int:
        """The status of a page that tells it."""
        return self.problem.status if self.problem else 200


def typed_model(
    endereco: Line = "",
    modelo: Line = "",
    de_quem: Annotated[ModelProvider, Form()] = ModelProvider.OWN,
    chave: Annotated[str, Form(max_length=4000)] = "",
    sem_chave: Annotated[bool, Form()] = False,
    antes_da_pergunta: Line = "",
    antes_do_trecho: Line = "",
) -> dict[str, Any]:
    """Return what a form says of a model, as the use-cases call it."""
    return {
        "url": endereco,
        "model": modelo,
        "provider": de_quem,
        "api_key": SecretStr(chave.strip()) if chave.strip() else None,
        "without_key": sem_chave,
        "query_prefix": antes_da_pergunta,
        "passage_prefix": antes_do_trecho,
    }


Typed = Annotated[dict[str, Any], Depends(typed_model)]
Kind = Annotated[ModelKind, Form()]


@router.get(HREF, dependencies=[MANAGE])
async def models(request: Request, session: SessionDep, principal: PrincipalDep) -> Response:
    """Show what is set for each kind of model."""
    return await _page(request, session, principal)


@router.get(f"{HREF}/vetores", dependencies=[MANAGE])
async def vector_progress(request: Request, session: SessionDep) -> Response:
    """Show how far the vectors of the passages are, as a part of the page."""
    settings = settings_in_use(edge_state(request))
    vectors = await vectors_view(session, settings)
    return render(request, "settings/_vectors.html", vectors=vectors)


@router.post(HREF, dependencies=[TRY])
async def save(request: Request, principal: PrincipalDep, tipo: Kind, typed: Typed) -> Response:
    """Choose a model, put it into use, and try it."""
    edge = edge_state(request)
    try:
        async with edge.database.begin() as session:
            await choose_model(session, principal, edge.settings, tipo, shaped(ModelBody, **typed))
    except AppError as problem:
        async with edge.database.begin() as session:
            return await _page(request, session, principal, problem, kind=tipo, typed=typed)
    await _put_into_use(request)
    try:
        trial = await _tried(request, principal, tipo, settings_in_use(edge))
    except AppError as problem:
        return await _told(request, principal, tipo, Outcome(problem=problem, saved=True))
    notice = f"{KINDS[tipo].name}: em uso. Respondeu em {duration_br(trial.took_ms)}."
    return done(HREF, notice, request=request)


@router.post(f"{HREF}/testar", dependencies=[TRY])
async def try_(request: Request, principal: PrincipalDep, tipo: Kind, typed: Typed) -> Response:
    """Try a model now, the one that is typed or the one in use, and say how it went."""
    edge, problem, trial = edge_state(request), None, None
    try:
        settings = settings_in_use(edge)
        if typed["url"]:
            async with edge.database.begin() as session:
                body = shaped(ModelBody, **typed)
                settings = await drafted_settings(session, principal, edge.settings, tipo, body)
        trial = await _tried(request, principal, tipo, settings)
    except AppError as error:
        problem = error
    tried = Outcome(trial, problem and in_words(problem))
    if "hx-request" in request.headers:
        return render(request, "settings/_trial.html", tried=tried, status=tried.status)
    return await _told(request, principal, tipo, tried, typed if typed["url"] else None)


@router.post(f"{HREF}/parar", dependencies=[MANAGE])
async def stop(request: Request, principal: PrincipalDep, tipo: Kind) -> Response:
    """Use no model of a kind any more."""

    async def work(session: AsyncSession) -> None:
        await drop_model(session, principal, edge_state(request).settings, tipo)

    notice = f"{KINDS[tipo].name}: não é mais usado, e a chave foi apagada."
    reply = await answer_form(request, principal, work, _page, kind=tipo, href=HREF, notice=notice)
    await _put_into_use(request)
    return reply


async def _put_into_use(request: Request) -> None:
    """Follow a choice in this process at once; the others see it within seconds."""
    watch = edge_state(request).models
    if watch is not None:
        await watch.refresh()


async def _tried(
    request: Request, principal: Principal, kind: ModelKind, settings: Settings
) -> ModelTrial:
    edge = edge_state(request)
    guard = PrivacyGuard(settings, edge.database)
    return await try_model(principal, kind, settings, TransferLog(edge.database), guard)


async def _told(
    request: Request,
    principal: Principal,
    kind: ModelKind,
    tried: Outcome,
    typed: Mapping[str, Any] | None = None,
) -> Response:
    async with edge_state(request).database.begin() as session:
        reply = await _page(request, session, principal, kind=kind, typed=typed, tried=tried)
    reply.status_code = tried.status
    return reply


async def _page(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    problem: AppError | None = None,
    *,
    kind: ModelKind | None = None,
    typed: Mapping[str, Any] | None = None,
    tried: Outcome | None = None,
) -> Response:
    edge = edge_state(request)
    setups = await model_setups(session, principal, edge.settings)
    typed_for = {kind: typed} if kind is not None and typed is not None else {}
    return settings_page(
        request,
        "models.html",
        problem and in_words(problem),
        cards=await model_cards(edge.database, setups, typed_for),
        rows=_servers_own(edge.settings),
        vectors=await vectors_view(session, settings_in_use(edge)),
        tried=tried,
        about=kind,
    )


def _servers_own(settings: Settings) -> dict[ModelKind, list[SettingRow]]:
    rows = setting_rows(settings, Path(str(Settings.model_config.get("env_file") or ".env")))
    starts = {kind: f"COGEP_{PREFIXES[kind.value].upper()}_" for kind in ModelKind}
    return {
        kind: [row for row in rows if row.name.startswith(start)] for kind, start in starts.items()
    }
