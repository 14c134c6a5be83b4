"""Models and their vectors as the page of models shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import ModelChoice, ModelKind, ModelProvider, VectorState
from cogep_assist.integrations.embedder import space_name
from cogep_assist.integrations.privacy_gateway import ModelService
from cogep_assist.integrations.provider_registry import ProviderRegistry
from cogep_assist.rag_service.model_setup import ModelSetup
from cogep_assist.retrieval.dense_space import SpaceProgress, refused_passages, spaces

STATES = {
    VectorState.FILLING: ("sendo feitos", "info"),
    VectorState.READY: ("em uso", "good"),
    VectorState.RETIRED: ("de um modelo anterior", ""),
}
# Beside one whose vectors are being made: no question of the new model is compared with these.
OUTGOING = ("do modelo de antes", "")
REFUSED_SHOWN = 20


@dataclass(frozen=True, slots=True)
class KindWords:
    """What a kind of model is called, what it is for, and an example of its address."""

    name: str
    purpose: str
    icon: str
    example: str


KINDS = {
    ModelKind.CHAT: KindWords(
        "Modelo de linguagem",
        "Escreve as respostas; cada frase é conferida com os trechos antes de aparecer. Sem ele, "
        "as respostas são extraídas dos documentos.",
        "message-square",
        "http://localhost:11434/v1",
    ),
    ModelKind.EMBEDDINGS: KindWords(
        "Modelo de vetores",
        "Acha trechos que dizem o mesmo com outras palavras, ao lado da busca por palavras.",
        "search",
        "http://localhost:11434/v1",
    ),
    ModelKind.RERANK: KindWords(
        "Reordenador",
        "Relê os melhores trechos e os põe em ordem.",
        "list-checks",
        "http://localhost:8080/v1",
    ),
}


@dataclass(frozen=True, slots=True)
class ModelCard:
    """One kind of model: what is set, what its form holds, what stands in the way of sending."""

    kind: ModelKind
    words: KindWords
    setup: ModelSetup
    form: Mapping[str, Any]
    has_key: bool
    barred: AppError | None


@dataclass(frozen=True, slots=True)
class VectorsView:
    """How far the vectors are; ``awaited`` is an embedder that has none yet."""

    spaces: Sequence[SpaceProgress]
    awaited: str
    busy: bool
    refused: Sequence[tuple[UUID, str, int]] = ()

    def words(self, space: SpaceProgress) -> tuple[str, str]:
        """Say what becomes of a space's vectors, with its colour."""
        replaced = self.awaited or any(one.state is VectorState.FILLING for one in self.spaces)
        return OUTGOING if replaced and space.state is VectorState.READY else STATES[space.state]


async def model_cards(
    database: Database,
    setups: Sequence[ModelSetup],
    typed: Mapping[ModelKind, Mapping[str, Any]],
) -> list[ModelCard]:
    """Return the cards in the order in which a person would set the models."""
    return [
        ModelCard(
            kind=setup.kind,
            words=KINDS[setup.kind],
            setup=setup,
            form=typed.get(setup.kind) or _kept(setup.choice),
            has_key=bool(setup.choice and setup.choice.api_key),
            barred=await _barred(database, setup),
        )
        for setup in setups
    ]


async def vectors_view(session: AsyncSession, settings: Settings) -> VectorsView:
    """Return how far every embedder's vectors are, the one in use first."""
    every = await spaces(session) if settings.has_model("embeddings") else []
    # Of one whose vectors are gone nothing is left to tell.
    found = [one for one in every if one.embedded or one.state is not VectorState.RETIRED]
    named = settings.embed_model and space_name(
        settings.embed_model, settings.embed_passage_prefix or ""
    )
    known = {space.embedder for space in found if space.state is not VectorState.RETIRED}
    awaited = named if named and named not in known else ""
    filling = any(space.state is VectorState.FILLING for space in found)
    refused = await refused_passages(session, REFUSED_SHOWN) if found else []
    return VectorsView(found, awaited, filling or bool(awaited), refused)


def _kept(choice: ModelChoice | None) -> dict[str, Any]:
    if choice is None:
        return {
            "url": "",
            "model": "",
            "provider": ModelProvider.OWN,
            "query_prefix": "",
            "passage_prefix": "",
        }
    return {
        "url": choice.url,
        "model": choice.model,
        "provider": choice.provider,
        "query_prefix": choice.query_prefix,
        "passage_prefix": choice.passage_prefix,
    }


async def _barred(database: Database, setup: ModelSetup) -> AppError | None:
    """Return why nothing leaves for a service of somebody else's, as the registry says now."""
    choice = setup.choice
    if setup.by_server or choice is None or choice.provider is ModelProvider.OWN:
        return None
    service = ModelService(choice.kind, choice.url, choice.model, choice.provider)
    try:
        await ProviderRegistry(database).admission(service)
    except AppError as refusal:
        return refusal
    return None
