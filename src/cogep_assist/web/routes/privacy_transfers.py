"""LGPD, Transferências: what left for models, masked, to whom, where, and under what."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import ModelKind, ModelProvider
from cogep_assist.core.pii.finding import LABELS
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.cursors import IdCursor, decode_id_cursor, encode_cursor
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.lgpd_service.providers.model_providers import (
    list_providers,
    register_provider,
    withdraw_provider,
)
from cogep_assist.lgpd_service.providers.model_transfers import list_transfers
from cogep_assist.lgpd_service.providers.provider_schemas import NewProvider
from cogep_assist.web.privacy_words import MECHANISMS
from cogep_assist.web.section_frame import answer_form, privacy_page, shaped

HREF = "/protecao-de-dados/transferencias"
KINDS = {
    ModelKind.CHAT: "escrita",
    ModelKind.EMBEDDINGS: "vetores",
    ModelKind.RERANK: "reordenação",
}
router = guarded_router(include_in_schema=False)


MANAGE = rule(Login.SESSION, Act.MANAGE_PROVIDERS)
OWNERSHIPS = (
    (ModelProvider.EXTERNAL.value, "de outra organização"),
    (ModelProvider.OWN.value, "da própria organização"),
)
FIELDS = (
    "servidor", "empresa", "pais", "regiao", "mecanismo", "contrato", "retencao", "treinamento",
    "ate",
)  # fmt: skip
NOTHING_TYPED = MappingProxyType(
    {**dict.fromkeys(FIELDS, ""), "de_quem": ModelProvider.EXTERNAL.value}
)
Line = Annotated[str, Form(max_length=500)]


@router.get(HREF, dependencies=[rule(Login.SESSION, Act.READ_PROVIDERS)])
async def transfers(
    request: Request, session: SessionDep, principal: PrincipalDep, cursor: IdCursor = None
) -> Response:
    """Show the providers and every call, the newest first."""
    return await _page(request, session, principal, cursor=cursor)


@router.post(f"{HREF}/provedores", dependencies=[MANAGE])
async def register(
    request: Request,
    principal: PrincipalDep,
    servidor: Line = "",
    empresa: Line = "",
    de_quem: Line = ModelProvider.EXTERNAL.value,
    pais: Line = "",
    regiao: Line = "",
    mecanismo: Line = "",
    contrato: Line = "",
    retencao: Line = "",
    treinamento: Line = "",
    ate: Line = "",
    ocultar: Annotated[bool, Form()] = False,
    sensiveis: Annotated[bool, Form()] = False,
) -> Response:
    """Register to whom texts may go, where, under what and until when."""
    zone = ZoneInfo(edge_state(request).settings.timezone)
    typed = {
        "servidor": servidor,
        "empresa": empresa,
        "de_quem": de_quem,
        "pais": pais,
        "regiao": regiao,
        "mecanismo": mecanismo,
        "contrato": contrato,
        "retencao": retencao,
        "treinamento": treinamento,
        "ate": ate,
    }

    async def work(session: AsyncSession) -> None:
        new = shaped(
            NewProvider,
            host=servidor.strip(),
            legal_entity=empresa,
            ownership=de_quem,
            country=pais.strip(),
            region=regiao.strip() or None,
            mechanism=mecanismo or None,
            contract=contrato,
            retention_terms=retencao,
            training_terms=treinamento,
            valid_until=ate or None,
            masked=ocultar,
            sensitive_allowed=sensiveis,
        )
        await register_provider(session, principal, new, zone)

    return await answer_form(
        request, principal, work, _page, typed=typed, href=HREF, notice="O provedor foi registrado."
    )


@router.post(f"{HREF}/provedores/{{provider_id}}/retirar", dependencies=[MANAGE])
async def withdraw(request: Request, principal: PrincipalDep, provider_id: UUID) -> Response:
    """Send nothing to a provider from now on."""

    async def work(session: AsyncSession) -> None:
        await withdraw_provider(session, principal, provider_id)

    notice = "Retirado: nada mais sai para este provedor."
    return await answer_form(request, principal, work, _page, href=HREF, notice=notice)


async def _page(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    problem: AppError | None = None,
    *,
    cursor: str | None = None,
    typed: Mapping[str, str] = NOTHING_TYPED,
) -> Response:
    after = decode_id_cursor(cursor)
    found, more = await list_transfers(session, principal, before=after)
    return privacy_page(
        request,
        "transfers.html",
        problem,
        providers=await list_providers(session, principal),
        transfers=found,
        next_cursor=encode_cursor(more),
        first=cursor is None,
        kinds=KINDS,
        mechanisms=MECHANISMS,
        mechanism_options=[("", "não se aplica"), *((m.value, w) for m, w in MECHANISMS.items())],
        ownerships=OWNERSHIPS,
        hidden={kind.value: words for kind, words in LABELS.items()},
        typed=typed,
        may_register=principal.may(Act.MANAGE_PROVIDERS),
    )
