"""Clients who submit, remove and search all the while; a lost reply is no answer to them."""

import asyncio
import itertools
import random
import string
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import httpx2

from chaos.history import History, Removal, Seen, Submission

SENTENCES = (
    "A portaria trata das férias dos servidores em exercício na capital.",
    "O requerimento de licença segue para a coordenação de gestão de pessoas.",
    "A chefia imediata confirma a folha de ponto até o quinto dia útil.",
    "O auxílio-transporte é devido nos dias de trabalho presencial.",
)
SENTENCES_PER_VERSION = 48
SEARCH_PAUSE_SECONDS = 0.04
_names = itertools.count()
# A reply that says "not now"; every other error is a violation.
BUSY = {429, 503, 507}
ENDED = {"completed", "failed", "cancelled"}
Story = Callable[["Clients", str], Awaitable[None]]


def new_document() -> str:
    """Return a word that names a document, and that stands in no other text."""
    number, word = next(_names), ""
    for _ in range(4):
        number, letter = divmod(number, 20)
        word += "bcdfghjlmnpqrstvxzkw"[letter] + "aeiou"[letter % 5]
    return f"zq{word}{''.join(random.choices(string.ascii_lowercase, k=5))}"


def text_of(document: str, version: int) -> str:
    """Return the text of a version: every sentence names the document and the version."""
    return "\n\n".join(
        f"{SENTENCES[n % len(SENTENCES)]} Documento {document}, edição e{version:04d}e, item {n}."
        for n in range(SENTENCES_PER_VERSION)
    )


class Clients:
    """Submitters, removers and searchers against one address, who write into one history."""

    def __init__(self, address: str, key: str, rng: random.Random) -> None:
        self.history = History("none", 0, "")
        self._rng = rng
        self._http = httpx2.AsyncClient(
            base_url=address,
            headers={"Authorization": f"Bearer {key}"},
            timeout=httpx2.Timeout(10.0),
            trust_env=False,
        )

    async def close(self) -> None:
        await self._http.aclose()

    async def pause(self) -> None:
        await asyncio.sleep(self._rng.uniform(0, 0.1))

    async def submit(self, document: str, *, again: bool = False) -> Submission:
        """Submit a document's next version, or the last one again, until it is accepted."""
        before = self.history.of(document)
        version = before[-1].version + (not again) if before else 0
        submission = Submission(document, version, str(uuid4()), self.history.acts_on(document))
        self.history.submissions.append(submission)
        submission.asked_at = time.monotonic()
        body = {
            "text": text_of(document, version),
            "external_id": document,
            "title": f"Documento {document}",
            "collection": "caos",
        }
        reply = await self._insist("POST", "/ingest", submission, json=body, accepted={202})
        submission.job_id = UUID(reply.json()["id"])
        submission.accepted_at = time.monotonic()
        return submission

    async def ended(self, submission: Submission) -> dict[str, Any]:
        """Wait until a submission's job has ended, and return it."""
        while True:
            reply = await self._insist(
                "GET", f"/ingest/{submission.job_id}?wait=5", submission, accepted={200}
            )
            job: dict[str, Any] = reply.json()
            if job["status"] in ENDED:
                if job["status"] == "completed":
                    submission.completed_at = time.monotonic()
                return job

    async def remove(self, document: str, document_id: str) -> None:
        """Remove a document, until that is confirmed."""
        place = self.history.acts_on(document)
        removal = Removal(document, UUID(document_id), str(uuid4()), place)
        self.history.removals.append(removal)
        removal.asked_at = time.monotonic()
        await self._insist("DELETE", f"/documents/{document_id}", removal, accepted={204})
        removal.done_at = time.monotonic()

    async def search_forever(self) -> None:
        """Look for documents at random, and write down what is shown of them."""
        while True:
            await asyncio.sleep(SEARCH_PAUSE_SECONDS)
            if documents := self.history.documents:
                await self.search(self._rng.choice(documents))

    async def search(self, document: str) -> Seen | None:
        """Look for a document once; None where there was no answer."""
        history, asked_at = self.history, time.monotonic()
        try:
            reply = await self._http.get(
                "/search", params={"q": document, "k": 50, "collection": "caos"}
            )
        except httpx2.TransportError:
            return None
        if reply.status_code == 404 and reply.json()["error"]["code"] == "collection_not_found":
            return None
        if reply.status_code != 200:
            self._refused(reply, "GET /search", history)
            return None
        found = [r for r in reply.json()["results"] if f"Documento {document}," in r["text"]]
        words = [word for r in found for word in r["text"].split() if word.startswith("e0")]
        seen = Seen(
            document,
            asked_at,
            time.monotonic(),
            frozenset(int(word[1:5]) for word in words),
            len(found),
            frozenset(r["document_id"] for r in found),
        )
        history.seen.append(seen)
        return seen

    async def _insist(
        self,
        method: str,
        path: str,
        act: Submission | Removal,
        *,
        accepted: set[int],
        json: Any = None,
    ) -> httpx2.Response:
        """Repeat with the same key until there is an answer that says how it is."""
        while True:
            act.tries += 1
            try:
                reply = await self._http.request(
                    method, path, json=json, headers={"Idempotency-Key": act.key}
                )
            except httpx2.TransportError as error:
                self.history.remark(f"{method} {act.document}: {type(error).__name__}")
                await asyncio.sleep(0.05)
                continue
            if reply.status_code in accepted:
                return reply
            self._refused(reply, f"{method} {path}", self.history)
            if reply.status_code not in BUSY and act.tries > 50:
                raise AssertionError(f"{method} {path}: {reply.text}\n{self.history.told()}")
            await asyncio.sleep(0.1)

    def _refused(self, reply: httpx2.Response, where: str, history: History) -> None:
        try:
            code = reply.json()["error"]["code"]
        except (ValueError, KeyError, TypeError):
            history.violation(f"{where}: {reply.status_code} without the error shape")
            return
        history.remark(f"{where}: {reply.status_code} {code}")
        if reply.status_code not in BUSY:
            history.violation(f"{where}: {reply.status_code} {code}")


async def three_versions(clients: Clients, document: str) -> None:
    """A document is submitted three times, each time with another text."""
    for _ in range(3):
        await clients.submit(document)
        await clients.pause()


async def removed_and_back(clients: Clients, document: str) -> None:
    """A document is removed, and comes back as another one."""
    job = await clients.ended(await clients.submit(document))
    if job["document_id"]:
        await clients.remove(document, job["document_id"])
    await clients.pause()
    await clients.submit(document)


async def removed_under_way(clients: Clients, document: str) -> None:
    """A document is removed while its next version waits or is being read."""
    job = await clients.ended(await clients.submit(document))
    await clients.submit(document)
    await clients.pause()
    if job["document_id"]:
        await clients.remove(document, job["document_id"])


async def said_again(clients: Clients, document: str) -> None:
    """The same text comes twice, and then a new one."""
    await clients.submit(document)
    await clients.pause()
    await clients.submit(document, again=True)
    await clients.pause()
    await clients.submit(document)


STORIES: list[Story] = [three_versions, removed_and_back, removed_under_way, said_again]


@asynccontextmanager
async def clients(
    address: str, key: str, rng: random.Random, *, searchers: int = 1
) -> AsyncIterator[Clients]:
    """Have clients for a while, with searches running all the time."""
    made = Clients(address, key, rng)
    searching = [asyncio.create_task(made.search_forever()) for _ in range(searchers)]
    try:
        yield made
    finally:
        for task in searching:
            task.cancel()
        results = await asyncio.gather(*searching, return_exceptions=True)
        await made.close()
        for result in results:
            if isinstance(result, Exception):
                raise result
