"""Synonyms: list, add, look, change, remove."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from cogep_assist.core.idempotency import StoredReply
from cogep_assist.core.principal import Act
from cogep_assist.edge.cursors import IdCursor, decode_id_cursor, encode_cursor
from cogep_assist.edge.idempotent import IdempotencyKeyHeader, once
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.rag_service.known_acronyms import known_acronyms
from cogep_assist.rag_service.synonym_schemas import (
    MAX_PHRASE_CHARS,
    AcronymPage,
    AcronymReply,
    SynonymBody,
    SynonymPage,
    SynonymReply,
)
from cogep_assist.rag_service.synonyms import (
    add_synonym,
    change_synonym,
    find_synonym,
    list_synonyms,
    remove_synonym,
)

router = guarded_router(tags=["synonyms"])
AFTER = "O next_cursor da página anterior, tal como veio."
Sought = Annotated[
    str,
    Query(
        max_length=MAX_PHRASE_CHARS,
        description="Só os que dizem isto, com ou sem acento; o começo de uma palavra basta.",
    ),
]
READ = rule(Login.KEY_OR_SESSION, Act.READ_SYNONYMS)
MANAGE = rule(Login.KEY_OR_SESSION, Act.MANAGE_SYNONYMS, idempotent=True)


@router.get(
    "/synonyms",
    response_model=SynonymPage,
    summary="Lista os sinônimos, do mais novo ao mais antigo",
    dependencies=[READ],
)
async def synonyms(
    session: SessionDep,
    principal: PrincipalDep,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: IdCursor = None,
    q: Sought = "",
) -> SynonymPage:
    """List synonyms."""
    found, more = await list_synonyms(
        session, principal, limit=limit, before=decode_id_cursor(cursor), sought=q
    )
    return SynonymPage(items=found, next_cursor=encode_cursor(more))


@router.get(
    "/acronyms",
    response_model=AcronymPage,
    summary="Lista as siglas que os documentos explicam, em ordem",
    dependencies=[READ],
)
async def acronyms(
    session: SessionDep,
    principal: PrincipalDep,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str, Query(max_length=MAX_PHRASE_CHARS, description=AFTER)] = "",
    q: Sought = "",
) -> AcronymPage:
    """List acronyms of what the caller may read; every meaning of one is on one page."""
    found, last = await known_acronyms(session, principal, limit=limit, after=cursor, sought=q)
    items = [AcronymReply.model_validate(one) for one in found]
    return AcronymPage(items=items, next_cursor=last or None)


@router.post(
    "/synonyms",
    status_code=201,
    response_model=SynonymReply,
    summary="Acrescenta um sinônimo, que a busca usa a partir de agora",
    dependencies=[MANAGE],
)
async def add(
    request: Request,
    response: Response,
    body: SynonymBody,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> SynonymReply:
    """Add a synonym."""

    async def work() -> StoredReply:
        made = await add_synonym(session, principal, body)
        return StoredReply(201, {"id": str(made.id)})

    stored = await once(
        request, session, principal, idempotency_key, body.model_dump_json().encode(), work
    )
    reply = await find_synonym(session, principal, UUID(stored.reply["id"]))
    response.headers["Location"] = f"/synonyms/{reply.id}"
    return reply


@router.get(
    "/synonyms/{synonym_id}",
    response_model=SynonymReply,
    summary="Mostra um sinônimo",
    dependencies=[READ],
)
async def one(synonym_id: UUID, session: SessionDep, principal: PrincipalDep) -> SynonymReply:
    """Look at one synonym."""
    return await find_synonym(session, principal, synonym_id)


@router.put(
    "/synonyms/{synonym_id}",
    response_model=SynonymReply,
    summary="Muda um sinônimo",
    dependencies=[MANAGE],
)
async def change(
    synonym_id: UUID,
    body: SynonymBody,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,  # noqa: ARG001 - twice says the same
) -> SynonymReply:
    """Change a synonym."""
    return await change_synonym(session, principal, synonym_id, body)


@router.delete(
    "/synonyms/{synonym_id}",
    status_code=204,
    summary="Remove um sinônimo",
    dependencies=[MANAGE],
)
async def remove(
    synonym_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,  # noqa: ARG001 - what is gone stays gone
) -> None:
    """Remove a synonym."""
    await remove_synonym(session, principal, synonym_id)
