"""osTicket: a dump of its tables, whatever their prefix, or its list of tickets as CSV."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

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

MAX_FILE_BYTES = 64 * 1024 * 1024
ENTRY_KINDS = {"M": EntryKind.MESSAGE, "R": EntryKind.REPLY, "N": EntryKind.NOTE}
# A table without its prefix: the column of its key and that of what its rows belong to.
TABLES: dict[str, tuple[str, str | None]] = {
    "ticket": ("ticket_id", None),
    "ticket__cdata": ("ticket_id", None),
    "ticket_status": ("id", None),
    "ticket_priority": ("priority_id", None),
    "department": ("id", None),
    "help_topic": ("topic_id", None),
    "staff": ("staff_id", None),
    "user": ("id", None),
    "user__cdata": ("user_id", None),
    "user_email": ("id", "user_id"),
    "thread": ("id", "object_id"),
    "thread_entry": ("id", "thread_id"),
    "attachment": ("id", "object_id"),
    "file": ("id", None),
    "file_chunk": ("chunk_id", "file_id"),
    "form_field": ("id", None),
    "form_entry": ("id", "object_id"),
    "form_entry_values": ("field_id", "entry_id"),
}
# The list's columns as osTicket names them, folded.
COLUMNS = {
    "number": ("ticket number", "number"),
    "created": ("date created", "create date", "date"),
    "subject": ("subject", "issue summary"),
    "name": ("from", "from name", "user"),
    "email": ("from email", "user email", "email"),
    "priority": ("priority",),
    "department": ("department",),
    "topic": ("help topic",),
    "status": ("current status", "status"),
    "updated": ("last updated", "last update"),
    "closed": ("closed date", "close date"),
    "agent": ("agent assigned", "assigned to", "assignee"),
}


class OsTicketExport(StagedExport):
    """Rows of osTicket's tables; a list as CSV gives tickets without what was written on them."""

    binary = ("filedata",)

    def place_of(self, record: Mapping[str, Any]) -> None:  # noqa: ARG002 - it has no such export
        """osTicket exports no JSON."""
        return

    def table_of(self, name: str) -> str | None:
        """Return a table's name without the installation's prefix."""
        known = name.partition("_")[2]
        return known if known in TABLES else None

    def row_place(self, kind: str, row: Mapping[str, Any]) -> Place:
        """Place rows by their keys; threads and forms of other objects than tickets apart."""
        key, of = TABLES[kind]
        parent: object = None
        if of is not None:
            other = short(row.get("object_type")) or short(row.get("type"))
            plain = kind not in {"thread", "form_entry", "attachment"} or other in {"T", "H", ""}
            parent = row.get(of) if plain else f"{other}:{row.get(of)}"
        return kind, row.get(key), parent

    def line_of(self, cells: Mapping[str, str]) -> tuple[Place, dict[str, Any]] | None:
        """Read a line of the list of tickets."""
        found = {
            name: next((cells[title] for title in titles if cells.get(title)), "")
            for name, titles in COLUMNS.items()
        }
        if not found["number"] or not found["subject"]:
            return None
        return ("line", found["number"], None), found

    def people(self) -> Iterator[PastPerson]:
        """Give the users: staff are kept in a table of their own."""
        for user in self.staging.every("user"):
            key = short(user["id"])
            about = self.staging.one("user__cdata", key)
            emails = [short(one.get("address")) for one in self.staging.of("user_email", key)]
            fields = self._fields("U", key)
            fields |= {n: t for n in ("phone", "notes") if (t := short(about.get(n)))}
            # An extension follows the number: "6133334444X12".
            phone = fields.pop("phone", "").partition("X")[0]
            yield PastPerson(
                key=key,
                name=short(user.get("name")),
                emails=tuple(dict.fromkeys(filter(None, emails))),
                phones=(phone,) if phone else (),
                fields={n: t for n, t in fields.items() if n not in {"name", "email"}},
            )
        given: set[str] = set()
        for line in self.staging.every("line"):
            who = _line_person(line)
            if who is not None and who not in given:
                given.add(who)
                emails = [short(line["email"])] if line["email"] else []
                yield PastPerson(who, short(line["name"]), emails=tuple(emails))

    def tickets(self) -> Iterator[PastTicket]:
        """Give the tickets that were not deleted."""
        for row in self.staging.every("ticket"):
            status = self.staging.one("ticket_status", row.get("status_id"))
            if short(status.get("state")) != "deleted":
                yield self._ticket(row, short(status.get("name") or row.get("status")))
        for line in self.staging.every("line"):
            yield self._line(line)

    def _ticket(self, row: dict[str, Any], state: str) -> PastTicket:
        key = short(row["ticket_id"])
        about = self.staging.one("ticket__cdata", key)
        topic = self.staging.one("help_topic", row.get("topic_id"))
        fields = self._fields("T", key)
        subject = short(about.get("subject")) or fields.get("subject", "")
        fields = {n: t for n, t in fields.items() if n not in {"subject", "priority"}}
        if topic:
            fields["help_topic"] = short(topic.get("topic"))
        closed = moment(row.get("closed"), self.zone)
        user = key_of(row.get("user_id"))
        return PastTicket(
            key=key,
            number=short(row.get("number")) or key,
            subject=subject,
            state=state,
            priority=self._priority(about),
            queue=short(self.staging.one("department", row.get("dept_id")).get("name")),
            customer_key=user,
            assignee=self._staff(key_of(row.get("staff_id"))),
            created_at=moment(row.get("created"), self.zone),
            updated_at=moment(row.get("updated") or row.get("lastupdate"), self.zone),
            resolved_at=closed,
            closed_at=closed,
            fields=fields,
            entries=tuple(self._entries(key)),
        )

    def _entries(self, ticket: str) -> Iterator[PastEntry]:
        for thread in self.staging.of("thread", ticket):
            for row in self.staging.of("thread_entry", thread["id"]):
                kind = ENTRY_KINDS.get(short(row.get("type")), EntryKind.NOTE)
                user, staff = key_of(row.get("user_id")), key_of(row.get("staff_id"))
                author = self._staff(staff) or PastAuthor(
                    user if kind is EntryKind.MESSAGE else None, short(row.get("poster"))
                )
                body = str(row.get("body") or "")
                is_html = short(row.get("format")) != "text" and with_markup(body)[0]
                yield PastEntry(
                    kind=kind,
                    author=author,
                    body=body,
                    is_html=is_html,
                    at=moment(row.get("created"), self.zone),
                    files=tuple(self._files(row.get("id"))),
                )

    def _files(self, entry: object) -> Iterator[PastFile]:
        for link in self.staging.of("attachment", entry):
            file = self.staging.one("file", link.get("file_id"))
            if not file:
                continue
            name, key = short(link.get("name")) or short(file.get("name")), short(file.get("key"))
            if short(file.get("bk")) in {"D", ""}:
                of = partial(self.staging.content_of, "file_chunk", file["id"], MAX_FILE_BYTES)
                yield PastFile(name, load=of)
            else:
                # The plug-in that keeps files in a folder sorts them by the key's first sign.
                yield self.beside(name, (key[:1], key), (key,))

    def _fields(self, object_type: str, key: str) -> dict[str, str]:
        found: dict[str, str] = {}
        owner = key if object_type == "T" else f"{object_type}:{key}"
        for entry in self.staging.of("form_entry", owner):
            for value in self.staging.of("form_entry_values", entry["id"]):
                field = self.staging.one("form_field", value.get("field_id"))
                name = short(field.get("name")) or short(field.get("label"))
                text = short(value.get("value"))
                if name and text:
                    found[name] = text
        return found

    def _priority(self, about: Mapping[str, Any]) -> str:
        said = short(about.get("priority"))
        known = self.staging.one("ticket_priority", said) if said else {}
        return short(known.get("priority")) or said

    def _staff(self, key: str | None) -> PastAuthor | None:
        if key is None:
            return None
        staff = self.staging.one("staff", key)
        name = f"{short(staff.get('firstname'))} {short(staff.get('lastname'))}".strip()
        return PastAuthor(name=name or key, email=short(staff.get("email")))

    def _line(self, line: Mapping[str, str]) -> PastTicket:
        key, at = _line_person(line), moment(line["created"], self.zone)
        agent, topic = short(line["agent"]), short(line["topic"])
        closed = moment(line["closed"], self.zone)
        author = PastAuthor(key, short(line["name"]))
        return PastTicket(
            key=f"number:{short(line['number'])}",
            number=short(line["number"]),
            subject=short(line["subject"]),
            state=short(line["status"]),
            priority=short(line["priority"]),
            queue=short(line["department"]),
            customer_key=key,
            assignee=PastAuthor(name=agent) if agent else None,
            created_at=at,
            updated_at=moment(line["updated"], self.zone),
            resolved_at=closed,
            closed_at=closed,
            fields={"help_topic": topic} if topic else {},
            entries=(PastEntry(EntryKind.MESSAGE, author, "", False, at),),
        )


def _line_person(line: Mapping[str, str]) -> str | None:
    email = short(line["email"]).lower()
    name = short(line["name"]).lower()
    return f"mail:{email}" if email else f"name:{name}" if name else None
