"""Documents as MCP resources: ``cogep://documents/ID`` is the text of the current version."""

import re
from uuid import UUID

from mcp.types import (
    ListResourceTemplatesResult,
    ReadResourceResult,
    ResourceTemplate,
    TextResourceContents,
)

from cogep_assist.core.errors import AppError
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.state import EdgeState
from cogep_assist.ingestion_service.document_queries import find_document, version_text

RESOURCE_ACT = Act.READ_DOCUMENTS
RESOURCE_RATE = Rate.READ
TEMPLATE = "cogep://documents/{document_id}"
_ADDRESS = re.compile(r"cogep://documents/([0-9a-fA-F-]{36})")


def resource_templates() -> ListResourceTemplatesResult:
    """Return how the address of a document is made."""
    return ListResourceTemplatesResult(
        resource_templates=[
            ResourceTemplate(
                uri_template=TEMPLATE,
                name="document",
                title="Documento",
                description="O texto inteiro de um documento; document_id vem de search ou ask.",
                mime_type="text/plain",
            )
        ]
    )


async def read_document(edge: EdgeState, principal: Principal, uri: str) -> ReadResourceResult:
    """Return the text of a document that somebody may see.

    Raises AppError("mcp_resource_unknown"|"role_not_allowed"|"rate_limited").
    """
    await edge.limits.check(RESOURCE_RATE, principal.came_in_as)
    principal.require(RESOURCE_ACT)
    document_id = _document_id(uri)
    async with edge.database.begin() as session:
        try:
            document = await find_document(session, principal, document_id)
            told = await version_text(session, principal, document_id, document.version or 0)
        except AppError as error:
            if error.status in {404, 410}:
                raise AppError("mcp_resource_unknown", uri=uri[:200]) from None
            raise
    contents = TextResourceContents(uri=uri, mime_type="text/plain", text=told.text)
    return ReadResourceResult(contents=[contents])


def _document_id(uri: str) -> UUID:
    match = _ADDRESS.fullmatch(uri)
    try:
        return UUID(match.group(1) if match else "")
    except ValueError:
        raise AppError("mcp_resource_unknown", uri=uri[:200]) from None
