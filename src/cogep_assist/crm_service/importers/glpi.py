"""GLPI: a dump of its tables, the same rows from its REST API as JSON, or its list as CSV."""

from collections.abc import Iterator, Mapping
from typing import Any

from cogep_assist.core.brazil.names import fold_name
from cogep_assist.core.models import EntryKind
from cogep_assist.crm_service.importers.past_values import key_of, moment, short, with_markup
from cogep_assist.crm_service.importers.records import (
    PastAuthor,
    PastEntry,
    PastFile,
    PastPerson,
    PastTicket,
)
from cogep_assist.crm_service.importers.staged_export import Place, StagedExport

# GLPI's own numbers: CommonITILObject and Ticket in its source.
STATES = {"1": "new", "2": "assigned", "3": "planned", "4": "waiting", "5": "solved", "6": "closed"}
PRIORITIES = {
    "1": "very low", "2": "low", "3": "medium", "4": "high", "5": "very high", "6": "major",
}  # fmt: skip
REQUESTER, ASSIGNED = "1", "2"
# A table and what its rows belong to.
TABLES: dict[str, str | None] = {
    "glpi_tickets": None,
    "glpi_itilfollowups": "items_id",
    "glpi_ticketfollowups": "tickets_id",
    "glpi_tickettasks": "tickets_id",
    "glpi_itilsolutions": "items_id",
    "glpi_tickets_users": "tickets_id",
    "glpi_groups_tickets": "tickets_id",
    "glpi_users": None,
    "glpi_useremails": "users_id",
    "glpi_groups": None,
    "glpi_itilcategories": None,
    "glpi_entities": None,
    "glpi_documents": None,
    "glpi_documents_items": "items_id",
}
# The attributes by which a JSON record is known; the first that all are there decides.
SHAPES: tuple[tuple[str, frozenset[str]], ...] = (
    ("glpi_tickets", frozenset({"users_id_recipient", "urgency", "status", "name"})),
    ("glpi_tickettasks", frozenset({"tickets_id", "actiontime", "content"})),
    ("glpi_itilsolutions", frozenset({"items_id", "solutiontypes_id", "content"})),
    ("glpi_itilfollowups", frozenset({"itemtype", "items_id", "is_private", "content"})),
    ("glpi_ticketfollowups", frozenset({"tickets_id", "is_private", "content"})),
    ("glpi_tickets_users", frozenset({"tickets_id", "users_id", "type"})),
    ("glpi_groups_tickets", frozenset({"tickets_id", "groups_id", "type"})),
    ("glpi_useremails", frozenset({"users_id", "email"})),
    ("glpi_users", frozenset({"realname", "firstname", "name"})),
    ("glpi_documents_items", frozenset({"documents_id", "items_id", "itemtype"})),
    ("glpi_documents", frozenset({"filename", "filepath"})),
    ("glpi_itilcategories", frozenset({"completename", "itilcategories_id"})),
    ("glpi_groups", frozenset({"completename", "is_assign"})),
    ("glpi_entities", frozenset({"completename", "entities_id", "level"})),
)
# The list's columns, in Portuguese and English, folded.
COLUMNS = {
    "name": ("titulo", "title"),
    "status": ("status", "estado"),
    "date": ("data de abertura", "opening date"),
    "date_mod": ("ultima atualizacao", "last update"),
    "solvedate": ("data da solucao", "data de solucao", "resolution date"),
    "closedate": ("data de fechamento", "closing date"),
    "priority": ("prioridade", "priority"),
    "requester": ("requerente requerente", "requester requester", "requerente", "requester"),
    "technician": ("atribuido tecnico", "atribuido para tecnico", "assigned to technician"),
    "group": ("atribuido grupo tecnico", "atribuido para grupo tecnico",
              "assigned to technician group"),
    "category": ("categoria", "category"),
    "entity": ("entidade", "entity"),
    "content": ("descricao", "description"),
}  # fmt: skip


class GlpiExport(StagedExport):
    """Rows of GLPI's tables; a list as CSV gives tickets without what was written on them."""

    def place_of(self, record: Mapping[str, Any]) -> Place | None:
        """Tell what a record is by the attributes that no other has."""
        names = record.keys()
        kind = next((kind for kind, shape in SHAPES if shape <= names), None)
        return None if kind is None else self.row_place(kind, record)

    def table_of(self, name: str) -> str | None:
        """Return the table's own name."""
        return name if name in TABLES else None

    def row_place(self, kind: str, row: Mapping[str, Any]) -> Place:
        """Place followups by the ticket, and what other objects have of their own beside them."""
        parent: object = None
        column = TABLES[kind]
        if column is not None:
            itemtype = short(row.get("itemtype")) or "Ticket"
            parent = row.get(column) if itemtype == "Ticket" else f"{itemtype}:{row.get(column)}"
        if kind == "glpi_ticketfollowups":
            kind = "glpi_itilfollowups"
        return kind, row.get("id"), parent

    def line_of(self, cells: Mapping[str, str]) -> tuple[Place, dict[str, Any]] | None:
        """Read a line of the list of tickets."""
        number = short(cells.get("id")).replace(" ", "").replace("\u00a0", "")
        found = {
            name: next((cells[title] for title in titles if cells.get(title)), "")
            for name, titles in COLUMNS.items()
        }
        if not number or not found["name"]:
            return None
        return ("line", number, None), {**found, "id": number}

    def people(self) -> Iterator[PastPerson]:
        """Give those who asked for something: technicians are users of GLPI too."""
        given: set[str] = set()
        for of in self.staging.every("glpi_tickets"):
            person = self._requester(of)
            if person is not None and person.key not in given:
                given.add(person.key)
                yield person
        for line in self.staging.every("line"):
            name = _first_line(line["requester"])
            key = f"name:{fold_name(name)}"
            if name and key not in given:
                given.add(key)
                yield PastPerson(key=key, name=name)

    def tickets(self) -> Iterator[PastTicket]:
        """Give the tickets that are not in GLPI's bin."""
        for row in self.staging.every("glpi_tickets"):
            if short(row.get("is_deleted")) not in {"1", "sim"}:
                yield self._ticket(row)
        for line in self.staging.every("line"):
            yield self._line(line)

    def _ticket(self, row: dict[str, Any]) -> PastTicket:
        key = short(row["id"])
        requester = self._requester(row)
        asked = PastAuthor(requester.key, requester.name) if requester else PastAuthor()
        first = self._entry(EntryKind.MESSAGE, asked, row, "date", "Ticket", key)
        rest = sorted(
            self._written(key, requester), key=lambda one: (one.at is None, str(one.at or ""))
        )
        category = self.staging.one("glpi_itilcategories", row.get("itilcategories_id"))
        entity = self.staging.one("glpi_entities", row.get("entities_id"))
        fields = {
            "categoria": short(category.get("completename")) or _word(row, "itilcategories_id"),
            "entidade": short(entity.get("completename")) or _word(row, "entities_id"),
        }
        return PastTicket(
            key=key,
            number=key,
            subject=short(row.get("name")),
            state=STATES.get(short(row.get("status")), short(row.get("status"))),
            priority=PRIORITIES.get(short(row.get("priority")), short(row.get("priority"))),
            queue=self._group(key),
            customer_key=requester.key if requester else None,
            assignee=self._assigned(key),
            created_at=moment(row.get("date") or row.get("date_creation"), self.zone),
            updated_at=moment(row.get("date_mod"), self.zone),
            resolved_at=moment(row.get("solvedate"), self.zone),
            closed_at=moment(row.get("closedate"), self.zone),
            fields={name: value for name, value in fields.items() if value},
            entries=(first, *rest),
        )

    def _written(self, ticket: str, requester: PastPerson | None) -> Iterator[PastEntry]:
        for row in self.staging.of("glpi_itilfollowups", ticket):
            by = key_of(row.get("users_id"))
            kind = EntryKind.REPLY
            author = self._staff(by)
            if requester is not None and by == requester.key:
                kind, author = EntryKind.MESSAGE, PastAuthor(requester.key, requester.name)
            yield self._entry(kind, author, row, "date", "ITILFollowup", row.get("id"))
        for row in self.staging.of("glpi_tickettasks", ticket):
            author = self._staff(key_of(row.get("users_id")))
            yield self._entry(EntryKind.REPLY, author, row, "date", "TicketTask", row.get("id"))
        for row in self.staging.of("glpi_itilsolutions", ticket):
            author = self._staff(key_of(row.get("users_id")))
            of = row.get("id")
            yield self._entry(EntryKind.REPLY, author, row, "date_creation", "ITILSolution", of)

    def _entry(
        self,
        kind: EntryKind,
        author: PastAuthor,
        row: Mapping[str, Any],
        moment_column: str,
        itemtype: str,
        of: object,
    ) -> PastEntry:
        private = short(row.get("is_private")) in {"1", "sim"}
        is_html, body = with_markup(str(row.get("content") or ""))
        return PastEntry(
            kind=EntryKind.NOTE if private else kind,
            author=author,
            body=body,
            is_html=is_html,
            at=moment(row.get(moment_column), self.zone),
            files=tuple(self._files(itemtype, of)),
        )

    def _files(self, itemtype: str, of: object) -> Iterator[PastFile]:
        owner = short(of) if itemtype == "Ticket" else f"{itemtype}:{short(of)}"
        for link in self.staging.of("glpi_documents_items", owner):
            document = self.staging.one("glpi_documents", link.get("documents_id"))
            if document:
                # As it lies in GLPI's folder of files: "PDF/0a/1b2c….PDF".
                yield self.beside(short(document.get("filename")), (short(document["filepath"]),))

    def _requester(self, ticket: Mapping[str, Any]) -> PastPerson | None:
        key = short(ticket["id"])
        for row in self.staging.of("glpi_tickets_users", key):
            if short(row.get("type")) != REQUESTER:
                continue
            user = key_of(row.get("users_id"))
            if user is not None:
                return self._person(user, row)
            address = short(row.get("alternative_email"))
            if address:
                return PastPerson(
                    f"mail:{address.lower()}", address.partition("@")[0], emails=(address,)
                )
        recipient = key_of(ticket.get("users_id_recipient"))
        return None if recipient is None else self._person(recipient, {})

    def _person(self, key: str, row: Mapping[str, Any]) -> PastPerson:
        user = self.staging.one("glpi_users", key)
        listed = [short(one.get("email")) for one in self.staging.of("glpi_useremails", key)]
        emails = [*listed, short(row.get("alternative_email"))]
        phones = [short(user.get(name)) for name in ("mobile", "phone", "phone2")]
        number = short(user.get("registration_number"))
        # With drop-downs expanded the API gives the login in place of the number.
        return PastPerson(
            key=key,
            name=_user_name(user) or ("" if key.isdigit() else key),
            emails=tuple(dict.fromkeys(filter(None, emails))),
            phones=tuple(dict.fromkeys(filter(None, phones))),
            fields={"registration_number": number} if number else {},
        )

    def _assigned(self, ticket: str) -> PastAuthor | None:
        rows = self.staging.of("glpi_tickets_users", ticket)
        found = (key_of(r.get("users_id")) for r in rows if short(r.get("type")) == ASSIGNED)
        user = next((one for one in found if one is not None), None)
        return None if user is None else self._staff(user)

    def _group(self, ticket: str) -> str:
        for row in self.staging.of("glpi_groups_tickets", ticket):
            if short(row.get("type")) == ASSIGNED:
                group = self.staging.one("glpi_groups", row.get("groups_id"))
                return short(group.get("completename") or group.get("name"))
        return ""

    def _staff(self, key: str | None) -> PastAuthor:
        if key is None:
            return PastAuthor()
        user = self.staging.one("glpi_users", key)
        emails = [short(one.get("email")) for one in self.staging.of("glpi_useremails", key)]
        return PastAuthor(name=_user_name(user) or key, email=emails[0] if emails else "")

    def _line(self, line: Mapping[str, str]) -> PastTicket:
        name = _first_line(line["requester"])
        key = f"name:{fold_name(name)}" if name else None
        at = moment(line["date"], self.zone)
        is_html, body = with_markup(line["content"])
        technician = _first_line(line["technician"])
        fields = {"categoria": short(line["category"]), "entidade": short(line["entity"])}
        first = PastEntry(EntryKind.MESSAGE, PastAuthor(key, name), body, is_html, at)
        return PastTicket(
            key=line["id"],
            number=line["id"],
            subject=short(line["name"]),
            state=short(line["status"]),
            priority=short(line["priority"]),
            queue=_first_line(line["group"]),
            customer_key=key,
            assignee=PastAuthor(name=technician) if technician else None,
            created_at=at,
            updated_at=moment(line["date_mod"], self.zone),
            resolved_at=moment(line["solvedate"], self.zone),
            closed_at=moment(line["closedate"], self.zone),
            fields={name: value for name, value in fields.items() if value},
            entries=(first,),
        )


def _user_name(user: Mapping[str, Any]) -> str:
    named = f"{short(user.get('firstname'))} {short(user.get('realname'))}".strip()
    return named or short(user.get("name"))


def _first_line(text: str) -> str:
    """Return the first of the names that a cell of the list holds, one a line."""
    return short(text.strip().partition("\n")[0])


def _word(row: Mapping[str, Any], name: str) -> str:
    """Return what a drop-down shows, where the API was asked to expand it."""
    text = short(row.get(name))
    return "" if text.isdigit() else text
