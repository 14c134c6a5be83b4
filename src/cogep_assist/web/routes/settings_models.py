"""Ajustes, Modelos: which models help the answers, and a try of each."""

from pathlib import Path
from typing import Annotated, Literal

from fastapi import Form, Request, Response

from cogep_assist.core.config import Settings
from cogep_assist.core.diagnosis.configuration import setting_rows
from cogep_assist.core.errors import AppError
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.integrations.transfer_log import TransferLog
from cogep_assist.rag_service.model_check import ModelTrial, try_chat, try_embedder, try_reranker
from cogep_assist.web.section_frame import settings_page

HREF = "/ajustes/modelos"
# What each kind of model is for, and the settings that are its.
KINDS = (
    (
        "chat",
        "Modelo de linguagem",
        (
            "Escreve as respostas; cada frase é conferida com os trechos antes de aparecer. "
            "Sem ele, as respostas são extraídas dos documentos."
        ),
        "COGEP_LLM_",
    ),
    (
        "embeddings",
        "Modelo de vetores",
        "Acha trechos que dizem o mesmo com outras palavras, ao lado da busca por palavras.",
        "COGEP_EMBED_",
    ),
    ("rerank", "Reordenador", "Relê os melhores trechos e os põe em ordem.", "COGEP_RERANK_"),
)
router = guarded_router(include_in_schema=False)
READ = rule(Login.SESSION, Act.READ_INSTALLATION)
TRY = rule(Login.SESSION, Act.READ_INSTALLATION, rate=Rate.ASK)


@router.get(HREF, dependencies=[READ])
async def models(request: Request) -> Response:
    """Show what is set for each kind of model."""
    return _page(request)


@router.post(f"{HREF}/testar", dependencies=[TRY])
async def try_model(
    request: Request,
    principal: PrincipalDep,
    tipo: Annotated[Literal["chat", "embeddings", "rerank"], Form()] = "chat",
) -> Response:
    """Try a model now, and say how it went."""
    try:
        trial = await _tried(request, principal, tipo)
    except AppError as problem:
        return _page(request, problem, tried=tipo)
    return _page(request, trial=trial, tried=tipo)


async def _tried(request: Request, principal: Principal, kind: str) -> ModelTrial:
    edge = edge_state(request)
    if kind == "chat":
        return await try_chat(principal, edge.writer)
    log = TransferLog(edge.database)
    if kind == "rerank":
        return await try_reranker(principal, edge.settings, log)
    return await try_embedder(principal, edge.settings, log)


def _page(
    request: Request,
    problem: AppError | None = None,
    *,
    trial: ModelTrial | None = None,
    tried: str = "",
) -> Response:
    settings = edge_state(request).settings
    rows = setting_rows(settings, Path(str(Settings.model_config.get("env_file") or ".env")))
    is_set = {
        "chat": bool(settings.llm_url),
        "embeddings": bool(settings.embed_url or settings.embed_path),
        "rerank": bool(settings.rerank_url or settings.rerank_path),
    }
    return settings_page(
        request,
        "models.html",
        problem,
        kinds=[
            (kind, name, purpose, is_set[kind], [r for r in rows if r.name.startswith(prefix)])
            for kind, name, purpose, prefix in KINDS
        ],
        trial=trial,
        tried=tried,
    )
