"""Chatwoot: its contacts as CSV, and what its API gives as JSON (conversations, messages)."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from cogep_assist.core.models import CustomerKind, EntryKind
from cogep_assist.crm_service.importers.past_values import key_of, moment, short
from cogep_assist.crm_service.importers.records import (
    PastAuthor,
    PastEntry,
    PastFile,
    PastPerson,
    PastTicket,
)
from cogep_assist.crm_service.importers.staged_export import Place, StagedExport

# Message's own numbers and words for who speaks.
INCOMING, OUTGOING, TEMPLATE = "incoming", "outgoing", "template"
MESSAGE_TYPES = {"0": INCOMING, "1": OUTGOING, "2": "activity", "3": TEMPLATE}
SUBJECT_CHARS = 80


class ChatwootExport(StagedExport):
    """Pages of the API saved as files, and the CSV that the page of contacts sends."""

    def place_of(self, record: Mapping[str, Any]) -> Place | None:
        """Tell what a record is by the attributes that no other has."""
        names = record.keys()
        if {"message_type", "content"} <= names:
            return "message", record.get("id"), record.get("conversation_id")
        if {"inbox_id", "status", "meta"} <= names:
            self._keep_within(record)
            return "conversation", record.get("id"), None
        if {"channel_type", "name"} <= names:
            return "inbox", record.get("id"), None
        if {"phone_number", "name"} <= names:
            return "contact", record.get("id"), None
        return None

    def table_of(self, name: str) -> None:  # noqa: ARG002 - it stands on PostgreSQL
        """Chatwoot has no dump of MySQL."""
        return

    def line_of(self, cells: Mapping[str, str]) -> tuple[Place, dict[str, Any]] | None:
        """Read a line of the contacts."""
        if not cells.get("id") or "name" not in cells:
            return None
        # Folding a column's name turned its underlines into spaces.
        data = {name.replace(" ", "_"): value for name, value in cells.items()}
        return ("contact", data["id"], None), data

    def people(self) -> Iterator[PastPerson]:
        """Give the contacts; agents are none."""
        for contact in self.staging.every("contact"):
            if not any(short(contact.get(name)) for name in ("name", "email", "phone_number")):
                continue
            more = contact.get("custom_attributes")
            fields = {
                short(name): text
                for name, value in (more.items() if isinstance(more, dict) else ())
                if (text := short(value))
            }
            if identifier := short(contact.get("identifier")):
                fields["identifier"] = identifier
            email, phone = short(contact.get("email")), short(contact.get("phone_number"))
            yield PastPerson(
                key=short(contact["id"]),
                name=short(contact.get("name")),
                kind=CustomerKind.PERSON,
                emails=(email,) if email else (),
                phones=(phone,) if phone else (),
                fields=fields,
            )

    def tickets(self) -> Iterator[PastTicket]:
        """Give the conversations with their messages."""
        for conversation in self.staging.every("conversation"):
            yield self._ticket(conversation)

    def _ticket(self, row: dict[str, Any]) -> PastTicket:
        key = short(row["id"])
        meta = row["meta"] if isinstance(row["meta"], dict) else {}
        customer = key_of(_part(meta, "sender").get("id"))
        entries = tuple(self._entries(key, customer))
        labels, more = row.get("labels"), row.get("custom_attributes")
        state = short(row.get("status"))
        ended = row.get("updated_at") or row.get("last_activity_at") or row.get("timestamp")
        agent = _part(meta, "assignee")
        return PastTicket(
            key=key,
            number=key,
            subject=_subject(row, entries, key),
            state=state,
            priority=short(row.get("priority")) or "none",
            queue=self._inbox(row, meta),
            customer_key=customer,
            assignee=_agent(agent) if agent else None,
            created_at=moment(row.get("created_at"), self.zone),
            updated_at=moment(ended, self.zone),
            resolved_at=moment(ended, self.zone) if state == "resolved" else None,
            tags=tuple(short(one) for one in labels) if isinstance(labels, list) else (),
            fields={
                short(name): text
                for name, value in (more.items() if isinstance(more, dict) else ())
                if (text := short(value))
            },
            entries=entries,
        )

    def _entries(self, conversation: str, customer: str | None) -> Iterator[PastEntry]:
        for row in self.staging.of("message", conversation):
            said = short(row.get("message_type"))
            kind = MESSAGE_TYPES.get(said, said)
            if kind not in {INCOMING, OUTGOING, TEMPLATE}:
                continue
            sender = _part(row, "sender")
            author = PastAuthor(customer, short(sender.get("name")))
            if kind != INCOMING:
                author = _agent(sender) if sender else PastAuthor(name="Mensagem automática")
            is_private = row.get("private") is True
            writes = EntryKind.MESSAGE if kind == INCOMING else EntryKind.REPLY
            yield PastEntry(
                kind=EntryKind.NOTE if is_private else writes,
                author=author,
                body=str(row.get("content") or ""),
                is_html=False,
                at=moment(row.get("created_at"), self.zone),
                files=tuple(self._files(row)),
            )

    def _files(self, message: Mapping[str, Any]) -> Iterator[PastFile]:
        listed = message.get("attachments")
        for one in listed if isinstance(listed, list) else ():
            if isinstance(one, dict):
                path = unquote(urlsplit(short(one.get("data_url"))).path)
                name = path.rpartition("/")[2] or f"anexo-{short(one.get('id'))}"
                number = short(one.get("id"))
                yield self.beside(name, (short(message.get("id")), name), (number, name), (name,))

    def _inbox(self, row: Mapping[str, Any], meta: Mapping[str, Any]) -> str:
        team = short(_part(meta, "team").get("name"))
        inbox = self.staging.one("inbox", row.get("inbox_id"))
        return team or short(inbox.get("name")) or f"inbox {short(row.get('inbox_id'))}"

    def _keep_within(self, conversation: Mapping[str, Any]) -> None:
        """Keep the person and the messages that a conversation brings along."""
        meta = conversation["meta"] if isinstance(conversation["meta"], dict) else {}
        sender = _part(meta, "sender")
        if key_of(sender.get("id")):
            self.staging.put("contact", sender["id"], sender)
        listed = conversation.get("messages")
        for one in listed if isinstance(listed, list) else ():
            if isinstance(one, dict) and one.get("id") is not None:
                self.staging.put("message", one["id"], one, parent=conversation.get("id"))


def _part(row: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = row.get(name)
    return found if isinstance(found, dict) else {}


def _agent(row: Mapping[str, Any]) -> PastAuthor:
    name = short(row.get("available_name")) or short(row.get("name"))
    return PastAuthor(name=name, email=short(row.get("email")))


def _subject(row: Mapping[str, Any], entries: tuple[PastEntry, ...], key: str) -> str:
    """Return a mail's subject, or the first words: a conversation has no title."""
    written = short(_part(row, "additional_attributes").get("mail_subject"))
    first = next((one.body for one in entries if one.kind is EntryKind.MESSAGE and one.body), "")
    words = re.sub(r"\s+", " ", first).strip()
    if len(words) > SUBJECT_CHARS:
        words = words[:SUBJECT_CHARS].rsplit(" ", 1)[0] + "…"
    return written or words or f"Conversa {key}"
