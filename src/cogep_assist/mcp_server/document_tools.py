"""What the base holds: documents by their names, and which of them the answers use."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.cursors import decode_id_cursor, encode_cursor
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.state import EdgeState
from cogep_assist.ingestion_service.document_hiding import hide_document
from cogep_assist.ingestion_service.document_queries import find_document, list_documents
from cogep_assist.ingestion_service.schemas import DocumentPage, DocumentReply
from cogep_assist.mcp_server.tool import Arguments, Tool


class ListDocumentsArguments(Arguments):
    """Which documents, and where the list goes on."""

    words: Annotated[
        str, Field(max_length=200, description="Palavras do título ou do endereço; todas.")
    ] = ""
    collection: Annotated[
        str | None, Field(max_length=64, description="Só desta coleção, pelo nome.")
    ] = None
    hidden: Annotated[
        bool | None,
        Field(description="true: só os que estão fora das respostas; false: só os em uso."),
    ] = None
    limit: Annotated[int, Field(ge=1, le=50, description="Quantos trazer.")] = 20
    cursor: Annotated[
        str | None, Field(max_length=60, description="O next_cursor da página anterior.")
    ] = None


class HideDocumentArguments(Arguments):
    """The document, and whether the answers leave it out."""

    document_id: Annotated[UUID, Field(description="O id do documento.")]
    hidden: Annotated[
        bool, Field(description="true: sai das respostas e continua na base; false: volta a elas.")
    ]


async def _list_documents(
    edge: EdgeState, principal: Principal, given: ListDocumentsArguments
) -> DocumentPage:
    async with edge.database.begin() as session:
        found, more = await list_documents(
            session,
            principal,
            collection=given.collection,
            words=given.words,
            hidden=given.hidden,
            limit=given.limit,
            before=decode_id_cursor(given.cursor),
        )
    return DocumentPage(items=found, next_cursor=encode_cursor(more))


async def _hide_document(
    edge: EdgeState, principal: Principal, given: HideDocumentArguments
) -> DocumentReply:
    async with edge.database.begin() as session:
        await hide_document(session, principal, given.document_id, hidden=given.hidden)
        return await find_document(session, principal, given.document_id)


DOCUMENT_TOOLS: tuple[Tool, ...] = (
    Tool(
        name="list_documents",
        title="Listar documentos",
        description=(
            "Lista os documentos da base pelo nome, dos mais novos aos mais antigos, e diz de cada "
            "um se as respostas o usam. Para o que eles dizem, use “search”."
        ),
        act=Act.READ_DOCUMENTS,
        rate=Rate.READ,
        arguments=ListDocumentsArguments,
        reply=DocumentPage,
        run=_list_documents,
    ),
    Tool(
        name="hide_document",
        title="Tirar documento das respostas",
        description=(
            "Tira um documento das respostas sem o remover, ou o devolve a elas. Vale para todos "
            "os que perguntam; só quem cuida da base pode."
        ),
        act=Act.DELETE_DOCUMENTS,
        rate=Rate.READ,
        arguments=HideDocumentArguments,
        reply=DocumentReply,
        run=_hide_document,
        read_only=False,
    ),
)
