"""Values that are made to be taken for something else: headers, formulas, paths, doubles, loops."""

import asyncio
import csv
import io
import time
import unicodedata
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from api import Api
from signed_in import sign_in

from cogep_assist.answering.generate_text import Sentences
from cogep_assist.core.models import Role
from cogep_assist.core.pii.redact import redact
from cogep_assist.crm_service.articles.article_words import clean_words
from cogep_assist.crm_service.desk.reply_templates import check_places
from cogep_assist.crm_service.tickets.protocol import read_protocol
from cogep_assist.crm_service.tickets.ticket_words import clean_tags
from cogep_assist.lgpd_service.erasure.erased_values import EMAIL
from cogep_assist.lgpd_service.subject_data.search_patterns import WEB
from cogep_assist.retrieval.portuguese import words

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x")', "＝1+1")
TRAVERSALS = ("../../etc/passwd", "..\\..\\x.txt", "a/../../b.txt", "C:\\x.txt", "%2e%2e%2fx.txt")


@pytest.fixture
async def admin(api: Api) -> httpx2.AsyncClient:
    return await api.client(Role.ADMIN)


async def opened(client: httpx2.AsyncClient, **fields: Any) -> dict[str, Any]:
    body = {"subject": "Assunto", "body": "Texto.", **fields}
    made = await client.post("/crm/tickets", json=body)
    assert made.status_code == 201, made.text
    told: dict[str, Any] = made.json()
    return told


async def test_no_header_is_injected_and_no_file_leaves_its_place(
    admin: httpx2.AsyncClient,
) -> None:
    ticket = await opened(admin)
    names = (*TRAVERSALS, 'a".txt', "a;filename=x.html", "ação\u202etxt.exe", "a\x01b.txt")
    for name in names:
        sent = await admin.post(
            f"{ticket['links']['self']}/attachments",
            files={"file": (name, b"Texto simples.", "text/html")},
        )
        assert sent.status_code in {201, 400, 422}, (name, sent.text)
    shown = (await admin.get(ticket["links"]["self"])).json()
    files = [one for entry in shown["entries"] for one in entry["attachments"]]
    assert files
    for file in files:
        assert not {"/", "\\", "\r", "\n", "\u202e"} & set(file["name"]), file
        path = f"{ticket['links']['self']}/attachments/{file['id']}"
        reply = await admin.get(path)
        assert reply.headers["content-disposition"].startswith("attachment; filename*=UTF-8''")
        assert "sandbox" in reply.headers["content-security-policy"]
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert "html" not in reply.headers["content-type"]
    for key in ("a\tb", "x" * 201, "é"):
        refused = await admin.post(
            "/crm/tickets",
            json={"subject": "a", "body": "b"},
            headers={"Idempotency-Key": key.encode("utf-8")},
        )
        assert refused.status_code == 400, (key, refused.text)
    for path in ("/crm/tickets/..%2f..%2fetc%2fpasswd", "/documents/%00", "/crm/queues/..%2fx"):
        assert (await admin.get(path)).status_code in {404, 405, 422}, path


async def test_no_cell_of_an_export_is_a_formula(admin: httpx2.AsyncClient) -> None:
    for n, formula in enumerate(FORMULAS):
        name = f"{formula} Conceição {n}"
        body = {"kind": "person", "name": name, "notes": formula, "tags": []}
        made = await admin.post("/crm/customers", json=body)
        assert made.status_code in {201, 422}, made.text
        await admin.put(f"/crm/queues/Fila{n}", json={})
    await opened(admin, queue="Fila0")
    exported = await admin.get("/crm/customers/export", params={"format": "csv"})
    report = await admin.get(
        "/crm/reports/tickets.csv",
        params={"since": "2020-01-01T00:00:00Z", "until": "2022-01-01T00:00:00Z", "by": "queue"},
    )
    for reply in (exported, report):
        assert reply.status_code == 200, reply.text
        text = reply.content.decode("utf-8-sig")
        for row in csv.reader(io.StringIO(text), delimiter=";"):
            for cell in row:
                assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝")), row


async def test_doubles_of_letters_make_no_second_account_tag_or_queue(
    api: Api, admin: httpx2.AsyncClient
) -> None:
    composed, split = "joão@exemplo.gov.br", unicodedata.normalize("NFD", "joão@exemplo.gov.br")
    first = await admin.post("/access/users", json={"email": composed, "role": "agent"})
    assert first.status_code == 201, first.text
    for double in (split, composed.upper(), f" {composed}"):
        again = await admin.post("/access/users", json={"email": double, "role": "admin"})
        assert again.status_code in {409, 422}, (double, again.text)
    # A Cyrillic letter among Latin ones is nobody's.
    double = await admin.post("/access/users", json={"email": "jo\u0430o@a.br", "role": "admin"})
    assert double.json()["error"]["code"] == "email_invalid"
    assert clean_tags(["Férias", unicodedata.normalize("NFD", "férias")]) == ["férias"]
    for hidden in ("ad\u200bmin", "a\u202eb", "x\ufeff"):
        seen = hidden.translate(dict.fromkeys(map(ord, "\u200b\u202e\ufeff")))
        shown = await admin.get((await opened(admin, subject=hidden))["links"]["self"])
        assert shown.json()["subject"] == seen
    # Digits of other scripts are no protocol's digits.
    made = await opened(admin)
    assert read_protocol(made["protocol"].replace("2", "２")) is None


async def test_two_agents_at_once_leave_one_winner(api: Api, admin: httpx2.AsyncClient) -> None:
    agents = [await sign_in(api, f"Atendente {n}", Role.AGENT) for n in range(4)]
    for _ in range(5):
        path = (await opened(admin))["links"]["self"]
        claims = await asyncio.gather(*(one.client.post(f"{path}/claim") for one in agents))
        assert sorted(reply.status_code for reply in claims) == [200, 409, 409, 409]
    path = (await opened(admin))["links"]["self"]
    tag = (await admin.get(path)).headers["etag"]
    edits = await asyncio.gather(
        *(
            one.client.patch(path, json={"subject": f"De {n}"}, headers={"If-Match": tag})
            for n, one in enumerate(agents)
        )
    )
    assert sorted(reply.status_code for reply in edits) == [200, 412, 412, 412]
    key = {"Idempotency-Key": str(uuid4())}
    body = {"subject": "Uma vez", "body": "Só uma."}
    same = await asyncio.gather(
        *(agents[0].client.post("/crm/tickets", json=body, headers=key) for _ in range(4))
    )
    assert len({reply.json()["protocol"] for reply in same if reply.status_code == 201}) == 1


# Texts that make a careless pattern try every way there is.
BITING = {
    "repeated": "a" * 1,
    "digits": "1",
    "dots": "1.",
    "blanks": " ",
    "at signs": "a@",
    "marks": "!",
    "greetings": "Olá, ",
    "closes": "\nObrigado ",
    "brackets": "[(",
    "encoded": "%4",
}
READERS = {
    "personal data": redact,
    "article": lambda text: clean_words("x", text, (text,), ("Ana Souza",)),
    "words": lambda text: list(words(text)),
    "protocol": read_protocol,
    "encoded in a web address": lambda text: list(WEB.finditer(text)),
    "addresses in a copy": lambda text: list(EMAIL.finditer(text)),
    "marks of a model": lambda text: list(streamed(text)),
    "a place of a template that does not end": lambda text: check_places(f"{{{{{text}"),
    "a mark of a model that does not end": lambda text: list(streamed(f"[{text}")),
}


def streamed(text: str) -> list[object]:
    """Take the sentences of a model's reply that comes in one piece."""
    reply = Sentences()
    return [*reply.feed(text), *reply.finish()]


@pytest.mark.slow
def test_time_grows_with_a_text_and_not_with_its_square() -> None:
    slow = []
    for reader, read in READERS.items():
        for kind, piece in BITING.items():
            short, long = (_seconds(read, piece * (size // len(piece))) for size in (3_000, 24_000))
            # Eight times the text: eight times the time, give or take; its square is 64 times.
            if long > 0.15 and long > 24 * short:
                slow.append((reader, kind, round(short, 4), round(long, 4)))
    assert not slow


def _seconds(read: Any, text: str) -> float:
    best = float("inf")
    for _ in range(2):
        began = time.process_time()
        read(text)
        best = min(best, time.process_time() - began)
    return best
