"""Clients who submit and search all the while, and never take a lost reply for an answer."""

import asyncio
import itertools
import random
import string
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import httpx2

from chaos.history import History, Seen, Submission

SENTENCES = (
    "A portaria trata das férias dos servidores em exercício na capital.",
    "O requerimento de licença segue para a coordenação de gestão de pessoas.",
    "A chefia imediata confirma a folha de ponto até o quinto dia útil.",
    "O auxílio-transporte é devido nos dias de trabalho presencial.",
)
SENTENCES_PER_VERSION = 48
_names = itertools.count()
# A reply that says "not now"; every other error is a violation.
BUSY = {429, 503, 507}


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
    """Submitters and searchers against one address."""

    def __init__(self, address: str, key: str, history: History, rng: random.Random) -> None:
        self.history = history
        self._rng = rng
        self._http = httpx2.AsyncClient(
            base_url=address,
            headers={"Authorization": f"Bearer {key}"},
            timeout=httpx2.Timeout(10.0),
            trust_env=False,
        )
        self._submitting = True

    async def close(self) -> None:
        await self._http.aclose()

    def stop_submitting(self) -> None:
        """Begin no new submission; what is under way goes on until it is answered."""
        self._submitting = False

    async def submit_versions(self, document: str, versions: int) -> None:
        """Submit a document's versions one after the other, each until it is accepted."""
        first = len(self.history.of(document))
        for version in range(first, first + versions):
            if not self._submitting:
                return
            submission = Submission(document, version, str(uuid4()))
            self.history.submissions.append(submission)
            await self.submit(submission)
            await asyncio.sleep(self._rng.uniform(0, 0.2))

    async def submit(self, submission: Submission) -> None:
        """Repeat with the same key until there is a 202."""
        body = {
            "text": text_of(submission.document, submission.version),
            "external_id": submission.document,
            "title": f"Documento {submission.document}",
            "collection": "caos",
        }
        while True:
            submission.tries += 1
            try:
                reply = await self._http.post(
                    "/ingest", json=body, headers={"Idempotency-Key": submission.key}
                )
            except httpx2.TransportError:
                await asyncio.sleep(0.05)
                continue
            if reply.status_code == 202:
                submission.job_id = UUID(reply.json()["id"])
                return
            self._refused(reply, "POST /ingest")
            await asyncio.sleep(0.1)

    async def search_forever(self) -> None:
        """Look for documents at random, and write down what is shown of them."""
        while True:
            await asyncio.sleep(0.01)
            documents = self.history.documents
            if documents:
                await self.search(self._rng.choice(documents[-12:]))

    async def search(self, document: str) -> None:
        """Look for a document once."""
        asked_at = time.monotonic()
        try:
            reply = await self._http.get(
                "/search", params={"q": document, "k": 50, "collection": "caos"}
            )
        except httpx2.TransportError:
            return
        if reply.status_code == 404 and reply.json()["error"]["code"] == "collection_not_found":
            return
        if reply.status_code != 200:
            self._refused(reply, "GET /search")
            return
        self.history.searches += 1
        found = [r for r in reply.json()["results"] if f"Documento {document}," in r["text"]]
        words = [word for r in found for word in r["text"].split() if word.startswith("e0")]
        self.history.seen.append(
            Seen(
                document,
                asked_at,
                time.monotonic(),
                frozenset(int(word[1:5]) for word in words),
                len(found),
                frozenset(r["document_id"] for r in found),
            )
        )

    def _refused(self, reply: httpx2.Response, where: str) -> None:
        try:
            code = reply.json()["error"]["code"]
        except (ValueError, KeyError, TypeError):
            self.history.violation(f"{where}: {reply.status_code} without the error shape")
            return
        if reply.status_code not in BUSY:
            self.history.violation(f"{where}: {reply.status_code} {code}")


@asynccontextmanager
async def clients(
    address: str, key: str, history: History, rng: random.Random, *, searchers: int = 2
) -> AsyncIterator[Clients]:
    """Have clients for a while, with searches running all the time."""
    made = Clients(address, key, history, rng)
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
