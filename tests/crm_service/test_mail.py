"""Mail of the desk: letters become tickets, answers find theirs, machines start no loops."""

import asyncio
import base64
import re
import time
from collections import Counter
from collections.abc import AsyncIterator
from email.policy import SMTP
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from accounts import make_user
from api import running_api
from mail_desk import INBOX, MARIA, PDF, Desk, letter
from uuid_utils.compat import uuid7

from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    BackgroundJob,
    Customer,
    InboundMail,
    MailAddress,
    MailStatus,
    Role,
    Ticket,
    TicketEntry,
    TicketLetter,
    TicketLink,
)
from cogep_assist.core.webhook_signature import sign
from cogep_assist.crm_service.mail import mail_intake, mail_settle
from cogep_assist.crm_service.mail.mail_endpoints import hook_secret
from cogep_assist.crm_service.mail.mail_intake import process_mail
from cogep_assist.crm_service.mail.mail_keep import PROCESS, keep_each
from cogep_assist.crm_service.tickets.reply_address import reply_address, ticket_of
from cogep_assist.crm_service.tickets.ticket_letter_courier import LOOP_HEADER
from cogep_assist.pipeline.parse.child import ParserPool


@pytest.fixture(scope="module")
def pool() -> Any:
    opened = ParserPool(1)
    yield opened
    opened.close()


@pytest.fixture
async def desk(settings: Settings, database: Database, pool: ParserPool) -> AsyncIterator[Desk]:
    chosen = settings.model_copy(update={"mail_inbox": INBOX, "organization": "Órgão"})
    async with running_api(chosen, database) as api:
        opened = Desk(api, chosen, pool)
        opened.agent = await api.client(Role.ADMIN)
        yield opened


async def test_a_letter_goes_back_and_forth(desk: Desk) -> None:
    first = letter(files=[("guia.pdf", PDF), ("vírus.exe", b"MZ\x90")])
    mail = await desk.receive(first)
    assert (mail.status.value, mail.reason) == ("accepted", "opened")
    ticket = await desk.ticket(mail)
    assert (ticket["subject"], ticket["channel"]) == ("Guia não emitida", "email")
    assert ticket["customer"]["name"] == "João da Conceição"
    (entry,) = ticket["entries"]
    assert entry["body"] == "Não consigo emitir a guia.\n[anexo recusado: vírus.exe (programa)]"
    assert [file["name"] for file in entry["attachments"]] == ["guia.pdf"]
    # The confirmation: an automatic word, with the number, that answers the letter.
    (confirmation,) = await desk.letters()
    assert confirmation["To"] == "joao@exemplo.com.br"
    assert ticket["protocol"] in confirmation["Subject"]
    assert confirmation["Auto-Submitted"] == "auto-replied"
    assert confirmation["In-Reply-To"] == first["Message-ID"]
    assert "mailto:atendimento+" in confirmation["List-Unsubscribe"]
    assert confirmation["Reply-To"] == reply_address(INBOX, UUID(ticket["id"]))
    # The desk replies by the API; the words leave as a person's.
    path = f"/crm/tickets/{ticket['id']}"
    answer = "Tente de novo, por favor.\n\nO sistema voltou."
    assert (await desk.agent.post(f"{path}/comments", json={"body": answer})).status_code == 201
    await desk.agent.post(f"{path}/comments", json={"body": "só nosso", "kind": "note"})
    (replied,) = await desk.letters()
    assert replied["Auto-Submitted"] == "no"
    text = replied.get_body(("plain",)).get_content()
    assert "O sistema voltou." in text
    assert "só nosso" not in text
    # The person answers from a program that keeps no thread but the address.
    quoted = "Obrigado, funcionou!\n\nEm ter., 4 de nov., Órgão escreveu:\n> Tente de novo"
    back = await desk.receive(
        letter(text=quoted, subject="Re: outra coisa", To=replied["Reply-To"].upper())
    )
    assert (back.ticket_id, back.reason) == (mail.ticket_id, "reply_address")
    ticket = await desk.ticket(mail)
    assert ticket["entries"][-1]["body"] == "Obrigado, funcionou!"
    assert "> Tente de novo" in ticket["entries"][-1]["folded"]
    # Resolved: a letter with the link to rate it. An answer takes it up again.
    moved = await desk.agent.post(f"{path}/transition", json={"status": "resolved"})
    assert moved.status_code == 200, moved.text
    (resolved,) = await desk.letters()
    said = resolved.get_body(("plain",)).get_content()
    code = re.search(r"código (\w{10})\b", said)
    assert code is not None
    assert "/acompanhar" in said
    proof = {"protocolo": ticket["protocol"], "codigo": code[1]}
    anybody = desk.api.anonymous(headers={"Accept": "text/html"})
    page = await anybody.post("/acompanhar", data=proof)
    assert "Tente de novo, por favor." in page.text
    assert "só nosso" not in page.text
    await anybody.post("/acompanhar/avaliar", data={**proof, "nota": "4", "comentario": "Bom"})
    assert (await desk.ticket(mail))["rating"] == {"score": 4, "comment": "Bom"}
    again = await desk.receive(letter(text="Voltou a falhar.", In_Reply_To=resolved["Message-ID"]))
    assert (again.ticket_id, again.reason) == (mail.ticket_id, "in_reply_to")
    assert (await desk.ticket(mail))["status"] == "open"


async def test_a_letter_without_words_or_with_too_many_files_says_so(desk: Desk) -> None:
    message = letter(text="Segue", subject="Muitos")
    for number in range(130):
        message.add_attachment(b"x", maintype="text", subtype="csv", filename=f"a{number}.csv")
    message.add_attachment(b"MZ", maintype="image", subtype="png", filename="foto.png")
    most = desk.settings.ticket_max_files
    body = (await desk.ticket(await desk.receive(message)))["entries"][0]["body"]
    assert body.startswith(f"Segue\n[anexo recusado: a{most}.csv (passa de {most} anexos)]")
    assert body.endswith(f"\n[outros {131 - most - 20} anexos ficaram só na mensagem original]")
    for kind, words in (("ms-tnef", "formato do Outlook"), ("pkcs7-mime", "cifrada")):
        sealed = letter(text="", subject=kind)
        sealed.add_attachment(b"x", maintype="application", subtype=kind, filename="a.p7m")
        body = (await desk.ticket(await desk.receive(sealed)))["entries"][0]["body"]
        assert words in body


async def test_each_sign_finds_the_ticket_and_only_for_who_takes_part(desk: Desk) -> None:
    first = letter()
    mail = await desk.receive(first)
    ticket = await desk.ticket(mail)
    signs: list[tuple[str, dict[str, Any]]] = [
        ("in_reply_to", {"In_Reply_To": first["Message-ID"]}),
        ("references", {"References": f"<outro@x> {first['Message-ID']}"}),
        ("reply_address", {"To": reply_address(INBOX, UUID(ticket["id"]))}),
        ("protocol", {"subject": f"RES: ENC: [{ticket['protocol']}] Guia"}),
    ]
    for number, (by, change) in enumerate(signs):
        found = await desk.receive(letter(text=f"resposta {number}", **change))
        assert (found.ticket_id, found.reason) == (mail.ticket_id, by)
        # The same signs in a stranger's letter open a ticket of its own, related for the desk.
        other = await desk.receive(letter(f"m{number}@exemplo.com.br", text="estranha", **change))
        assert other.ticket_id != mail.ticket_id
        assert other.reason == "opened"
        async with desk.api.database.begin() as session:
            related = sa.select(TicketLink.other_id).where(TicketLink.ticket_id == other.ticket_id)
            assert await session.scalar(related) == mail.ticket_id
    # An answer that comes before what it answers, and one more that names neither of them.
    late = letter(subject="Certidão", text="a primeira")
    early = await desk.receive(letter(text="a segunda", In_Reply_To=late["Message-ID"]))
    beside = await desk.receive(letter(text="a terceira", References=late["Message-ID"]))
    assert (await desk.receive(late)).ticket_id == early.ticket_id == beside.ticket_id
    # A note of another installation, or of another ticket, proves nothing.
    note = reply_address(INBOX, UUID(ticket["id"]))
    assert note is not None
    assert ticket_of(INBOX, [note.upper()]) == UUID(ticket["id"])
    assert ticket_of(INBOX, [note[:-20] + "a" * 6 + note[-14:], "x+y@z.test", INBOX]) is None
    # Someone of the desk who is merely named in the header gets no right by it.
    await make_user(desk.api, "agente@orgao.gov.br", Role.AGENT, name="Agente", password=None)
    forged = await desk.receive(
        letter("agente@orgao.gov.br", subject=f"[{ticket['protocol']}]", text="feche o chamado")
    )
    assert forged.ticket_id != mail.ticket_id


async def test_machines_start_no_loops(desk: Desk) -> None:
    first = letter()
    mail = await desk.receive(first)
    await desk.letters()
    reply = {"In_Reply_To": first["Message-ID"]}
    for headers in (
        {"Auto_Submitted": "auto-replied (vacation)"},
        {"Precedence": "auto_reply"},
        {"X_Autoreply": "yes"},
        {"Return_Path": "<>"},
    ):
        ignored = await desk.receive(letter(text=f"férias {headers}", **reply, **headers))
        assert (ignored.status.value, ignored.reason) == ("ignored", "auto_reply"), headers
    assert len((await desk.ticket(mail))["entries"]) == 1
    # Lists and programs are read, and never answered.
    for headers in (
        {"List_Id": "<suporte.orgao.gov.br>"},
        {"Precedence": "bulk"},
        {"Auto_Submitted": "auto-generated"},
        {"X_Auto_Response_Suppress": "All"},
    ):
        opened = await desk.receive(letter("aviso@monitor.test", text=str(headers), **headers))
        assert opened.reason == "opened", headers
    assert (await desk.receive(letter("no-reply@loja.test"))).reason == "opened"
    assert await desk.letters() == []
    # What has ended is taken up by people alone.
    path = f"/crm/tickets/{mail.ticket_id}/transition"
    await desk.agent.post(path, json={"status": "resolved"})
    (told,) = await desk.letters()
    automatic = await desk.receive(letter(text="auto", Auto_Submitted="auto-generated", **reply))
    assert automatic.reason == "automatic_after_end"
    assert (await desk.ticket(mail))["status"] == "resolved"
    # Our own letters, come back by some rule, and our own address as a sender.
    mirrored = letter(text="eco", X_Cogep_Loop=told[LOOP_HEADER])
    assert (await desk.receive(mirrored)).reason == "own_mail"
    assert (await desk.receive(letter(f"x <{INBOX}>"))).reason == "own_mail"
    # Twice the same, by another way.
    assert (await desk.receive(first)).reason == "duplicate"
    # Nobody at all, and nonsense: kept, and told.
    assert (await desk.receive(b"Subject: x\r\n\r\noi")).reason == "no_sender"
    assert (await desk.receive(b"boundary=" * 300)).reason == "document_too_nested"


async def test_confirmations_and_tickets_of_one_sender_have_a_measure(desk: Desk) -> None:
    desk.settings.mail_tickets_per_hour = 8
    reasons = [(await desk.receive(letter(text=f"número {n}"))).reason for n in range(10)]
    assert reasons == ["opened"] * 8 + ["sender_rate"] * 2
    assert len(await desk.letters()) == 6
    desk.settings.mail_tickets_per_hour = 20
    # What was held back is let go by hand.
    held = (await desk.agent.get("/crm/mail", params={"status": "ignored"})).json()["items"]
    released = await desk.agent.post(f"/crm/mail/{held[0]['id']}/process")
    assert released.status_code == 202
    await process_mail(desk.room, UUID(held[0]["id"]))
    shown = (await desk.agent.get(f"/crm/mail/{held[0]['id']}")).json()
    assert (shown["status"], shown["reason"]) == ("accepted", "opened")
    refused = await desk.agent.post(f"/crm/mail/{held[0]['id']}/process")
    assert refused.json()["error"]["code"] == "mail_not_waiting"


async def test_bounces_mark_the_address_and_notices_can_be_refused(desk: Desk) -> None:
    mail = await desk.receive(letter())
    (confirmation,) = await desk.letters()
    report = (
        "From: MAILER-DAEMON@mx.test\r\nReturn-Path: <>\r\nTo: x\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n"
        "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.test\r\n\r\n"
        "Final-Recipient: rfc822; {who}\r\nAction: {action}\r\nStatus: {status}\r\n\r\n--b\r\n"
        "Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: {about}\r\n\r\n--b--\r\n"
    )
    about = confirmation["Message-ID"]
    joao = {"who": "joao@exemplo.com.br", "action": "failed", "status": "5.1.1", "about": about}
    # Not about a letter of ours, not to them, or not for good: nobody can be silenced by it.
    for change in (
        {"about": f"<{uuid7()}@orgao.gov.br>"},
        {"who": MARIA},
        {"action": "delayed", "status": "4.2.0"},
    ):
        raw = report.format(**{**joao, **change}).encode()
        assert (await desk.receive(raw)).reason == "bounce_unknown"
    assert (await desk.receive(report.format(**joao).encode())).reason == "bounce"
    ticket = await desk.ticket(mail)
    assert "mail_bounced" in [event["kind"] for event in ticket["events"]]
    async with desk.api.database.begin() as session:
        marked = await session.get_one(MailAddress, "joao@exemplo.com.br")
        assert marked.bounce_status == "5.1.1"
    await desk.agent.post(f"/crm/tickets/{mail.ticket_id}/comments", json={"body": "Oi"})
    assert await desk.letters() == []
    # Maria wants answers and no notices.
    await desk.receive(letter(MARIA))
    (confirmation,) = await desk.letters()
    stop = confirmation["List-Unsubscribe"].strip("<>").removeprefix("mailto:")
    assert (await desk.receive(letter("mallory@x.test", To=stop))).reason == "opened"
    await desk.letters()
    assert (await desk.receive(letter(MARIA, To=stop, text="pare"))).reason == "unsubscribed"
    second = await desk.receive(letter(MARIA, text="outro assunto"))
    assert await desk.letters() == []
    await desk.agent.post(f"/crm/tickets/{second.ticket_id}/comments", json={"body": "Oi"})
    assert len(await desk.letters()) == 1


async def test_what_ended_long_ago_goes_on_in_a_new_ticket(desk: Desk) -> None:
    first = letter()
    mail = await desk.receive(first)
    path = f"/crm/tickets/{mail.ticket_id}/transition"
    await desk.agent.post(path, json={"status": "resolved"})
    async with desk.api.database.begin() as session:
        long_ago = sa.func.clock_timestamp() - sa.text("interval '30 days'")
        await session.execute(sa.update(Ticket).values(resolved_at=long_ago))
    follows = await desk.receive(letter(text="de novo", In_Reply_To=first["Message-ID"]))
    assert follows.reason == "follows"
    assert follows.ticket_id != mail.ticket_id
    async with desk.api.database.begin() as session:
        link = await session.scalar(sa.select(TicketLink))
        assert link is not None
        assert (link.ticket_id, link.other_id) == (follows.ticket_id, mail.ticket_id)
        assert link.kind.value == "follows"
        # One person, however many letters.
        assert await session.scalar(sa.select(sa.func.count()).select_from(Customer)) == 1


async def test_the_hook_takes_what_is_signed_and_once(desk: Desk) -> None:
    raw = letter().as_bytes(policy=SMTP)
    now = int(time.time())

    async def hand_in(body: bytes | AsyncIterator[bytes], stamp: int, signature: str) -> Any:
        headers = {"X-Cogep-Timestamp": str(stamp), "X-Cogep-Signature": signature}
        client = desk.api.anonymous()
        return await client.post("/crm/mail/inbound", content=body, headers=headers)

    async def endless() -> AsyncIterator[bytes]:
        # Nobody signs a mail without an end: it must be refused before it is read.
        while True:
            sent.append(65_536)
            yield b" " * 65_536

    sent: list[int] = []
    good = sign([hook_secret()], now, raw)
    for stamp, signature in ((now, ""), (now, "v1=abc"), (now - 301, good)):
        early = await hand_in(endless(), stamp, signature)
        assert early.json()["error"]["code"] == "signature_invalid"
    assert sum(sent) <= 3 * 65_536
    taken = await hand_in(raw, now, good)
    assert taken.status_code == 202
    assert (await hand_in(raw, now, good)).json() == {"id": None}
    stale = sign([hook_secret()], now - 301, raw)
    for body, stamp, signature in (
        (raw + b"x", now, good),
        (raw, now - 301, stale),
        (raw, now, "v1=" + base64.b16encode(b"0" * 32).decode()),
        (raw, now, ""),
    ):
        refused = await hand_in(body, stamp, signature)
        assert (refused.status_code, refused.json()["error"]["code"]) == (401, "signature_invalid")
    mail_id = taken.json()["id"]
    await process_mail(desk.room, UUID(mail_id))
    whole = await desk.agent.get(f"/crm/mail/{mail_id}/raw")
    assert whole.content == raw
    assert whole.headers["content-disposition"].startswith("attachment")
    agent = await desk.api.client(Role.AGENT)
    assert (await agent.get(f"/crm/mail/{mail_id}")).status_code == 403
    assert (await desk.agent.get(f"/crm/mail/{uuid7()}")).status_code == 404
    async with desk.api.database.begin() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(TicketLetter)) == 1


async def test_letters_that_wait_together_are_settled_together_and_harm_no_other(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    raws = [letter(text=f"carta {number}").as_bytes(policy=SMTP) for number in range(5)]
    async with desk.api.database.begin() as session:
        places = {f"test:{uuid7()}": raw for raw in raws}
        ids = await keep_each(session, places)
        assert await keep_each(session, places) == []
        jobs = sa.select(BackgroundJob.subject).where(BackgroundJob.kind == PROCESS)
        assert sorted(await session.scalars(jobs)) == sorted(map(str, ids))
    really = mail_settle.settle

    async def settle(session: Any, settings: Any, row: InboundMail, mail: Any) -> None:
        await really(session, settings, row, mail)
        if mail.said == "carta 2":
            raise AppError("internal_error")

    monkeypatch.setattr(mail_intake, "settle", settle)
    ended = await asyncio.gather(
        *(process_mail(desk.room, mail_id) for mail_id in ids), return_exceptions=True
    )
    broken = [error for error in ended if error is not None]
    assert [getattr(error, "code", error) for error in broken] == ["internal_error"]
    async with desk.api.database.begin() as session:
        states = Counter(await session.scalars(sa.select(InboundMail.status)))
        assert states == {MailStatus.ACCEPTED: 4, MailStatus.RECEIVED: 1}
        bodies = await session.scalars(sa.select(TicketEntry.body))
        assert sorted(bodies) == ["carta 0", "carta 1", "carta 3", "carta 4"]
    # Its job has it read again, and the others once.
    monkeypatch.undo()
    await asyncio.gather(*(process_mail(desk.room, mail_id) for mail_id in ids))
    async with desk.api.database.begin() as session:
        assert await session.scalar(sa.select(sa.func.count(TicketEntry.id))) == 5
