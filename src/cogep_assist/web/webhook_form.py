"""The form of a webhook: what can be chosen, and what somebody chose."""

from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, Field

from cogep_assist.core.events import EVENTS
from cogep_assist.core.models import WebhookStatus
from cogep_assist.edge.validation_words import invalid_field

# Words and kind of each state's mark.
STATES = {
    WebhookStatus.PENDING: ("à espera da verificação", "info"),
    WebhookStatus.ACTIVE: ("ativo", "good"),
    WebhookStatus.PAUSED: ("pausado", "warn"),
    WebhookStatus.DISABLED: ("desligado", ""),
}
Names = Annotated[list[Annotated[str, Field(max_length=60)]], Field(max_length=100)]


class Chosen(BaseModel):
    """A form as it was sent."""

    nome: Annotated[str, Field(max_length=200)] = ""
    endereco: Annotated[str, Field(max_length=8192)] = ""
    eventos: Names = []
    campos: Names = []
    filtros: Annotated[str, Field(max_length=4000)] = ""


def form_choices(events: Collection[str], fields: Collection[str]) -> dict[str, Any]:
    """Return what a form offers: events with their words, fields by whether they are personal."""
    kinds = EVENTS.values()
    facts = sorted({name for kind in kinds for name in kind.facts})
    personal = sorted({name for kind in kinds for name in kind.personal} - set(facts))
    return {
        "events": [(name, kind.label, name in events) for name, kind in EVENTS.items()],
        "facts": [(name, name in fields) for name in facts],
        "personal": [(name, name in fields) for name in personal],
    }


def read_filters(text: str) -> dict[str, list[str]]:
    """Read one filter a line: ``priority = high, urgent``. Raises AppError("request_invalid")."""
    filters: dict[str, list[str]] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        name, equals, values = line.partition("=")
        listed = [value.strip() for value in values.split(",") if value.strip()]
        if not equals or not name.strip() or not listed:
            raise invalid_field("filtros", "devem ter um por linha, como priority = high, urgent")
        filters.setdefault(name.strip(), []).extend(listed)
    return filters


def written_filters(filters: Mapping[str, Sequence[str]]) -> str:
    """Write filters as ``read_filters`` reads them."""
    return "\n".join(f"{name} = {', '.join(values)}" for name, values in filters.items())
