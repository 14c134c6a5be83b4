"""What the states, priorities, queues and fields of another system are called here.

Each system's usual names are known; a file says the rest, and a trial writes its template.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cogep_assist.core.brazil.names import fold_name
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import PastSystem, TicketPriority, TicketStatus
from cogep_assist.crm_service.customers.customer_import_file import FIELDS
from cogep_assist.crm_service.importers.records import PastPerson, PastTicket

MAX_FILE_BYTES = 1024 * 1024
STATES = frozenset(one.value for one in TicketStatus) | {"waiting_third_party"}
PRIORITIES = frozenset(one.value for one in TicketPriority)
# A ticket's own field becomes a tag, a line of an internal note, or nothing.
TICKET_FIELDS = frozenset({"tag", "note"})
# What a person's field may be led to, besides "custom.<key>".
PERSON_FIELDS = FIELDS - {"name", "email", "phone", "kind", "tags"}
_STATES = {
    "new": "new|novo|aberto novo",
    "open": "open|aberto|assigned|planned|em atendimento|em atendimento atribuido|em andamento"
    "|em atendimento planejado|processando atribuido|processando planejado|processing assigned"
    "|processing planned|reopened|reaberto",
    "waiting": "waiting|pending|pendente|pending reminder|aguardando|on hold|snoozed|em espera",
    "resolved": "resolved|solved|solucionado|resolvido|pending close",
    "closed": "closed|fechado|merged|removed|archived|arquivado|encerrado|concluido",
}
_PRIORITIES = {
    "low": "low|1 low|very low|baixa|muito baixa|baixo",
    "normal": "normal|2 normal|medium|media|medio|none",
    "high": "high|3 high|alta|alto",
    "urgent": "urgent|very high|major|emergency|muito alta|critica|critico|urgente|emergencia",
}
_USUAL_STATES = {name: here for here, text in _STATES.items() for name in text.split("|")}
_USUAL_PRIORITIES = {name: here for here, text in _PRIORITIES.items() for name in text.split("|")}
# Where a field's name says what it is.
_USUAL_FIELDS = {
    "cpf": "cpf",
    "cnpj": "cnpj",
    "documento": "document",
    "cpf cnpj": "document",
    "matricula": "external_id",
    "siape": "external_id",
    "registration number": "external_id",
    "data de nascimento": "birth_date",
    "cep": "cep",
}


@dataclass(slots=True)
class WordMap:
    """A file's words: the other system's names on the left, ours on the right; None: left out."""

    states: dict[str, str] = field(default_factory=dict)
    priorities: dict[str, str] = field(default_factory=dict)
    queues: dict[str, str | None] = field(default_factory=dict)
    agents: dict[str, str | None] = field(default_factory=dict)
    customer_fields: dict[str, str | None] = field(default_factory=dict)
    ticket_fields: dict[str, str | None] = field(default_factory=dict)
    own_addresses: list[str] = field(default_factory=list)

    def state(self, name: str) -> str | None:
        """Return our state for another's, with "waiting_third_party" for who waits so."""
        return self.states.get(name) or _USUAL_STATES.get(fold_name(name))

    def priority(self, name: str) -> str | None:
        """Return our priority for another's; none at all is normal."""
        return self.priorities.get(name) or _USUAL_PRIORITIES.get(fold_name(name) or "normal")

    def customer_field(self, name: str) -> str | None:
        """Return which field of ours a person's field is."""
        if name in self.customer_fields:
            return self.customer_fields[name]
        return _USUAL_FIELDS.get(fold_name(name))


@dataclass(slots=True)
class Survey:
    """What an export holds, counted, for a person to map."""

    states: Counter[str] = field(default_factory=Counter)
    priorities: Counter[str] = field(default_factory=Counter)
    queues: Counter[str] = field(default_factory=Counter)
    agents: Counter[str] = field(default_factory=Counter)
    customer_fields: Counter[str] = field(default_factory=Counter)
    ticket_fields: Counter[str] = field(default_factory=Counter)
    people: int = 0
    tickets: int = 0
    entries: int = 0
    files: int = 0

    def count(self, people: Iterable[PastPerson], tickets: Iterable[PastTicket]) -> None:
        """Go through an export once."""
        for person in people:
            self.people += 1
            self.customer_fields.update(person.fields.keys())
        for ticket in tickets:
            self.tickets += 1
            self.entries += len(ticket.entries)
            self.files += sum(len(entry.files) for entry in ticket.entries)
            self.states[ticket.state] += 1
            self.priorities[ticket.priority] += 1
            self.queues[ticket.queue] += 1
            self.ticket_fields.update(ticket.fields.keys())
            if ticket.assignee is not None:
                self.agents[ticket.assignee.email or ticket.assignee.name] += 1

    def unmapped(self, mapping: WordMap) -> list[str]:
        """Return the states and priorities that nobody said what they are called here."""
        states = [f"estado “{name}”" for name in self.states if mapping.state(name) is None]
        return states + [
            f"prioridade “{name}”" for name in self.priorities if mapping.priority(name) is None
        ]

    def template(self, system: PastSystem, mapping: WordMap) -> dict[str, Any]:
        """Return the file that maps this export: what is known filled in, the rest null."""
        return {
            "system": system.value,
            "states": {name: mapping.state(name) for name in sorted(self.states)},
            "priorities": {name: mapping.priority(name) for name in sorted(self.priorities)},
            "queues": {name: mapping.queues.get(name) for name in sorted(self.queues) if name},
            "agents": {name: mapping.agents.get(name) for name in sorted(self.agents) if name},
            "customer_fields": {
                name: mapping.customer_field(name) for name in sorted(self.customer_fields)
            },
            "ticket_fields": {
                name: mapping.ticket_fields.get(name) for name in sorted(self.ticket_fields)
            },
            "own_addresses": mapping.own_addresses,
        }


def read_mapping(path: Path, system: PastSystem) -> WordMap:
    """Read a mapping's file. Raises AppError("import_map_invalid")."""
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise _invalid("o arquivo é grande demais")
        given = json.loads(path.read_text("utf-8-sig"))
    except OSError:
        raise _invalid(f"o arquivo {path.name} não pôde ser lido") from None
    except (ValueError, RecursionError):
        raise _invalid("não é um JSON válido") from None
    return mapping_of(given, system)


def mapping_of(given: object, system: PastSystem) -> WordMap:
    """Return a mapping from its JSON. Raises AppError("import_map_invalid")."""
    if not isinstance(given, dict):
        raise _invalid("deve ser um objeto")
    if given.get("system", system.value) != system.value:
        raise _invalid(f"é de outro sistema ({str(given['system'])[:40]})")
    made = WordMap()
    for name, value in given.items():
        if name == "own_addresses" and _are_texts(value):
            made.own_addresses = [one.lower() for one in value]
        elif name in _TABLES and isinstance(value, dict):
            setattr(made, name, _table(name, value))
        elif name != "system":
            raise _invalid(f"“{str(name)[:40]}” não existe ou tem outra forma")
    return made


def as_json(mapping: WordMap) -> dict[str, Any]:
    """Return a mapping as it is kept with its batch."""
    return {name: getattr(mapping, name) for name in (*_TABLES, "own_addresses")}


def _table(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    allowed = _TABLES[name]
    table: dict[str, Any] = {}
    for theirs, ours in given.items():
        if ours is None:
            # Left to what is usual; for queues, agents and fields: nothing.
            if name not in {"states", "priorities"}:
                table[theirs] = None
            continue
        if not isinstance(ours, str) or len(ours) > 200:
            raise _invalid(f"“{theirs[:60]}” deve ter um texto")
        if allowed is not None and ours not in allowed and not _is_custom(name, ours):
            choices = ", ".join(sorted(allowed))
            raise _invalid(f"“{ours[:60]}” em {name} não existe; use {choices}")
        table[theirs] = ours
    return table


def _is_custom(table: str, value: str) -> bool:
    return table == "customer_fields" and value.startswith("custom.")


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _invalid(reason: str) -> AppError:
    return AppError("import_map_invalid", reason=reason)


_TABLES: dict[str, frozenset[str] | None] = {
    "states": STATES,
    "priorities": PRIORITIES,
    "queues": None,
    "agents": None,
    "customer_fields": PERSON_FIELDS,
    "ticket_fields": TICKET_FIELDS,
}
