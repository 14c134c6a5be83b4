"""The workflow files: importable as they are, without secrets, and with the guide's own code.

What they do is checked by ``make check-n8n``, in a real n8n.
"""

import json
import re
from pathlib import Path
from typing import Any

from guide_snippets import snippet

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "integrations/n8n").glob("*.json"))
GUIDE = (ROOT / "docs/como-fazer/n8n.md").read_text("utf-8")
# Node types of n8n-nodes-base, with the versions that the check has run.
KNOWN = {
    "code": {2},
    "crypto": {1},
    "form": {1},
    "formTrigger": {2.2},
    "httpRequest": {4.2},
    "if": {2.2},
    "manualTrigger": {1},
    "readWriteFile": {1},
    "respondToWebhook": {1.1},
    "scheduleTrigger": {1.2},
    "set": {3.4},
    "stickyNote": {1},
    "switch": {3.2},
    "webhook": {2},
}
_ENV = re.compile(r"\$env\.([A-Z_]+)")
_ADDRESS = re.compile(r"https?://|\b\d{1,3}(?:\.\d{1,3}){3}\b|localhost")
_SECRET = re.compile(
    r"whsec_|cogep_[A-Za-z0-9]{20}|Bearer [A-Za-z0-9]|password|senha", re.IGNORECASE
)


def workflows() -> list[tuple[str, dict[str, Any]]]:
    return [(path.name, json.loads(path.read_text("utf-8"))) for path in FILES]


def test_every_workflow_can_be_imported_and_is_in_the_guide() -> None:
    found = workflows()
    assert len(found) == 6
    assert len({flow["id"] for _, flow in found}) == len(found)
    for name, flow in found:
        assert name in GUIDE, f"{name} is not in the guide"
        assert flow["active"] is False, name
        names = [node["name"] for node in flow["nodes"]]
        assert len(names) == len(set(names)), name
        for node in flow["nodes"]:
            package, _, kind = node["type"].rpartition(".")
            assert package == "n8n-nodes-base", f"{name}: {node['type']}"
            assert node["typeVersion"] in KNOWN.get(kind, set()), f"{name}: {node['type']}"
        for source, outputs in flow["connections"].items():
            assert source in names, f"{name}: {source}"
            for target in (link for output in outputs["main"] for link in output):
                assert target["node"] in names, f"{name}: {target}"
        for wanted in re.findall(
            r"""\$\(["']([^"']+)["']\)""", json.dumps(flow, ensure_ascii=False)
        ):
            assert wanted.replace("\\", "") in names, f"{name}: no node {wanted}"


def test_addresses_and_secrets_come_from_the_environment() -> None:
    for name, flow in workflows():
        for node in flow["nodes"]:
            assert "credentials" not in node, f"{name}: {node['name']}"
        text = json.dumps(flow, ensure_ascii=False)
        assert not _ADDRESS.search(text), f"{name}: {_ADDRESS.search(text)}"
        assert not _SECRET.search(text), f"{name}: {_SECRET.search(text)}"
        for variable in set(_ENV.findall(text)):
            assert variable.startswith("COGEP_"), f"{name}: {variable}"
            assert variable in GUIDE, f"{name}: {variable} is not in the guide"
        note = next(n for n in flow["nodes"] if n["type"].endswith("stickyNote"))["parameters"]
        assert set(_ENV.findall(text)) <= set(re.findall(r"COGEP_[A-Z_]+", note["content"])), name


def test_who_receives_an_event_verifies_it_with_the_guides_code() -> None:
    receivers = [
        (name, flow) for name, flow in workflows() if "cogep-timestamp" in json.dumps(flow)
    ]
    assert len(receivers) == 2
    for name, flow in receivers:
        nodes = {node["name"]: node for node in flow["nodes"]}
        assert nodes["Conferir"]["parameters"]["jsCode"] == snippet("javascript n8n"), name
        assert nodes["Anotar"]["parameters"]["jsCode"] == snippet("javascript n8n-anotar"), name
        assert nodes["Receber"]["parameters"]["options"]["rawBody"] is True
        assert nodes["Recusar"]["parameters"]["options"]["responseCode"] == 401
        # What is refused goes nowhere else.
        assert "Recusar" not in flow["connections"], name
