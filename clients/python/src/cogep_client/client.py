"""What programs do with COGEP Assist: bring documents in, ask, open tickets, be told of events."""

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from cogep_client.transport import Transport, Upload, part
from cogep_client.types import Answer, Found, Job, Ticket, Webhook

ENDED = frozenset({"completed", "failed", "cancelled"})
LONGEST_WAIT = 25


class Client(Transport):
    """One installation. Every method raises ApiError with a stable code and Portuguese words."""

    def ingest_url(self, url: str, **options: Any) -> Job:
        """Submit an address; ``options`` as in the contract (collection, title, callback_url)."""
        return cast("Job", self._call("POST", "/ingest", body={"url": url, **options}, once=True))

    def ingest_text(self, text: str, *, title: str, **options: Any) -> Job:
        """Submit a text."""
        body = {"text": text, "title": title, **options}
        return cast("Job", self._call("POST", "/ingest", body=body, once=True))

    def ingest_file(self, file: Upload, **form: str) -> Job:
        """Submit a file."""
        reply = self._call("POST", "/ingest", files=[file], form=form, once=True)
        return cast("Job", reply)

    def job(self, job_id: str, *, wait: int = 0) -> Job:
        """Return a job; ``wait``: seconds, up to 25, to wait for its end."""
        query = {"wait": wait} if wait else None
        return cast("Job", self._call("GET", f"/ingest/{part(job_id)}", query=query))

    def wait_for(self, job_id: str, *, seconds: float = 300.0) -> Job:
        """Wait for the end of a job. Raises TimeoutError."""
        deadline = time.monotonic() + seconds
        while True:
            left = deadline - time.monotonic()
            job = self.job(job_id, wait=max(1, min(LONGEST_WAIT, int(left))))
            if job["status"] in ENDED:
                return job
            if left <= 0:
                raise TimeoutError(job_id)

    def search(self, text: str, *, k: int = 10, collection: str | None = None) -> Found:
        """Search passages."""
        query = {"q": text, "k": k, "collection": collection}
        return cast("Found", self._call("GET", "/search", query=query))

    def ask(
        self, question: str, *, collection: str | None = None, conversation_id: str | None = None
    ) -> Answer:
        """Ask; the answer cites its sources or abstains."""
        body = {"question": question, "collection": collection, "conversation_id": conversation_id}
        told = {name: value for name, value in body.items() if value is not None}
        return cast("Answer", self._call("POST", "/ask", body=told, once=True))

    def remove_document(self, document_id: str) -> None:
        """Remove a document; it answers nothing from now on."""
        self._call("DELETE", f"/documents/{part(document_id)}", once=True)

    def open_ticket(self, subject: str, body: str, **options: Any) -> Ticket:
        """Open a ticket."""
        asked = {"subject": subject, "body": body, **options}
        return cast("Ticket", self._call("POST", "/crm/tickets", body=asked, once=True))

    def ticket(self, ticket_id: str) -> Ticket:
        """Return a ticket."""
        return cast("Ticket", self._call("GET", f"/crm/tickets/{part(ticket_id)}"))

    def tickets(self, **query: Any) -> Iterator[Ticket]:
        """Give the tickets that pass a filter, page after page."""
        return cast("Iterator[Ticket]", self._pages("/crm/tickets", query))

    def comment(self, ticket_id: str, body: str, **options: Any) -> Mapping[str, Any]:
        """Write on a ticket."""
        path = f"/crm/tickets/{part(ticket_id)}/comments"
        reply = self._call("POST", path, body={"body": body, **options}, once=True)
        return cast("Mapping[str, Any]", reply)

    def move_ticket(
        self, ticket_id: str, status: str, *, if_match: int | None = None, **options: Any
    ) -> Ticket:
        """Move a ticket to a state; ``if_match``: the revision that was read."""
        path = f"/crm/tickets/{part(ticket_id)}/transition"
        body = {"status": status, **options}
        reply = self._call("POST", path, body=body, once=True, if_match=if_match)
        return cast("Ticket", reply)

    def create_webhook(
        self,
        name: str,
        url: str,
        events: Sequence[str],
        *,
        fields: Sequence[str] = (),
        filters: Mapping[str, Sequence[str]] | None = None,
    ) -> Webhook:
        """Subscribe an address to events; keep the secret of the reply."""
        body = {
            "name": name,
            "url": url,
            "events": list(events),
            "fields": list(fields),
            "filters": {key: list(values) for key, values in (filters or {}).items()},
        }
        return cast("Webhook", self._call("POST", "/webhooks", body=body, once=True))

    def webhooks(self) -> list[Webhook]:
        """Return the subscriptions."""
        return cast("list[Webhook]", self._call("GET", "/webhooks")["items"])

    def remove_webhook(self, webhook_id: str) -> None:
        """Remove a subscription."""
        self._call("DELETE", f"/webhooks/{part(webhook_id)}", once=True)
