"""The models that an administrator chooses: what is set and by whom, another choice, none."""

from dataclasses import dataclass
from typing import Annotated

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.background_work import enqueue_background
from cogep_assist.core.config import Settings
from cogep_assist.core.config_models import PREFIXES
from cogep_assist.core.errors import AppError
from cogep_assist.core.model_choices import seal_key, settings_with
from cogep_assist.core.models import ModelChoice, ModelKind, ModelProvider
from cogep_assist.core.principal import Act, Principal
from cogep_assist.integrations.embedder import service_url
from cogep_assist.integrations.http_url import parse_url
from cogep_assist.integrations.llm import chat_url
from cogep_assist.integrations.model_reach import check_chosen_address
from cogep_assist.pipeline.vector_fill import FILL

_ENDPOINTS = {ModelKind.EMBEDDINGS: "embeddings", ModelKind.RERANK: "rerank"}
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]


class ModelBody(BaseModel):
    """A service to be used. Without a key typed anew, the one that is kept stays."""

    model_config = ConfigDict(extra="forbid")

    url: Annotated[Line, StringConstraints(min_length=1)]
    model: Line = ""
    provider: ModelProvider
    api_key: SecretStr | None = Field(default=None, max_length=4000)
    without_key: bool = False
    # Blanks at their ends count: "query: ".
    query_prefix: str = Field(default="", max_length=500)
    passage_prefix: str = Field(default="", max_length=500)


@dataclass(frozen=True, slots=True)
class ModelSetup:
    """What is set of one kind: by the server's environment, by a choice, or not at all."""

    kind: ModelKind
    by_server: bool
    choice: ModelChoice | None

    @property
    def is_set(self) -> bool:
        """Whether any model of this kind is in use."""
        return self.by_server or self.choice is not None


async def model_setups(
    session: AsyncSession, principal: Principal, settings: Settings
) -> list[ModelSetup]:
    """Return what is set of each kind; ``settings`` are the server's own.

    Raises AppError("role_not_allowed").
    """
    principal.require(Act.MANAGE_MODELS)
    chosen = {row.kind: row for row in await session.scalars(sa.select(ModelChoice))}
    return [
        ModelSetup(kind, settings.has_model(kind.value), chosen.get(kind)) for kind in ModelKind
    ]


async def choose_model(
    session: AsyncSession,
    principal: Principal,
    settings: Settings,
    kind: ModelKind,
    body: ModelBody,
) -> None:
    """Use a service for a kind of model; another embedder has all vectors made anew.

    Raises what ``drafted_choice`` raises.
    """
    row = await drafted_choice(session, principal, settings, kind, body, lock=True)
    had_key = row.api_key is not None
    session.add(row)
    await session.flush()
    row.updated_at = (await session.execute(sa.select(sa.func.clock_timestamp()))).scalar_one()
    if kind is ModelKind.EMBEDDINGS:
        await enqueue_background(session, FILL, "")
    details = {
        "host": parse_url(row.url).host,
        "model": row.model,
        "ownership": row.provider.value,
        "has_key": had_key,
    }
    await audit.record(session, principal, "model_chosen", "model", kind.value, details)


async def drop_model(
    session: AsyncSession, principal: Principal, settings: Settings, kind: ModelKind
) -> None:
    """Use no model of a kind any more, and forget its key.

    Raises AppError("role_not_allowed"|"model_set_by_server"|"model_not_set").
    """
    principal.require(Act.MANAGE_MODELS)
    _refuse_the_servers(settings, kind)
    row = await session.get(ModelChoice, kind, with_for_update=True)
    if row is None:
        raise AppError("model_not_set", setting=_setting(kind))
    details = {"host": parse_url(row.url).host, "model": row.model}
    await session.delete(row)
    await audit.record(session, principal, "model_dropped", "model", kind.value, details)


async def drafted_settings(
    session: AsyncSession,
    principal: Principal,
    settings: Settings,
    kind: ModelKind,
    body: ModelBody,
) -> Settings:
    """Return settings with a service that is not chosen yet, to try it.

    Raises what ``drafted_choice`` raises.
    """
    row = await drafted_choice(session, principal, settings, kind, body)
    return settings_with(settings, [row])


async def drafted_choice(
    session: AsyncSession,
    principal: Principal,
    settings: Settings,
    kind: ModelKind,
    body: ModelBody,
    *,
    lock: bool = False,
) -> ModelChoice:
    """Return the choice that a form describes; it is not part of the session.

    A key that is kept goes to no other server than the one it was typed for.
    Raises AppError("role_not_allowed"|"model_set_by_server"|"model_key_of_another_server"|
    "model_key_unfit"|"model_address_internal"|"model_address_not_secure"|"model_name_missing")
    and those of ``parse_url``.
    """
    principal.require(Act.MANAGE_MODELS)
    _refuse_the_servers(settings, kind)
    url = _endpoint(kind, body.url)
    check_chosen_address(settings, url)
    if kind is not ModelKind.RERANK and not body.model:
        raise AppError("model_name_missing")
    known = await session.get(ModelChoice, kind, with_for_update=lock or None)
    key = _sealed_key(kind, body, url, known)
    row = known if lock and known is not None else ModelChoice(kind=kind)
    row.url, row.model, row.provider, row.api_key = url, body.model, body.provider, key
    row.query_prefix, row.passage_prefix = body.query_prefix, body.passage_prefix
    row.revision = (known.revision if known else 0) + 1
    row.chosen_by = principal.label
    return row


def _setting(kind: ModelKind) -> str:
    return f"COGEP_{PREFIXES[kind.value].upper()}_URL"


def _refuse_the_servers(settings: Settings, kind: ModelKind) -> None:
    if settings.has_model(kind.value):
        raise AppError("model_set_by_server", setting=_setting(kind))


def _endpoint(kind: ModelKind, url: str) -> str:
    """Complete an address as its client does. Raises as ``parse_url``, naming no setting."""
    parse_url(url)
    if kind is ModelKind.CHAT:
        return chat_url(url)
    return service_url(url, "o endereço", _ENDPOINTS[kind])


def _sealed_key(
    kind: ModelKind, body: ModelBody, url: str, known: ModelChoice | None
) -> bytes | None:
    typed = body.api_key.get_secret_value().strip() if body.api_key else ""
    if not (typed.isascii() and typed.isprintable()):
        raise AppError("model_key_unfit")
    if body.without_key:
        return None
    if typed:
        return seal_key(kind, typed)
    if known is None or known.api_key is None:
        return None
    if parse_url(known.url).origin != parse_url(url).origin:
        raise AppError("model_key_of_another_server", host=parse_url(known.url).host)
    return known.api_key
