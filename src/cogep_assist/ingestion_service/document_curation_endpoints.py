"""What curation does to a document that stays: out of the answers and back, passages, the file."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query, Request, Response

from cogep_assist.core.customer_names import CustomerNames
from cogep_assist.core.principal import Act
from cogep_assist.edge.cursors import NumberCursor, decode_number_cursor, encode_cursor
from cogep_assist.edge.entity_tags import IfMatchHeader, expected_revision, set_entity_tag
from cogep_assist.edge.once_door import Door
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.saved_file import saved_file
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.ingestion_service.document_hiding import hide_document
from cogep_assist.ingestion_service.document_original import read_original
from cogep_assist.ingestion_service.document_passages import (
    PassagePlace,
    find_passage,
    list_passages,
)
from cogep_assist.ingestion_service.document_queries import find_document
from cogep_assist.ingestion_service.passage_editing import correct_passage, hide_passage
from cogep_assist.ingestion_service.schemas import (
    DocumentChange,
    DocumentReply,
    PassagePage,
    PassageReply,
    PassageTextBody,
    PassageUseBody,
)

MAX_INT4 = 2**31 - 1

router = guarded_router(tags=["documents"])
READ = rule(Login.KEY_OR_SESSION, Act.READ_DOCUMENTS)
CURATE = rule(Login.KEY_OR_SESSION, Act.DELETE_DOCUMENTS, idempotent=True)


@router.patch(
    "/documents/{document_id}",
    response_model=DocumentReply,
    summary="Tira um documento das respostas sem o remover, ou o devolve a elas",
    dependencies=[CURATE],
)
async def change(
    door: Door, document_id: UUID, body: DocumentChange, if_match: IfMatchHeader = None
) -> DocumentReply:
    """Keep a document out of the answers, or let it in again."""
    expected = expected_revision(if_match)

    async def work() -> bool:
        return await hide_document(
            door.session, door.principal, document_id, hidden=body.hidden, version=expected
        )

    await door.do(work, body)
    found = await find_document(door.session, door.principal, document_id)
    set_entity_tag(door.response, found.version or 0)
    return found


@router.get(
    "/documents/{document_id}/passages",
    response_model=PassagePage,
    summary="Lista os trechos da versão atual, na ordem do texto",
    dependencies=[READ],
)
async def passages(
    document_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: NumberCursor = None,
) -> PassagePage:
    """List the passages where they stand in the text."""
    after = decode_number_cursor(cursor)
    found = await list_passages(
        session,
        principal,
        document_id,
        limit=limit + 1,
        # Ordinals are of four bytes; what lies behind them all is an empty page.
        after=-1 if after is None else min(after, MAX_INT4),
    )
    more = found[limit - 1].ordinal if len(found) > limit else None
    return PassagePage(items=[_told(one) for one in found[:limit]], next_cursor=encode_cursor(more))


@router.put(
    "/documents/{document_id}/passages/{chunk_id}/hidden",
    response_model=PassageReply,
    summary="Tira um trecho das respostas ou o devolve, também nas versões seguintes",
    dependencies=[CURATE],
)
async def switch(
    door: Door, document_id: UUID, chunk_id: UUID, body: PassageUseBody
) -> PassageReply:
    """Keep a passage out of the answers, or let it in again."""

    async def work() -> None:
        await hide_passage(door.session, door.principal, document_id, chunk_id, hidden=body.hidden)

    await door.do(work, body)
    return _told(await find_passage(door.session, door.principal, document_id, chunk_id))


@router.put(
    "/documents/{document_id}/passages/{chunk_id}/text",
    response_model=DocumentReply,
    summary="Corrige o texto de um trecho, em uma nova versão do documento",
    dependencies=[rule(Login.KEY_OR_SESSION, Act.INGEST, idempotent=True)],
)
async def correct(
    request: Request, door: Door, document_id: UUID, chunk_id: UUID, body: PassageTextBody
) -> DocumentReply:
    """Write a passage anew; the passages of the new version have ids of their own."""
    names = CustomerNames(edge_state(request).database)

    async def work() -> int:
        return await correct_passage(
            door.session, door.principal, document_id, chunk_id, body.text, names
        )

    await door.do(work, body)
    found = await find_document(door.session, door.principal, document_id)
    set_entity_tag(door.response, found.version or 0)
    return found


@router.get(
    "/documents/{document_id}/versions/{number}/original",
    response_class=Response,
    responses={
        200: {
            "description": "O arquivo como veio",
            "content": {
                "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}
            },
        }
    },
    summary="Baixa o arquivo de uma versão, como veio",
    dependencies=[READ],
)
async def original(
    document_id: UUID,
    number: Annotated[int, Path(ge=1, le=MAX_INT4)],
    session: SessionDep,
    principal: PrincipalDep,
) -> Response:
    """Hand the file out as it came."""
    file = await read_original(session, principal, document_id, number)
    return saved_file(file.content, file.file_name, "application/octet-stream")


def _told(place: PassagePlace) -> PassageReply:
    return PassageReply.model_validate(place, from_attributes=True)
