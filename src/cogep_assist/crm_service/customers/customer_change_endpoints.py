"""Customers as a whole: custom fields, possible duplicates, merges and their undoing."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Path, Query, Request, Response
from fastapi.responses import JSONResponse

from cogep_assist.core.errors import AppError
from cogep_assist.core.idempotency import StoredReply
from cogep_assist.core.models import CustomerMerge
from cogep_assist.core.principal import Act
from cogep_assist.crm_service.customers.customer_duplicates import (
    dismiss_duplicate,
    list_duplicates,
)
from cogep_assist.crm_service.customers.customer_fields import (
    change_field,
    create_field,
    list_fields,
)
from cogep_assist.crm_service.customers.customer_merge import (
    UNDO_DAYS,
    find_merge,
    merge_customers,
    undo_merge,
)
from cogep_assist.crm_service.customers.customer_merge_preview import preview_merge
from cogep_assist.crm_service.customers.customer_replies import duplicate_replies
from cogep_assist.crm_service.customers.customer_schemas import (
    DuplicatePage,
    FieldBody,
    FieldChange,
    FieldList,
    FieldReply,
    MergeBody,
    MergePreview,
    MergeReply,
    PairBody,
)
from cogep_assist.crm_service.customers.customers import find_customer
from cogep_assist.edge.cursors import NumberCursor, decode_number_cursor, encode_cursor
from cogep_assist.edge.entity_tags import IfMatchHeader, expected_revision
from cogep_assist.edge.idempotent import IdempotencyKeyHeader, once
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep

router = guarded_router(tags=["customers"])
READ = rule(Login.KEY_OR_SESSION, Act.READ_CUSTOMERS)
READ_ALL = rule(Login.KEY_OR_SESSION, Act.SEE_EVERY_CUSTOMER)
SEE_MERGES = rule(Login.KEY_OR_SESSION, Act.MERGE_CUSTOMERS)
MERGE = rule(Login.KEY_OR_SESSION, Act.MERGE_CUSTOMERS, idempotent=True)
DEFINE = rule(Login.KEY_OR_SESSION, Act.DEFINE_CUSTOMER_FIELDS, idempotent=True)
Limit = Annotated[int, Query(ge=1, le=100)]


@router.get(
    "/crm/customers/fields",
    response_model=FieldList,
    summary="Lista os campos adicionais de clientes",
    dependencies=[READ],
)
async def fields(session: SessionDep, principal: PrincipalDep) -> FieldList:
    """List the fields in use."""
    found = await list_fields(session, principal)
    return FieldList(items=[FieldReply.model_validate(field) for field in found])


@router.post(
    "/crm/customers/fields",
    status_code=201,
    response_model=FieldReply,
    summary="Acrescenta um campo adicional",
    dependencies=[DEFINE],
)
async def add_field(
    request: Request,
    body: FieldBody,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> FieldReply:
    """Add a field."""

    async def work() -> StoredReply:
        await create_field(session, principal, body)
        return StoredReply(201, {"key": body.key})

    given = body.model_dump_json().encode()
    await once(request, session, principal, idempotency_key, given, work)
    found = [f for f in await list_fields(session, principal) if f.key == body.key]
    if not found:
        raise AppError("customer_field_not_found", key=body.key)
    return FieldReply.model_validate(found[0])


@router.patch(
    "/crm/customers/fields/{key}",
    response_model=FieldReply,
    summary="Altera ou arquiva um campo adicional",
    dependencies=[DEFINE],
)
async def alter_field(
    request: Request,
    key: Annotated[str, Path(max_length=40)],
    body: FieldChange,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> FieldReply:
    """Change a field; the same change twice is one."""
    changed = await change_field(session, principal, key, body)

    async def work() -> StoredReply:
        return StoredReply(200, {})

    given = body.model_dump_json(exclude_unset=True).encode()
    await once(request, session, principal, idempotency_key, given, work)
    return FieldReply.model_validate(changed)


@router.get(
    "/crm/customers/duplicates",
    response_model=DuplicatePage,
    summary="Lista possíveis duplicados, dos mais prováveis aos menos, com os motivos",
    dependencies=[READ_ALL],
)
async def duplicates(
    session: SessionDep,
    principal: PrincipalDep,
    limit: Limit = 50,
    cursor: NumberCursor = None,
) -> DuplicatePage:
    """List suggestions."""
    rows, more = await list_duplicates(
        session, principal, limit=limit, offset=decode_number_cursor(cursor) or 0
    )
    items = await duplicate_replies(session, rows)
    return DuplicatePage(items=items, next_cursor=encode_cursor(more))


@router.post(
    "/crm/customers/duplicates/dismiss",
    status_code=204,
    summary="Diz que dois cadastros não são a mesma pessoa",
    dependencies=[MERGE],
)
async def dismiss(
    request: Request,
    body: PairBody,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> Response:
    """Set a suggestion aside for good."""

    async def work() -> StoredReply:
        await dismiss_duplicate(session, principal, body.first_id, body.second_id)
        return StoredReply(204, {})

    await once(request, session, principal, idempotency_key, body.model_dump_json().encode(), work)
    return Response(status_code=204)


@router.get(
    "/crm/customers/merges/{merge_id}",
    response_model=MergeReply,
    summary="Mostra uma união",
    dependencies=[SEE_MERGES],
)
async def show_merge(merge_id: UUID, session: SessionDep, principal: PrincipalDep) -> MergeReply:
    """Look at a merge."""
    return _merge(await find_merge(session, principal, merge_id))


@router.post(
    "/crm/customers/merges/{merge_id}/undo",
    response_model=MergeReply,
    summary="Desfaz uma união",
    dependencies=[MERGE],
)
async def undo(
    request: Request,
    merge_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> MergeReply:
    """Take a merge back."""

    async def work() -> StoredReply:
        await undo_merge(session, principal, merge_id)
        return StoredReply(200, {})

    await once(request, session, principal, idempotency_key, b"", work)
    return _merge(await find_merge(session, principal, merge_id))


@router.get(
    "/crm/customers/{customer_id}/duplicates",
    response_model=DuplicatePage,
    summary="Lista os possíveis duplicados de um cliente",
    dependencies=[READ_ALL],
)
async def duplicates_of(
    customer_id: UUID, session: SessionDep, principal: PrincipalDep, limit: Limit = 50
) -> DuplicatePage:
    """List the suggestions of one customer."""
    await find_customer(session, principal, customer_id)
    rows, _ = await list_duplicates(session, principal, customer_id=customer_id, limit=limit)
    return DuplicatePage(items=await duplicate_replies(session, rows), next_cursor=None)


@router.get(
    "/crm/customers/{customer_id}/merge-preview",
    response_model=MergePreview,
    summary="Compara dois cadastros antes de uni-los",
    dependencies=[SEE_MERGES],
)
async def preview(
    customer_id: UUID, loser_id: UUID, session: SessionDep, principal: PrincipalDep
) -> MergePreview:
    """Compare two customers."""
    return await preview_merge(session, principal, customer_id, loser_id)


@router.post(
    "/crm/customers/{customer_id}/merge",
    status_code=201,
    response_model=MergeReply,
    summary="Une outro cadastro a este; pode ser desfeito por 30 dias",
    dependencies=[MERGE],
)
async def merge(
    request: Request,
    customer_id: UUID,
    body: MergeBody,
    session: SessionDep,
    principal: PrincipalDep,
    if_match: IfMatchHeader = None,
    idempotency_key: IdempotencyKeyHeader = None,
) -> Response:
    """Merge another customer into this one."""
    expected = expected_revision(if_match)

    async def work() -> StoredReply:
        done = await merge_customers(
            session, principal, customer_id, body.loser_id, body.fields, expected=expected
        )
        return StoredReply(201, {"id": str(done.id)})

    stored = await once(
        request, session, principal, idempotency_key, body.model_dump_json().encode(), work
    )
    reply = _merge(await find_merge(session, principal, UUID(stored.reply["id"])))
    response = JSONResponse(reply.model_dump(mode="json"), status_code=201)
    response.headers["Location"] = reply.links["self"]
    return response


def _merge(row: CustomerMerge) -> MergeReply:
    self = f"/crm/customers/merges/{row.id}"
    return MergeReply(
        id=row.id,
        winner_id=row.winner_id,
        loser_id=row.loser_id,
        merged_at=row.merged_at,
        undone_at=row.undone_at,
        undo_until=row.merged_at + timedelta(days=UNDO_DAYS),
        links={
            "self": self,
            "undo": f"{self}/undo",
            "winner": f"/crm/customers/{row.winner_id}",
        },
    )
