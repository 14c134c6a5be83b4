"""Zammad: what its REST API gives as JSON (tickets, ticket_articles, users, groups and so on)."""

from collections.abc import Iterator, Mapping
from typing import Any

from cogep_assist.core.models import EntryKind
from cogep_assist.crm_service.importers.past_values import key_of, moment, own_fields, short
from cogep_assist.crm_service.importers.records import (
    PastAuthor,
    PastEntry,
    PastFile,
    PastPerson,
    PastTicket,
)
from cogep_assist.crm_service.importers.staged_export import Place, StagedExport

# The numbers that an installation begins with; a list of states or priorities says otherwise.
STATES = {1: "new", 2: "open", 3: "pending reminder", 4: "closed", 5: "merged", 7: "pending close"}
PRIORITIES = {1: "1 low", 2: "2 normal", 3: "3 high"}
STAFF_ROLES = frozenset({"Admin", "Agent"})
STAFF_ROLE_IDS = frozenset({1, 2})
AGENT, CUSTOMER = 1, 2
SENDERS = {AGENT: "Agent", CUSTOMER: "Customer", 3: "System"}
# Whoever a ticket without an owner belongs to.
NOBODY = "1"
# The key of a person of whom only an address is known.
BY_MAIL = "mail:"
_USER_TEXT = (
    "id login firstname lastname email image image_source web phone fax mobile department street"
    " zip city country address vip verified active note last_login source login_failed"
    " out_of_office out_of_office_start_at out_of_office_end_at preferences updated_at created_at"
    " roles groups organization organizations authorizations created_by updated_by two_factor"
    " karma_user accounts password"
)
_USER = frozenset(_USER_TEXT.split())
_TICKET_TEXT = (
    "id number title state priority group customer owner organization note first_response_at"
    " first_response_escalation_at first_response_in_min first_response_diff_in_min close_at"
    " close_escalation_at close_in_min close_diff_in_min update_escalation_at update_in_min"
    " update_diff_in_min last_close_at last_contact_at last_contact_agent_at"
    " last_contact_customer_at last_owner_update_at create_article_type create_article_sender"
    " article_count escalation_at pending_time type time_unit preferences updated_at created_at"
    " article_ids ticket_time_accounting_ids created_by updated_by tags articles checklist"
    " referencing_checklists ai_agent_running mentions"
)
_TICKET = frozenset(_TICKET_TEXT.split())


class ZammadExport(StagedExport):
    """Pages of the API saved as files, in any number and order."""

    def place_of(self, record: Mapping[str, Any]) -> Place | None:
        """Tell what a record is by the attributes that no other has."""
        names = record.keys()
        if {"number", "title"} <= names:
            return "ticket", record.get("id"), None
        if {"ticket_id", "body"} <= names:
            return "article", record.get("id"), record["ticket_id"]
        if {"login", "firstname"} <= names:
            return "user", record.get("id"), None
        if {"name", "state_type_id"} <= names:
            return "state", record.get("id"), None
        if {"name", "default_create"} <= names or {"name", "ui_color"} <= names:
            return "priority", record.get("id"), None
        if {"name", "follow_up_possible"} <= names or {"name", "email_address_id"} <= names:
            return "group", record.get("id"), None
        return None

    def table_of(self, name: str) -> str | None:  # noqa: ARG002 - no dump of MySQL
        """Zammad has no dump that is read."""
        return None

    def line_of(self, cells: Mapping[str, str]) -> None:  # noqa: ARG002 - its CSV holds no history
        """Zammad's CSV files hold no history."""
        return

    def people(self) -> Iterator[PastPerson]:
        """Give the users that are no staff, and whom tickets name that no list of users holds."""
        for user in self.staging.every("user"):
            if not _is_staff(user) and short(user.get("id")) != NOBODY:
                yield PastPerson(
                    key=short(user["id"]),
                    name=_name(user),
                    emails=_some(user.get("email")),
                    phones=_some(user.get("mobile"), user.get("phone")),
                    fields=own_fields(user, _USER),
                )
        given: set[str] = set()
        for ticket in self.staging.every("ticket"):
            key = self._customer(ticket)
            if key is not None and key.startswith(BY_MAIL) and key not in given:
                given.add(key)
                yield PastPerson(key, "", emails=(key.removeprefix(BY_MAIL),))

    def tickets(self) -> Iterator[PastTicket]:
        """Give the tickets with their articles."""
        for ticket in self.staging.every("ticket"):
            yield self._ticket(ticket)

    def _ticket(self, ticket: dict[str, Any]) -> PastTicket:
        key = short(ticket["id"])
        closed = moment(ticket.get("close_at"), self.zone)
        updated = moment(ticket.get("updated_at"), self.zone)
        tags, customer = ticket.get("tags"), self._customer(ticket)
        articles = self.staging.of("article", key)
        return PastTicket(
            key=key,
            number=short(ticket["number"]),
            subject=short(ticket["title"]),
            state=self._named(ticket, "state", STATES),
            priority=self._named(ticket, "priority", PRIORITIES),
            queue=self._named(ticket, "group", {}),
            customer_key=customer,
            assignee=self._owner(ticket),
            created_at=moment(ticket.get("created_at"), self.zone),
            updated_at=updated,
            resolved_at=closed,
            closed_at=closed,
            tags=tuple(short(tag) for tag in tags) if isinstance(tags, list) else (),
            fields=own_fields(ticket, _TICKET),
            entries=tuple(self._entry(key, customer, one) for one in articles),
        )

    def _entry(self, ticket: str, customer: str | None, article: dict[str, Any]) -> PastEntry:
        sender = short(article.get("sender")) or SENDERS.get(article.get("sender_id", 0), "")
        kind = EntryKind.MESSAGE if sender == "Customer" else EntryKind.REPLY
        if article.get("internal") or sender == "System":
            kind = EntryKind.NOTE
        writer = article.get("origin_by_id") or article.get("created_by_id")
        return PastEntry(
            kind=kind,
            author=self._author(
                writer, short(article.get("from")), customer if sender == "Customer" else None
            ),
            body=str(article.get("body") or ""),
            is_html=article.get("content_type") == "text/html",
            at=moment(article.get("created_at"), self.zone),
            files=tuple(self._files(ticket, article)),
        )

    def _files(self, ticket: str, article: dict[str, Any]) -> Iterator[PastFile]:
        listed = article.get("attachments")
        for one in listed if isinstance(listed, list) else ():
            if not isinstance(one, dict):
                continue
            name, number, of = short(one.get("filename")), short(one.get("id")), article.get("id")
            ways = ((ticket, of, number), (ticket, of, name), (of, name), (of, number))
            yield self.beside(name, *ways)

    def _author(self, user_id: object, written: str, asks: str | None) -> PastAuthor:
        user = self.staging.one("user", user_id) if user_id else {}
        if not user and asks is not None:
            return PastAuthor(customer_key=asks, name=written)
        if user and not _is_staff(user) and short(user.get("id")) != NOBODY:
            return PastAuthor(customer_key=short(user["id"]), name=_name(user))
        name, email = (_name(user), short(user.get("email"))) if user else (written, "")
        return PastAuthor(name=name.partition("<")[0].strip(' "'), email=email)

    def _owner(self, ticket: Mapping[str, Any]) -> PastAuthor | None:
        owner = key_of(ticket.get("owner_id"))
        if owner is None or owner == NOBODY:
            return None
        user = self.staging.one("user", owner)
        return PastAuthor(
            name=_name(user) if user else short(ticket.get("owner")),
            email=short(user.get("email")) or short(ticket.get("owner")),
        )

    def _customer(self, ticket: Mapping[str, Any]) -> str | None:
        """Return whose a ticket is: by number or, where no list holds them, by address."""
        number = key_of(ticket.get("customer_id"))
        user = self.staging.one("user", number) if number else {}
        if user:
            return None if _is_staff(user) else short(user["id"])
        written = short(ticket.get("customer")).lower()
        return f"{BY_MAIL}{written}" if "@" in written else None

    def _named(self, ticket: Mapping[str, Any], kind: str, usual: Mapping[int, str]) -> str:
        """Return what a state, a priority or a group is called."""
        said = ticket.get(kind)
        if isinstance(said, str):
            return short(said)
        number = ticket.get(f"{kind}_id")
        known = short(self.staging.one(kind, number).get("name"))
        return known or usual.get(number if isinstance(number, int) else 0, short(number))


def _is_staff(user: Mapping[str, Any]) -> bool:
    roles, numbers = user.get("roles"), user.get("role_ids")
    if isinstance(roles, list) and any(isinstance(one, str) for one in roles):
        return not STAFF_ROLES.isdisjoint(one for one in roles if isinstance(one, str))
    return isinstance(numbers, list) and any(one in STAFF_ROLE_IDS for one in numbers)


def _name(user: Mapping[str, Any]) -> str:
    named = f"{short(user.get('firstname'))} {short(user.get('lastname'))}".strip()
    return named or short(user.get("login"))


def _some(*values: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for value in values if (text := short(value))))
