"""Whether the process lives, and whether it can serve."""

import asyncio
from typing import Literal

import sqlalchemy as sa
from fastapi import Request, Response
from pydantic import BaseModel

from cogep_assist import __version__
from cogep_assist.core.logging import get_logger
from cogep_assist.core.schema_head import known_revisions, newest_revision
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.rules import Login, guarded_router, rule
from cogep_assist.edge.state import edge_state

TIMEOUT_SECONDS = 5.0
log = get_logger(__name__)

router = guarded_router(tags=["health"])


class HealthReply(BaseModel):
    """The process lives."""

    status: Literal["ok"] = "ok"


class ReadyReply(BaseModel):
    """What serving needs, and whether it is there."""

    status: Literal["ok", "unavailable"]
    database: Literal["ok", "unreachable"]
    db_schema: Literal["ok", "behind", "ahead", "missing", "unknown"]
    release: str


@router.get(
    "/healthz",
    response_model=HealthReply,
    summary="O processo está vivo",
    dependencies=[rule(Login.OPEN, rate=Rate.NONE)],
)
async def healthz() -> HealthReply:
    """Answer as long as the process can."""
    return HealthReply()


@router.get(
    "/readyz",
    response_model=ReadyReply,
    responses={503: {"model": ReadyReply, "description": "Ainda não pode atender"}},
    summary="O banco responde e está no esquema desta versão",
    dependencies=[rule(Login.OPEN, rate=Rate.NONE)],
)
async def readyz(request: Request, response: Response) -> ReadyReply:
    """Ask the database for its schema."""
    reply = await _look(request)
    if reply.status != "ok":
        response.status_code = 503
    return reply


async def _look(request: Request) -> ReadyReply:
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            async with edge_state(request).database.sessions() as session:
                found = await session.scalar(
                    sa.text("SELECT version_num FROM access.alembic_version")
                )
    except Exception as error:  # noqa: BLE001  (whatever it is, the answer is "not ready")
        missing = getattr(getattr(error, "orig", None), "sqlstate", None) in {"42P01", "3F000"}
        log.warning("not_ready", error=type(error).__name__)
        return ReadyReply(
            status="unavailable",
            database="ok" if missing else "unreachable",
            db_schema="missing" if missing else "unknown",
            release=__version__,
        )
    state = _schema_state(found)
    return ReadyReply(
        status="ok" if state == "ok" else "unavailable",
        database="ok",
        db_schema=state,
        release=__version__,
    )


def _schema_state(found: str | None) -> Literal["ok", "behind", "ahead", "missing"]:
    if found is None:
        return "missing"
    if found == newest_revision():
        return "ok"
    return "behind" if found in known_revisions() else "ahead"
