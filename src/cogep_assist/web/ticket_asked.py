"""What the page of tickets is asked for: a view, filters on top of it, words, table or board."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import QueryParams

from cogep_assist.core.errors import AppError
from cogep_assist.core.principal import Principal
from cogep_assist.crm_service.desk.desk_tool_schemas import TicketQuery
from cogep_assist.crm_service.desk.saved_views import asked_by_view
from cogep_assist.edge.validation_words import as_app_error

UNFINISHED = ["new", "open", "waiting"]
BOARD, TABLE = "quadro", "lista"
# What everybody looks for, without having saved it.
BUILT_IN: dict[str, tuple[str, dict[str, Any]]] = {
    "abertos": ("Em aberto", {"status": UNFINISHED, "snoozed": False}),
    "meus": ("Meus", {"status": UNFINISHED, "assignee": "me"}),
    "sem-responsavel": ("Sem responsável", {"status": UNFINISHED, "assignee": "none"}),
    "prazo": ("Prazo em risco", {"status": UNFINISHED, "deadline": "at_risk", "order": "deadline"}),
    "adiados": ("Adiados", {"status": UNFINISHED, "snoozed": True}),
    "resolvidos": ("Resolvidos", {"status": ["resolved"]}),
    "todos": ("Todos", {}),
}
FIRST = "abertos"
# The address's words in Portuguese, the query's in English.
SEVERAL = {"estado": "status", "prioridade": "priority"}
SINGLE = {
    "fila": "queue",
    "responsavel": "assignee",
    "etiqueta": "tag",
    "cliente": "customer_id",
    "protocolo": "protocol",
    "prazo": "deadline",
    "ordem": "order",
}
MAX_WORDS_CHARS = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for, and how its address is written again."""

    query: TicketQuery
    view: str
    words: str
    mode: str
    given: list[tuple[str, str]] = field(default_factory=list)

    @property
    def narrowed(self) -> bool:
        """Whether filters or words stand on top of the view."""
        return bool(self.words) or any(name != "ordem" for name, _ in self.given)

    def href(self, *, path: str = "/chamados", **changes: str) -> str:
        """Write the address of this list, with another view, mode or cursor."""
        view = changes.pop("visao", self.view)
        mode = changes.pop("modo", self.mode)
        pairs: list[tuple[str, str]] = [("visao", view)] if view != FIRST else []
        pairs += [("modo", mode)] if mode != TABLE else []
        pairs += self.given if view == self.view else []
        pairs += [("q", self.words)] if self.words and view == self.view else []
        pairs += list(changes.items())
        return f"{path}?{urlencode(pairs)}" if pairs else path


async def read_asked(session: AsyncSession, principal: Principal, params: QueryParams) -> Asked:
    """Read an address's query. Raises AppError("view_not_found"|"request_invalid")."""
    view = params.get("visao") or FIRST
    given = [
        (name, value)
        for name, value in params.multi_items()
        if name in (*SEVERAL, *SINGLE) and value
    ]
    base = await _of_view(session, principal, view)
    words = params.get("q", "").strip()[:MAX_WORDS_CHARS]
    mode = BOARD if params.get("modo") == BOARD else TABLE
    return Asked(_query({**base, **_told(given)}), view, words, mode, given)


def base_query(view: str) -> TicketQuery:
    """Return what a built-in view asks for."""
    return _query(BUILT_IN[view][1])


async def _of_view(session: AsyncSession, principal: Principal, view: str) -> dict[str, Any]:
    if view in BUILT_IN:
        return BUILT_IN[view][1]
    try:
        view_id = UUID(view)
    except ValueError:
        raise AppError("view_not_found") from None
    found = await asked_by_view(session, principal, view_id)
    return found.model_dump(mode="json", exclude_defaults=True)


def _told(given: Iterable[tuple[str, str]]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for name, value in given:
        if name in SEVERAL:
            told.setdefault(SEVERAL[name], []).append(value)
        else:
            told[SINGLE[name]] = value
    return told


def _query(values: dict[str, Any]) -> TicketQuery:
    try:
        return TicketQuery.model_validate(values)
    except ValidationError as error:
        raise as_app_error(error.errors()) from None
