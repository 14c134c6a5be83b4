"""What each workflow must do: good, tampered, stale and repeated, and what comes of it."""

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx2
from n8n import N8n
from node_checks import check_node, prepare_node
from served_desk import Desk
from sink import Sink
from uuid_utils.compat import uuid7

from cogep_assist.core.models import (
    ArchivedJob,
    Document,
    Gap,
    IngestionJob,
    SubjectRequest,
    Ticket,
)
from cogep_assist.core.webhook_signature import sign

EVENT_PATH = "/webhook/cogep-evento"
DEADLINE_PATH = "/webhook/cogep-prazo"
MESSAGE_PATH = "/webhook/cogep-mensagem"
FORM_PATH = "/form/cogep-titular"
PATIENCE_SECONDS = 120
TEXT = "O adicional de férias corresponde a um terço da remuneração do mês."


def check_flows(n8n: N8n, desk: Desk, told: Sink, workflows: Path, folder: Path) -> None:
    """Import, activate and run every workflow. Raises AssertionError for one that fails."""
    imported = [json.loads(path.read_text("utf-8")) for path in sorted(workflows.glob("*.json"))]
    n8n.command("import:workflow", "--separate", f"--input={workflows}")
    for flow in imported:
        n8n.command("publish:workflow", f"--id={flow['id']}")
    prepare_node(n8n, desk, told, folder)
    print(f"{len(imported)} workflows imported and activated", flush=True)
    with n8n.running(folder / "n8n.log"), desk.working():
        _check_folder(n8n, desk, folder / "pasta")
        _check_event(n8n, desk, told)
        _check_deadline(n8n, desk, told)
        _check_message(n8n, desk, told)
        _check_digest(n8n, desk, told)
        _check_form(n8n, desk)
        check_node(n8n, told)


def _check_event(n8n: N8n, desk: Desk, told: Sink) -> None:
    """One effect for a good event; 401 for the tampered and the stale; 200 for a repetition.

    A repetition is a delivery of ours whose reply was lost: refused, it would come again.
    """
    body = _event("ticket.created")
    good = _signed(desk.secret, body)
    told.failing = True
    assert _post(n8n, EVENT_PATH, body, good).status_code == 500
    told.failing = False
    statuses = {
        "good, after an effect that failed": _post(n8n, EVENT_PATH, body, good),
        "repeated": _post(n8n, EVENT_PATH, body, good),
        "tampered": _post(n8n, EVENT_PATH, body.replace(b"created", b"deleted"), good),
        "stale": _post(n8n, EVENT_PATH, body, _signed(desk.secret, body, ago=301)),
        "from the future": _post(n8n, EVENT_PATH, body, _signed(desk.secret, body, ago=-302)),
        "by another secret": _post(n8n, EVENT_PATH, body, _signed("whsec_outro", body)),
        "unsigned": _post(n8n, EVENT_PATH, body, {}),
    }
    found = {name: reply.status_code for name, reply in statuses.items()}
    assert list(found.values())[:2] == [200, 200], found
    assert set(list(found.values())[2:]) == {401}, found
    same = [one for one in told.at("/evento") if one["id"] == json.loads(body)["id"]]
    assert len(same) == 1, f"{len(same)} effects of one event"
    _seen("signed event", found)
    # And a real one, from the act to the effect, by way of the challenge and the outbox.
    _until(desk.subscribed, desk.deliveries)
    opened = _api(desk, "POST", "/crm/tickets", {"subject": "Férias", "body": "Quando?"})
    assert opened.status_code == 201, opened.text
    protocol = opened.json()["protocol"]

    def arrived() -> bool:
        return any(one["data"].get("protocol") == protocol for one in told.at("/evento"))

    _until(arrived, desk.deliveries)
    _seen("real event", protocol)


def _check_deadline(n8n: N8n, desk: Desk, told: Sink) -> None:
    body = _event("ticket.sla_at_risk")
    good = _signed(desk.secret, body)
    for expected, sent in ((200, body), (200, body), (401, body + b" ")):
        assert _post(n8n, DEADLINE_PATH, sent, good).status_code == expected
    other = _event("ticket.created")
    assert _post(n8n, DEADLINE_PATH, other, _signed(desk.secret, other)).status_code == 200
    notices = told.at("/aviso")
    assert len(notices) == 1, notices
    assert "2026.000001-0" in notices[0]["text"]
    _seen("deadline at risk", notices[0]["text"])


def _check_folder(n8n: N8n, desk: Desk, folder: Path) -> None:
    (folder / "Guia do adicional.txt").write_text(TEXT, encoding="utf-8")
    for _ in range(2):
        n8n.command("execute", "--id=cogepPasta000001")
    _until(lambda: desk.count(Document) == 1)
    jobs = desk.count(IngestionJob) + desk.count(ArchivedJob)
    assert jobs == 1, f"the same content was sent {jobs} times"
    _seen("folder to base", f"{desk.count(Document)} document")


def _check_message(n8n: N8n, desk: Desk, told: Sink) -> None:
    token = {"apikey": "token-do-canal"}

    def send(ident: str, text: str, headers: Mapping[str, str]) -> int:
        body = {"id": ident, "de": "5511999990000", "texto": text}
        return _post(n8n, MESSAGE_PATH, json.dumps(body).encode(), headers).status_code

    assert send("m1", "Quanto é o adicional de férias?", {"apikey": "outro"}) == 401
    assert send("m1", "Quanto é o adicional de férias?", {}) == 401
    before = desk.count(Ticket)
    assert send("m1", "Quanto é o adicional de férias?", token) == 200
    assert send("m2", "Qual é a raiz quadrada do hipopótamo?", token) == 200
    assert send("m2", "Qual é a raiz quadrada do hipopótamo?", token) == 200
    assert send("m3", "  ", token) == 200
    evolution = {
        "data": {
            "key": {"id": "E1", "remoteJid": "5511988887777@s.whatsapp.net", "fromMe": False},
            "message": {"conversation": "Quanto é o adicional de férias?"},
        }
    }
    assert _post(n8n, MESSAGE_PATH, json.dumps(evolution).encode(), token).status_code == 200
    replies = [one["text"] for one in told.at("/resposta")]
    assert TEXT in replies[0], replies
    assert "Abri o chamado" in replies[1], replies
    assert told.at("/resposta")[-1]["number"] == "5511988887777"
    # The same message twice is one ticket: its Idempotency-Key is the message's id.
    assert desk.count(Ticket) == before + 1
    _seen("message to answer or ticket", replies[:2])


def _check_digest(n8n: N8n, desk: Desk, told: Sink) -> None:
    _until(lambda: desk.count(Gap) > 0)
    before = len(told.at("/aviso"))
    n8n.command("execute", "--id=cogepLacunas0001")
    digest = told.wait("/aviso", before + 1)[-1]["text"]
    assert "hipopótamo" in digest, digest
    _seen("digest of gaps", digest)


def _check_form(n8n: N8n, desk: Desk) -> None:
    page = httpx2.get(n8n.url + FORM_PATH, timeout=60)
    assert page.status_code == 200, page.text[-500:]
    assert "Seus direitos pela LGPD" in page.text
    fields = {
        "field-0": "Ver meus dados",
        "field-1": "Conceição Araújo",
        "field-2": "conceicao@exemplo.org",
        "field-3": "Quero uma cópia.",
    }
    files = {name: (None, value) for name, value in fields.items()}
    sent = httpx2.post(n8n.url + FORM_PATH, files=files, timeout=60)
    assert sent.status_code == 200, sent.text[-500:]
    _until(lambda: desk.count(SubjectRequest) == 1)
    _seen("data subject's form", f"{desk.count(SubjectRequest)} request")


def _event(kind: str) -> bytes:
    data = {"ticket_id": str(uuid7()), "protocol": "2026.000001-0"}
    event = {"id": str(uuid7()), "type": kind, "occurred_at": "2026-11-29T12:00:00Z", "data": data}
    return json.dumps(event).encode()


def _signed(secret: str, body: bytes, ago: int = 0) -> dict[str, str]:
    stamp = int(time.time()) - ago
    return {"X-Cogep-Timestamp": str(stamp), "X-Cogep-Signature": sign([secret], stamp, body)}


def _post(n8n: N8n, path: str, body: bytes, headers: Mapping[str, str]) -> Any:
    sent = {"Content-Type": "application/json", **headers}
    return httpx2.post(n8n.url + path, content=body, headers=sent, timeout=60)


def _api(desk: Desk, method: str, path: str, body: Any) -> Any:
    headers = {"Authorization": f"Bearer {desk.key}"}
    return httpx2.request(method, desk.url + path, json=body, headers=headers, timeout=60)


def _until(holds: Callable[[], bool], why: Callable[[], str] | None = None) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        cause = why() if why and time.monotonic() > deadline else ""
        assert time.monotonic() < deadline, f"it did not happen in time. {cause}"
        time.sleep(0.25)


def _seen(what: str, found: object) -> None:
    print(f"{what}: {found}"[:600], flush=True)
