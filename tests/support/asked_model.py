"""What the tests of answers by a model ask, of which documents, and how they read the replies."""

import json
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from api import Api
from chat_server import ChatServer
from published import publish

from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database

LEAVE = (
    "As férias dos servidores são de trinta dias por ano. Elas podem ser divididas em até três "
    "etapas.\n\nO adicional de férias corresponde a um terço da remuneração."
)
POINT = "O registro de ponto das férias é eletrônico e obrigatório para todos os servidores."
QUESTION = "Quantos dias de férias têm os servidores?"
GOOD = "Os servidores têm 30 dias de férias por ano [1]."


def with_model(settings: Settings, server: ChatServer) -> Settings:
    """Return settings whose answers the server writes."""
    given = {
        "llm_url": server.url,
        "llm_model": "modelo-local",
        "llm_provider": "own",
        "llm_wait_seconds": 5.0,
    }
    return settings.model_copy(update=given)


async def publish_base(database: Database) -> list[UUID]:
    """Publish the two documents."""
    return [
        await publish(database, LEAVE, "Guia de férias", uri="https://exemplo.gov.br/ferias"),
        await publish(database, POINT, "Norma de ponto"),
    ]


async def stored(api: Api, model: Any) -> list[Any]:
    """Return every row of a model."""
    async with api.database.begin() as session:
        return list(await session.scalars(sa.select(model)))


def read_events(text: str) -> list[tuple[str, Any]]:
    """Read a stream's events: each name and its data."""
    blocks = [block for block in text.strip().split("\n\n") if block.startswith("event: ")]
    return [
        (block.split("\n")[0].removeprefix("event: "), json.loads(block.split("\ndata: ")[1]))
        for block in blocks
    ]
