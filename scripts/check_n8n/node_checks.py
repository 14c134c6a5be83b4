"""What the node package must do in a real n8n: its operations, all pages, signed events."""

import json
import shutil
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx2
from n8n import N8n
from served_desk import Desk
from sink import Sink

PACKAGE = "n8n-nodes-cogep"
CREDENTIAL = {"id": "cogepCredencial1", "name": "COGEP"}
ACTS, TRIGGER = "cogepNo000000001", "cogepGatilho0001"
TRIGGER_PATH = "0b5f3d1e-0000-4000-8000-00000000c09e"
TICKETS = 3
Node = dict[str, Any]


def install_node(data: Path, package: Path) -> None:
    """Lay the package where n8n looks for community nodes."""
    folder = data / ".n8n/nodes"
    shutil.copytree(package, folder / "node_modules" / PACKAGE)
    known = {"name": "installed-nodes", "private": True, "dependencies": {PACKAGE: "0.1.0"}}
    (folder / "package.json").write_text(json.dumps(known), "utf-8")


def prepare_node(n8n: N8n, desk: Desk, told: Sink, folder: Path) -> None:
    """Import a credential and two flows: one that acts, one that events begin."""
    credential = {**CREDENTIAL, "type": "cogepApi", "data": {"url": desk.url, "key": desk.admin}}
    path = folder / "importar.json"
    path.write_text(json.dumps([credential]), "utf-8")
    n8n.command("import:credentials", f"--input={path}")
    for flow in (_acting(), _listening(told)):
        path.write_text(json.dumps([flow]), "utf-8")
        n8n.command("import:workflow", f"--input={path}")
    n8n.command("publish:workflow", f"--id={TRIGGER}")


def check_node(n8n: N8n, told: Sink) -> None:
    """Ask, open, write and list; begin with a signed event, and with no other."""
    said = n8n.command("execute", f"--id={ACTS}", "--rawOutput")
    ran = json.loads(said[said.index("{") : said.rindex("}") + 1])["data"]["resultData"]["runData"]
    found = {name: run[0]["data"]["main"][0] for name, run in ran.items()}
    assert found["Perguntar"][0]["json"]["citations"], found["Perguntar"]
    assert found["Abrir"][0]["json"]["tags"] == ["n8n", "folha"]
    assert found["Anotar"][0]["json"]["kind"] == "note"
    # By pages of one, and the filter holds on each of them.
    listed = [item["json"] for item in found["Listar"]]
    assert len(listed) == TICKETS, [one["status"] for one in listed]
    assert {tuple(one["tags"]) for one in listed} == {("n8n", "folha")}
    opened = {one["protocol"] for one in listed}
    # Those of the other flows' tickets came as well.
    deadline = time.monotonic() + 60
    while not opened <= _told_of(told):
        assert time.monotonic() < deadline, f"{opened - _told_of(told)} did not come"
        time.sleep(0.25)
    unsigned = httpx2.post(
        f"{n8n.url}/webhook/{TRIGGER_PATH}/cogep",
        json={"id": "019a", "type": "ticket.created"},
        timeout=60,
    )
    assert unsigned.status_code == 401, unsigned.text
    print(f"node: {len(listed)} tickets, {len(told.at('/gatilho'))} events", flush=True)


def _told_of(told: Sink) -> set[str]:
    events = told.at("/gatilho")
    assert {one["type"] for one in events} <= {"ticket.created"}, events
    return {one["data"]["protocol"] for one in events}


def _acting() -> Node:
    question = "Quanto é o adicional de férias?"
    nodes = [
        _node("Perguntar", resource="question", operation="ask", question=question),
        *(
            _node(
                f"Abrir{number or ''}",
                resource="ticket",
                operation="create",
                subject="Pelo nó: licença",
                body="Quando?",
                optional={"tags": "n8n, folha", "Idempotency-Key": f"=no-{number}"},
            )
            for number in range(TICKETS)
        ),
        _node(
            "Anotar",
            resource="ticket",
            operation="comment",
            ticket_id='={{ $("Abrir").first().json.id }}',
            body="Do fluxo",
            optional={"kind": "note"},
        ),
        _node(
            "Listar",
            resource="ticket",
            operation="list",
            all=True,
            optional={"tag": "folha", "status": "new, open", "limit": 1},
        ),
    ]
    start = {**_bare("Começo", "n8n-nodes-base.manualTrigger"), "parameters": {}}
    return _flow(ACTS, [start, *nodes])


def _listening(told: Sink) -> Node:
    trigger = _node("Gatilho", kind="cogepTrigger", events=["ticket.created"], fields="protocol")
    sent = {
        "method": "POST",
        "url": f"{told.url}/gatilho",
        "sendBody": True,
        "specifyBody": "json",
        "jsonBody": "={{ JSON.stringify($json) }}",
    }
    effect = {**_bare("Fazer", "n8n-nodes-base.httpRequest", 4.2), "parameters": sent}
    return _flow(TRIGGER, [{**trigger, "webhookId": TRIGGER_PATH}, effect])


def _flow(ident: str, nodes: list[Node]) -> Node:
    names = [node["name"] for node in nodes]
    return {
        "id": ident,
        "name": ident,
        "active": False,
        "nodes": nodes,
        "connections": {
            name: {"main": [[{"node": after, "type": "main", "index": 0}]]}
            for name, after in pairwise(names)
        },
        "settings": {"executionOrder": "v1"},
    }


def _node(name: str, *, kind: str = "cogep", **parameters: Any) -> Node:
    bare = _bare(name, f"{PACKAGE}.{kind}")
    return {**bare, "parameters": parameters, "credentials": {"cogepApi": CREDENTIAL}}


def _bare(name: str, kind: str, version: float = 1) -> Node:
    return {"id": name, "name": name, "type": kind, "typeVersion": version, "position": [0, 0]}
