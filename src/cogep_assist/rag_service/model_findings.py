"""Find what is wrong with the models that are set, by trying them."""

import asyncio
from dataclasses import replace

from sqlalchemy.exc import DBAPIError

from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.diagnosis.finding import Finding, State, from_error, ok, warn
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import ModelKind, VectorState
from cogep_assist.core.principal import SYSTEM
from cogep_assist.integrations.local_models import check_llm
from cogep_assist.integrations.privacy_guard import PrivacyGuard
from cogep_assist.integrations.transfer_log import TransferLog
from cogep_assist.rag_service.model_check import ModelTrial, try_model
from cogep_assist.rag_service.model_failures import check_failures
from cogep_assist.retrieval.dense_space import spaces

# A local model is loaded for it.
TRIAL_SECONDS = 25.0
_CHECKS = {ModelKind.EMBEDDINGS: "embedder", ModelKind.RERANK: "reranker"}


async def check_chat(settings: Settings, database: Database) -> list[Finding]:
    """Ask the language model that is set a question of our own, once what it lists is in order.

    That a server has the model says little: one that answers what is no answer is found only so.
    """
    found = await check_llm(settings)
    if not settings.has_model(ModelKind.CHAT.value) or any(f.state is not State.OK for f in found):
        return found
    trial = await _tried(settings, database, ModelKind.CHAT, "llm")
    if isinstance(trial, Finding):
        # A model that is being loaded answers later; a question does not wait for it.
        slow = trial.code in {"model_trial_slow", "llm_timeout"}
        found += [replace(trial, state=State.WARNING) if slow else trial]
    else:
        found += [ok("llm", "doctor_llm_answers", model=trial.model, took_ms=trial.took_ms)]
    return found + await check_failures(database)


async def check_model(settings: Settings, database: Database, kind: ModelKind) -> list[Finding]:
    """Try the model of a kind on sentences of our own, and say how far its vectors are."""
    check = _CHECKS[kind]
    if not settings.has_model(kind.value):
        return [ok(check, f"doctor_{check}_off")]
    trial = await _tried(settings, database, kind, check)
    if isinstance(trial, Finding):
        return [trial]
    told = {"model": trial.model, "took_ms": trial.took_ms, "came_back": trial.came_back}
    found = [ok(check, f"doctor_{check}_ok", **told)]
    embeds = kind is ModelKind.EMBEDDINGS
    most = round(1000 * (settings.embed_query_seconds if embeds else settings.rerank_seconds))
    if trial.took_ms >= most:
        found = [warn(check, f"doctor_{check}_slow", **told, most_ms=most)]
    return found + await _filling(database) if embeds else found


async def _tried(
    settings: Settings, database: Database, kind: ModelKind, check: str
) -> ModelTrial | Finding:
    records, guard = TransferLog(database), PrivacyGuard(settings, database)
    try:
        async with asyncio.timeout(TRIAL_SECONDS):
            return await try_model(SYSTEM, kind, settings, records, guard)
    except AppError as error:
        return from_error(check, error)
    except TimeoutError:
        return from_error(check, AppError("model_trial_slow", seconds=round(TRIAL_SECONDS)))


async def _filling(database: Database) -> list[Finding]:
    """Say how far the vectors are that are not searched by yet, and what has none for good."""
    try:
        async with database.begin() as session:
            found = await spaces(session)
    except (DBAPIError, OSError):
        # Whoever examines the database says what is wrong with it.
        return []
    told = []
    for one in found:
        if one.state is VectorState.FILLING:
            so_far = {"embedded": one.embedded, "passages": one.passages}
            told.append(warn("embedder", "doctor_vectors_filling", model=one.embedder, **so_far))
        if one.refused and one.state is not VectorState.RETIRED:
            refused = {"model": one.embedder, "refused": one.refused}
            told.append(warn("embedder", "doctor_vectors_refused", **refused))
    return told
