"""Who did what: looked up, verified and taken along."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import Query, Request
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import AwareDatetime, BaseModel

from cogep_assist.core.models import AuditEvent
from cogep_assist.core.principal import Act
from cogep_assist.edge.cursors import IdCursor, decode_id_cursor, encode_cursor
from cogep_assist.edge.errors import ErrorReply
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.lgpd_service.audit.audit_acts import ActFilter, list_acts
from cogep_assist.lgpd_service.audit.audit_export import export_chain, note_audit_export
from cogep_assist.lgpd_service.audit.audit_verification import newest_checkpoint, verify_on_request
from cogep_assist.lgpd_service.signed_schemas import CheckpointDocument

router = guarded_router(tags=["lgpd"])
Text = Annotated[str | None, Query(max_length=200)]
Moment = Annotated[AwareDatetime | None, Query()]


class ActReply(BaseModel):
    """One act; who acted and on whom appear under pseudonyms."""

    id: UUID
    occurred_at: datetime
    actor_kind: str
    actor: str
    act: str
    object_type: str
    object_id: str
    details: dict[str, Any]
    request_id: str | None

    @classmethod
    def of(cls, event: AuditEvent) -> Self:
        """Describe an act."""
        return cls(**{name: getattr(event, name) for name in cls.model_fields})


class ActList(BaseModel):
    """Acts, newest first."""

    items: list[ActReply]
    next_cursor: str | None


class CheckpointReply(BaseModel):
    """A checkpoint that was kept outside the database, and whether the chain holds it.

    ``restored_at``: where it does not, when a restore took off the links that it knows of.
    """

    name: str
    number: int | None
    position: int | None
    genuine: bool
    in_chain: bool
    sealed_at: str | None
    restored_at: str | None


class VerifyReply(BaseModel):
    """What a verification found."""

    intact: bool
    checked: int
    sealed: int
    waiting: int
    other_key: int
    newest: int | None
    newest_of_another_key: bool
    altered: list[UUID]
    refused: list[UUID]
    missing: list[UUID]
    unsealed: list[UUID]
    broken: list[int]
    cut: int
    checkpoints: list[CheckpointReply]


@router.get(
    "/lgpd/audit",
    summary="Lista os atos registrados, do mais novo ao mais antigo",
    dependencies=[rule(Login.KEY_OR_SESSION, Act.READ_AUDIT)],
)
async def acts(
    session: SessionDep,
    principal: PrincipalDep,
    actor: Text = None,
    subject: Text = None,
    act: Text = None,
    object_type: Text = None,
    object_id: Text = None,
    since: Moment = None,
    until: Moment = None,
    cursor: IdCursor = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ActList:
    """List acts."""
    wanted = ActFilter(actor, subject, act, object_type, object_id, since, until)
    before = decode_id_cursor(cursor)
    found = await list_acts(session, principal, wanted, before=before, limit=limit)
    last = found[-1].id if len(found) == limit else None
    return ActList(items=[ActReply.of(event) for event in found], next_cursor=encode_cursor(last))


@router.get(
    "/lgpd/audit/verify",
    summary="Confere cada ato e a corrente inteira",
    dependencies=[rule(Login.KEY_OR_SESSION, Act.READ_AUDIT)],
)
async def verify(request: Request, principal: PrincipalDep) -> VerifyReply:
    """Verify the audit."""
    edge = edge_state(request)
    report = await verify_on_request(edge.database, principal, edge.settings.data_dir)
    return VerifyReply.model_validate(report.as_json())


@router.get(
    "/lgpd/audit/checkpoint",
    summary="Dá o fim da corrente, assinado, para guardar em outro lugar",
    response_class=JSONResponse,
    responses={
        200: {"model": CheckpointDocument},
        409: {"model": ErrorReply, "description": "Ainda não há ato selado"},
    },
    dependencies=[rule(Login.KEY_OR_SESSION, Act.READ_AUDIT)],
)
async def checkpoint(request: Request, principal: PrincipalDep) -> JSONResponse:
    """Give the newest checkpoint."""
    return JSONResponse(await newest_checkpoint(edge_state(request).database, principal))


@router.get(
    "/lgpd/audit/export",
    summary="Entrega a corrente inteira, que se confere só com a chave pública",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/x-ndjson": {}}}},
    dependencies=[rule(Login.KEY_OR_SESSION, Act.READ_AUDIT)],
)
async def export(
    request: Request, session: SessionDep, principal: PrincipalDep
) -> StreamingResponse:
    """Stream the chain."""
    await note_audit_export(session, principal)
    return StreamingResponse(
        export_chain(edge_state(request).database),
        media_type="application/x-ndjson",
        headers={"Content-Disposition": 'attachment; filename="auditoria.jsonl"'},
    )
