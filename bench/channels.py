"""Channels: mail in beside a plain IMAP download, threads kept apart, webhooks delivered.

Parts: ``mail`` (needs Dovecot, and root to run it), ``webhooks``, ``outage``. Each prints its
figures; a thread that was joined or parted wrongly, a loop, or a loss ends the run with 1.
"""

import argparse
import asyncio
import imaplib
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from local_web import Hit, LocalWeb, local_web, reply
from mail_servers import PASSWORD, USER, dovecot, folder_for_all
from pydantic import SecretStr
from sqlalchemy.engine import make_url
from uuid_utils.compat import uuid7

from cogep_assist.core import embedded_postgres, outbox_delivery, schema, secret_key
from cogep_assist.core.background_work import enqueue_background
from cogep_assist.core.config import Settings, load_settings
from cogep_assist.core.db import RING, Database
from cogep_assist.core.events import publish
from cogep_assist.core.models import (
    InboundMail,
    MailStatus,
    OutboxAttempt,
    OutboxMessage,
    OutboxStatus,
    TicketEntry,
    TicketLetter,
    Webhook,
    WebhookStatus,
)
from cogep_assist.core.webhooks import new_secret, seal_for
from cogep_assist.crm_service.mail.mail_collect import COLLECT
from cogep_assist.integrations import webhooks as courier
from cogep_assist.worker_service.process import work
from mail_letters import Posted, conversations

# In the outage alone, where everything that waits would take hours.
TIMEOUT_SECONDS = 1.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=["mail", "webhooks", "outage"])
    parser.add_argument("--threads", type=int, default=50)
    parser.add_argument("--letters", type=int, default=20, help="per thread")
    parser.add_argument("--events", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    wrong = 0
    for part in asked.parts:
        wrong += asyncio.run(PARTS[part](asked))
    return 1 if wrong else 0


async def mail(asked: argparse.Namespace) -> int:
    """Download by plain IMAP, then take the same mailbox in."""
    posted = conversations(asked.threads, asked.letters, random.Random(asked.seed))
    with folder_for_all() as folder, dovecot(folder, tls=False) as imap:
        _fill(imap.box, [raw for raw, _ in posted.first])
        raw_seconds, raw_count = _plain_download(imap.port, USER, PASSWORD)
        changes = {
            "mail_inbox": "atendimento@orgao.test",
            "mail_tickets_per_hour": 1000,
            "imap_host": "127.0.0.1",
            "imap_port": imap.port,
            "imap_security": "none",
            "imap_user": USER,
            "imap_password": SecretStr(PASSWORD),
        }
        async with a_desk(**changes) as (settings, database), working(settings, database):
            busy = time.process_time()
            seconds = await _take_in(database, raw_count)
            second = await posted.answers(database)
            _fill(imap.box, [raw for raw, _ in second])
            seconds += await _take_in(database, raw_count + len(second))
            total = raw_count + len(second)
            spent = (time.process_time() - busy) / total * 1000
            rate, plain = total / seconds, raw_count / raw_seconds
            print(
                f"mail in: {rate:.1f} mails/s whole way, {spent:.1f} ms of CPU each without "
                f"parsers and database; plain IMAP download {plain:.0f}/s"
            )
            return await _judge(database, posted, total)


async def _take_in(database: Database, wanted: int) -> float:
    began = time.monotonic()
    async with database.begin() as session:
        await enqueue_background(session, COLLECT, "")
        session.info[RING] = True
    while True:
        await asyncio.sleep(0.1)
        async with database.begin() as session:
            done = await session.scalar(
                sa.select(sa.func.count())
                .select_from(InboundMail)
                .where(InboundMail.status != MailStatus.RECEIVED)
            )
        if done == wanted:
            return time.monotonic() - began
        if time.monotonic() - began > 900:
            raise SystemExit(f"only {done} of {wanted} mails were read in 15 minutes")


async def _judge(database: Database, posted: Posted, total: int) -> int:
    """Compare where each letter went with the thread that it is of."""
    async with database.begin() as session:
        rows = (
            await session.execute(
                sa.select(TicketEntry.ticket_id, TicketEntry.body, InboundMail.status).join(
                    InboundMail, InboundMail.entry_id == TicketEntry.id
                )
            )
        ).all()
        reasons = Counter(await session.scalars(sa.select(InboundMail.reason)))
        letters = await session.scalar(sa.select(sa.func.count()).select_from(TicketLetter))
    went: dict[int, set[UUID]] = {}
    of_ticket: dict[UUID, set[int]] = {}
    for ticket_id, body, _ in rows:
        thread = int(body.split()[1])
        went.setdefault(thread, set()).add(ticket_id)
        of_ticket.setdefault(ticket_id, set()).add(thread)
    parted = sum(len(tickets) - 1 for tickets in went.values())
    joined = sum(len(threads) - 1 for threads in of_ticket.values())
    lost = posted.distinct - len(rows)
    loops = max(0, (letters or 0) - len(of_ticket))
    print(
        f"threads: {total} mails, {posted.distinct} distinct, {len(of_ticket)} tickets for "
        f"{len(went)} threads; parted {parted}, joined {joined}, lost {lost}, loops {loops}"
    )
    print(f"  by: {dict(reasons.most_common())}")
    return parted + joined + abs(lost) + loops


async def webhooks(asked: argparse.Namespace) -> int:
    """Deliver many events of many tickets, then single ones from commit to arrival."""
    async with (
        local_web() as web,
        a_desk(fetch_allow_hosts=[f"127.0.0.1:{web.port}"]) as (settings, database),
    ):
        sink = Sink(web)
        await _subscribe(database, web.url("/aviso"))
        async with database.begin() as session:
            for number in range(asked.events):
                await _happen(session, number % 200)
        async with working(settings, database):
            began, busy = time.monotonic(), time.process_time()
            await sink.until(asked.events)
            seconds, spent = time.monotonic() - began, time.process_time() - busy
            print(
                f"webhooks: {asked.events / seconds:.0f} deliveries/s (200 resources); "
                f"{spent / asked.events * 1000:.1f} ms of CPU each, the receiver's included"
            )
            waits = sorted([await _one(database, sink) for _ in range(60)])
        p95 = waits[int(len(waits) * 0.95)]
        print(
            f"  idle, commit to delivery: p50 {statistics.median(waits):.0f} ms, p95 {p95:.0f} ms"
        )
        return sink.out_of_order()


async def _one(database: Database, sink: "Sink") -> float:
    """Return the milliseconds from the commit of one event to its arrival."""
    await asyncio.sleep(0.05)
    before = len(sink.got)
    async with database.begin() as session:
        await _happen(session, 999)
    committed = time.monotonic()
    await sink.until(before + 1)
    return (sink.moments[-1] - committed) * 1000


async def outage(asked: argparse.Namespace) -> int:
    """Keep the receiver down, then let it fail at random: every event, each resource in order."""
    outbox_delivery.FIRST_DELAY_SECONDS = 0.2
    outbox_delivery.LONGEST_DELAY_SECONDS = 5.0
    courier.SECONDS = TIMEOUT_SECONDS
    chance = random.Random(asked.seed)
    wanted = asked.events // 4
    async with (
        local_web() as web,
        a_desk(fetch_allow_hosts=[f"127.0.0.1:{web.port}"]) as (settings, database),
    ):
        sink = Sink(web, lambda: 503)
        await _subscribe(database, web.url("/aviso"))
        async with working(settings, database):
            async with database.begin() as session:
                for number in range(wanted // 2):
                    await _happen(session, number % 50)
            await asyncio.sleep(4)
            sink.answer = lambda: chance.choices((200, 500, 0), (90, 6, 4))[0]
            for number in range(wanted // 2, wanted):
                async with database.begin() as session:
                    await _happen(session, number % 50)
            await sink.until(wanted, distinct=True)
            await _settled(database)
        return await _judge_outage(database, sink, wanted)


async def _judge_outage(database: Database, sink: "Sink", wanted: int) -> int:
    async with database.begin() as session:
        states = Counter(s.value for s in await session.scalars(sa.select(OutboxMessage.status)))
        counted = sa.select(sa.func.count(OutboxAttempt.attempt)).group_by(OutboxAttempt.outbox_id)
        tries = list(await session.scalars(counted))
    copies = Counter(body["id"] for _, body in sink.got)
    arrivals = statistics.median(copies.values())
    print(
        f"outage: {wanted} events, {dict(states)}, arrived {len(copies)}, median {arrivals:.0f} "
        f"time(s) each, out of order {sink.out_of_order()}, tries median "
        f"{statistics.median(tries):.0f}, most {max(tries)}"
    )
    return wanted - len(copies) + sink.out_of_order() + (arrivals != 1)


class Sink:
    """A receiver that answers as it is told, 0 meaning never."""

    def __init__(self, web: LocalWeb, answer: Callable[[], int] = lambda: 200) -> None:
        self.answer = answer
        self.got: list[tuple[Hit, dict[str, Any]]] = []
        self.moments: list[float] = []
        web.pages["/aviso"] = self._take

    async def _take(self, _: Any, writer: asyncio.StreamWriter, hit: Hit) -> None:
        status = self.answer()
        if status == 0:
            # Longer than anybody waits.
            await asyncio.sleep(TIMEOUT_SECONDS * 1.5)
            return
        if status == 200:
            self.got.append((hit, json.loads(hit.body)))
            self.moments.append(time.monotonic())
        writer.write(reply(status))

    async def until(self, wanted: int, *, distinct: bool = False) -> None:
        deadline = time.monotonic() + 300
        while time.monotonic() < deadline:
            have = len({body["id"] for _, body in self.got}) if distinct else len(self.got)
            if have >= wanted:
                return
            await asyncio.sleep(0.002)
        raise SystemExit(f"only {len(self.got)} of {wanted} events arrived in 5 minutes")

    def out_of_order(self) -> int:
        """How many events arrived before an earlier one of the same resource."""
        seen: dict[str, int] = {}
        first: dict[str, bool] = {}
        wrong = 0
        for _, body in self.got:
            if body["id"] in first:
                continue
            first[body["id"]] = True
            number, resource = body["data"]["change"].split("/")
            wrong += seen.get(resource, -1) > int(number)
            seen[resource] = int(number)
        return wrong


_NUMBERS = iter(range(10**9))
_TICKETS = [uuid7() for _ in range(1000)]


async def _happen(session: Any, resource: int) -> None:
    ticket = _TICKETS[resource]
    change = f"{next(_NUMBERS)}/{resource}"
    await publish(
        session, "ticket.updated", ticket, ids={"ticket_id": ticket}, facts={"change": change}
    )


async def _subscribe(database: Database, url: str) -> None:
    webhook_id = uuid7()
    async with database.begin() as session:
        session.add(
            Webhook(
                id=webhook_id,
                name="medida",
                url_sealed=seal_for(webhook_id, "url", url),
                target=url,
                events=["ticket.updated"],
                fields=["change"],
                secret_sealed=seal_for(webhook_id, "secret", new_secret()),
                status=WebhookStatus.ACTIVE,
                created_by="system",
            )
        )


async def _settled(database: Database) -> None:
    """Wait until what was delivered is written down."""
    for _ in range(300):
        async with database.begin() as session:
            waits = await session.scalar(
                sa.select(sa.func.count())
                .select_from(OutboxMessage)
                .where(OutboxMessage.status == OutboxStatus.PENDING)
            )
        if not waits:
            return
        await asyncio.sleep(0.1)


@asynccontextmanager
async def a_desk(**changes: Any) -> AsyncIterator[tuple[Settings, Database]]:
    """Give an installation with a database of its own for the time of a block."""
    with tempfile.TemporaryDirectory(prefix="cogep-channels-") as folder:
        Path(folder).chmod(0o755)
        settings = load_settings(data_dir=Path(folder), secret_key="x" * 40, mail_mode="file")
        settings = settings.model_copy(update=changes)
        secret_key.load(settings)
        with embedded_postgres.running(Path(folder) / "pg") as server:
            schema.upgrade(make_url(server.url("owner")))
            database = Database(make_url(server.url("app")))
            try:
                yield settings, database
            finally:
                await database.close()


@asynccontextmanager
async def working(settings: Settings, database: Database) -> AsyncIterator[None]:
    """Run a worker beside the block, as ``cogep worker`` does."""
    stop = asyncio.Event()
    own = Database(database.url, pool_size=settings.database_pool_size)
    started = asyncio.Event()
    running = asyncio.create_task(work(settings, own, stop, began=lambda _: started.set()))
    await started.wait()

    async def ring() -> None:
        async with database.begin() as session:
            await session.execute(sa.text("NOTIFY cogep_work"))

    database.ring = ring
    try:
        yield
    finally:
        database.ring = None
        stop.set()
        await running
        await own.close()


def _fill(box: Path, letters: list[bytes]) -> None:
    for number, raw in enumerate(letters):
        name = f"{time.time_ns()}.{number}_{os.getpid()}.bench"
        path = box / "tmp" / name
        path.write_bytes(raw)
        os.chown(path, box.stat().st_uid, box.stat().st_gid)
        path.rename(box / "new" / name)


def _plain_download(port: int, user: str, password: str) -> tuple[float, int]:
    """Fetch every message one by one, as the shortest program would."""
    began = time.monotonic()
    server = imaplib.IMAP4("127.0.0.1", port)
    server.login(user, password)
    server.select("INBOX", readonly=True)
    _, found = server.search(None, "ALL")
    numbers = found[0].split()
    for number in numbers:
        server.fetch(number, "(BODY.PEEK[])")
    server.logout()
    return time.monotonic() - began, len(numbers)


PARTS = {"mail": mail, "webhooks": webhooks, "outage": outage}

if __name__ == "__main__":
    sys.exit(main())
