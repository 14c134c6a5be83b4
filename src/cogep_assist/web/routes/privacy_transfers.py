"""LGPD, Transferências: what left for models, masked, to whom, where, and under what."""

from fastapi import Request, Response

from cogep_assist.core.models import ModelKind
from cogep_assist.core.pii.finding import LABELS
from cogep_assist.core.principal import Act
from cogep_assist.edge.cursors import IdCursor, decode_id_cursor, encode_cursor
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.lgpd_service.model_providers import list_providers
from cogep_assist.lgpd_service.model_transfers import list_transfers
from cogep_assist.web.privacy_words import MECHANISMS
from cogep_assist.web.section_frame import privacy_page

HREF = "/protecao-de-dados/transferencias"
KINDS = {
    ModelKind.CHAT: "escrita",
    ModelKind.EMBEDDINGS: "vetores",
    ModelKind.RERANK: "reordenação",
}
router = guarded_router(include_in_schema=False)


@router.get(HREF, dependencies=[rule(Login.SESSION, Act.READ_PROVIDERS)])
async def transfers(
    request: Request, session: SessionDep, principal: PrincipalDep, cursor: IdCursor = None
) -> Response:
    """Show the providers and every call, the newest first."""
    after = decode_id_cursor(cursor)
    found, more = await list_transfers(session, principal, before=after)
    return privacy_page(
        request,
        "transfers.html",
        providers=await list_providers(session, principal),
        transfers=found,
        next_cursor=encode_cursor(more),
        first=cursor is None,
        kinds=KINDS,
        mechanisms=MECHANISMS,
        hidden={kind.value: words for kind, words in LABELS.items()},
    )
