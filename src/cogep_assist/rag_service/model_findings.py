"""Find what is wrong with the vectors and the reranker that are set, by trying them."""

import asyncio

from sqlalchemy.exc import DBAPIError

from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.diagnosis.finding import Finding, from_error, ok, warn
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import ModelKind, VectorState
from cogep_assist.core.principal import SYSTEM
from cogep_assist.integrations.privacy_guard import PrivacyGuard
from cogep_assist.integrations.transfer_log import TransferLog
from cogep_assist.rag_service.model_check import try_model
from cogep_assist.retrieval.dense_space import spaces

# A local model is loaded for it.
TRIAL_SECONDS = 25.0
_CHECKS = {ModelKind.EMBEDDINGS: "embedder", ModelKind.RERANK: "reranker"}


async def check_model(settings: Settings, database: Database, kind: ModelKind) -> list[Finding]:
    """Try the model of a kind on sentences of our own, and say how far its vectors are."""
    check = _CHECKS[kind]
    if not settings.has_model(kind.value):
        return [ok(check, f"doctor_{check}_off")]
    records, guard = TransferLog(database), PrivacyGuard(settings, database)
    try:
        async with asyncio.timeout(TRIAL_SECONDS):
            trial = await try_model(SYSTEM, kind, settings, records, guard)
    except AppError as error:
        return [from_error(check, error)]
    except TimeoutError:
        return [from_error(check, AppError("model_trial_slow", seconds=round(TRIAL_SECONDS)))]
    told = {"model": trial.model, "took_ms": trial.took_ms, "came_back": trial.came_back}
    found = [ok(check, f"doctor_{check}_ok", **told)]
    if kind is not ModelKind.EMBEDDINGS:
        return found
    most = round(settings.embed_query_seconds * 1000)
    if trial.took_ms > most:
        found = [warn(check, "doctor_embedder_slow", **told, most_ms=most)]
    return found + await _filling(database)


async def _filling(database: Database) -> list[Finding]:
    """Say how far the vectors of an embedder are that is not searched by yet."""
    try:
        async with database.begin() as session:
            found = await spaces(session)
    except (DBAPIError, OSError):
        # Whoever examines the database says what is wrong with it.
        return []
    return [
        warn(
            "embedder",
            "doctor_vectors_filling",
            model=one.embedder,
            embedded=one.embedded,
            passages=one.passages,
        )
        for one in found
        if one.state is VectorState.FILLING
    ]
