"""Customers: list and search, make, look, change, remove; reveal; timeline; relations."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response
from fastapi.responses import JSONResponse

from cogep_assist.core.idempotency import StoredReply
from cogep_assist.core.models import CustomerKind
from cogep_assist.core.principal import Act
from cogep_assist.crm_service.customers.customer_relations import (
    add_relation,
    list_relations,
    remove_relation,
)
from cogep_assist.crm_service.customers.customer_replies import customer_items, customer_reply
from cogep_assist.crm_service.customers.customer_reveal import reveal_cpf
from cogep_assist.crm_service.customers.customer_schemas import (
    CustomerBody,
    CustomerPage,
    CustomerReply,
    CustomerValues,
    EventPage,
    RelationBody,
    RelationList,
    RelationReply,
    RevealBody,
    RevealReply,
)
from cogep_assist.crm_service.customers.customer_search import (
    Filters,
    list_customers,
    search_customers,
)
from cogep_assist.crm_service.customers.customer_timeline import list_events
from cogep_assist.crm_service.customers.customers import (
    change_customer,
    create_customer,
    find_customer,
    remove_customer,
)
from cogep_assist.edge.cursors import IdCursor, decode_id_cursor, encode_cursor
from cogep_assist.edge.entity_tags import IfMatchHeader, expected_revision, set_entity_tag
from cogep_assist.edge.idempotent import IdempotencyKeyHeader, once
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep

router = guarded_router(tags=["customers"])
READ = rule(Login.KEY_OR_SESSION, Act.READ_CUSTOMERS)
READ_ALL = rule(Login.KEY_OR_SESSION, Act.SEE_EVERY_CUSTOMER)
MANAGE = rule(Login.KEY_OR_SESSION, Act.MANAGE_CUSTOMERS, idempotent=True)
# As slow as a search with a model: whoever looks at CPFs one by one is slowed down.
REVEAL = rule(Login.KEY_OR_SESSION, Act.REVEAL_IDENTIFIERS, rate=Rate.ASK, idempotent=True)
Limit = Annotated[int, Query(ge=1, le=200)]
Filter = Annotated[str | None, Query(max_length=100)]


@router.get(
    "/crm/customers",
    response_model=CustomerPage,
    summary="Lista clientes por nome, ou procura por nome, documento, contato ou protocolo",
    dependencies=[READ],
)
async def customers(
    session: SessionDep,
    principal: PrincipalDep,
    q: Annotated[str | None, Query(max_length=200)] = None,
    kind: CustomerKind | None = None,
    tag: Filter = None,
    customer_class: Filter = None,
    external_id: Filter = None,
    limit: Limit = 50,
    cursor: IdCursor = None,
) -> CustomerPage:
    """List or search customers. A search shows its best and has no further pages."""
    filters = Filters(kind, tag, customer_class, external_id)
    after = decode_id_cursor(cursor)
    if q is not None and q.strip():
        found = await search_customers(session, principal, q, filters, limit=limit)
        items = await customer_items(session, found.items)
        return CustomerPage(items=items, next_cursor=None, more=found.more)
    rows, more = await list_customers(session, principal, filters, limit=limit, after=after)
    items = await customer_items(session, [(row, None) for row in rows])
    return CustomerPage(items=items, next_cursor=encode_cursor(more))


@router.post(
    "/crm/customers",
    status_code=201,
    response_model=CustomerReply,
    summary="Cria um cliente, pessoa ou organização",
    dependencies=[MANAGE],
)
async def create(
    request: Request,
    body: CustomerBody,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> Response:
    """Make a customer."""

    async def work() -> StoredReply:
        made = await create_customer(session, principal, body)
        return StoredReply(201, {"id": str(made.id)})

    stored = await once(
        request, session, principal, idempotency_key, body.model_dump_json().encode(), work
    )
    customer = await find_customer(session, principal, UUID(stored.reply["id"]))
    reply = await customer_reply(session, principal, customer)
    response = JSONResponse(reply.model_dump(mode="json"), status_code=201)
    response.headers["Location"] = reply.links["self"]
    set_entity_tag(response, reply.revision)
    return response


@router.get(
    "/crm/customers/{customer_id}",
    response_model=CustomerReply,
    summary="Mostra um cliente",
    dependencies=[READ],
)
async def show(
    customer_id: UUID, response: Response, session: SessionDep, principal: PrincipalDep
) -> CustomerReply:
    """Look at one customer."""
    customer = await find_customer(session, principal, customer_id)
    set_entity_tag(response, customer.revision)
    return await customer_reply(session, principal, customer)


@router.patch(
    "/crm/customers/{customer_id}",
    response_model=CustomerReply,
    summary="Altera os campos informados de um cliente",
    dependencies=[MANAGE],
)
async def change(
    request: Request,
    customer_id: UUID,
    body: CustomerValues,
    response: Response,
    session: SessionDep,
    principal: PrincipalDep,
    if_match: IfMatchHeader = None,
    idempotency_key: IdempotencyKeyHeader = None,
) -> CustomerReply:
    """Change what is named."""
    expected = expected_revision(if_match)

    async def work() -> StoredReply:
        await change_customer(session, principal, customer_id, body, expected=expected)
        return StoredReply(200, {})

    given = body.model_dump_json(exclude_unset=True).encode()
    await once(request, session, principal, idempotency_key, given, work)
    customer = await find_customer(session, principal, customer_id)
    set_entity_tag(response, customer.revision)
    return await customer_reply(session, principal, customer)


@router.delete(
    "/crm/customers/{customer_id}",
    status_code=204,
    summary="Remove um cliente das listas e das buscas",
    dependencies=[MANAGE],
)
async def remove(
    request: Request,
    customer_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    if_match: IfMatchHeader = None,
    idempotency_key: IdempotencyKeyHeader = None,
) -> Response:
    """Take a customer out of lists and searches; what points to it stays."""
    expected = expected_revision(if_match)

    async def work() -> StoredReply:
        await remove_customer(session, principal, customer_id, expected=expected)
        return StoredReply(204, {})

    await once(request, session, principal, idempotency_key, b"", work)
    return Response(status_code=204)


@router.post(
    "/crm/customers/{customer_id}/reveal",
    response_model=RevealReply,
    summary="Mostra o CPF por inteiro; o ato e o motivo ficam registrados",
    dependencies=[REVEAL],
)
async def reveal(
    request: Request,
    customer_id: UUID,
    body: RevealBody,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> RevealReply:
    """Show a CPF whole. A repeated request is a second look, and is written down as one."""
    cpf = await reveal_cpf(session, principal, customer_id, body.reason)

    async def work() -> StoredReply:
        return StoredReply(200, {})

    given = body.model_dump_json().encode()
    await once(request, session, principal, idempotency_key, given, work)
    return RevealReply(cpf=cpf)


@router.get(
    "/crm/customers/{customer_id}/timeline",
    response_model=EventPage,
    summary="Mostra tudo o que houve com um cliente, do mais novo ao mais antigo",
    dependencies=[READ_ALL],
)
async def timeline(
    customer_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    limit: Limit = 50,
    cursor: IdCursor = None,
) -> EventPage:
    """Tell what happened."""
    await find_customer(session, principal, customer_id)
    items, more = await list_events(
        session, principal, customer_id, limit=limit, before=decode_id_cursor(cursor)
    )
    return EventPage(items=items, next_cursor=encode_cursor(more))


@router.get(
    "/crm/customers/{customer_id}/relations",
    response_model=RelationList,
    summary="Lista com quem um cliente se relaciona",
    dependencies=[READ_ALL],
)
async def relations(
    customer_id: UUID, session: SessionDep, principal: PrincipalDep
) -> RelationList:
    """List relations, seen from this customer."""
    return RelationList(items=await list_relations(session, principal, customer_id))


@router.post(
    "/crm/customers/{customer_id}/relations",
    status_code=201,
    response_model=RelationReply,
    summary="Diz o que um cliente é de outro",
    dependencies=[MANAGE],
)
async def relate(
    request: Request,
    customer_id: UUID,
    body: RelationBody,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> Response:
    """Add a relation."""

    async def work() -> StoredReply:
        made = await add_relation(session, principal, customer_id, body)
        return StoredReply(201, {"id": str(made.id)})

    stored = await once(
        request, session, principal, idempotency_key, body.model_dump_json().encode(), work
    )
    wanted = UUID(stored.reply["id"])
    listed = await list_relations(session, principal, customer_id)
    found = [relation for relation in listed if relation.id == wanted]
    content = found[0].model_dump(mode="json") if found else stored.reply
    return JSONResponse(content, status_code=201)


@router.delete(
    "/crm/customers/{customer_id}/relations/{relation_id}",
    status_code=204,
    summary="Retira uma relação",
    dependencies=[MANAGE],
)
async def unrelate(
    request: Request,
    customer_id: UUID,
    relation_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> Response:
    """Take a relation back."""

    async def work() -> StoredReply:
        await remove_relation(session, principal, customer_id, relation_id)
        return StoredReply(204, {})

    await once(request, session, principal, idempotency_key, b"", work)
    return Response(status_code=204)
