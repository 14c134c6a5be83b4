"""The n8n node package: what it offers is the contract's, and it believes no other's events.

That it loads and acts in a real n8n is checked by ``make check-n8n``.
"""

import importlib.util
import json
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from cogep_assist.core.config import Settings
from cogep_assist.core.webhook_signature import sign
from cogep_assist.main import create_app

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "integrations/n8n-nodes-cogep"
# A node that is called as n8n calls it: each line of input is an event, each of output what it did.
DRIVER = """
const { CogepTrigger } = require(process.argv[1]);
const kept = { secret: process.argv[2] };
(async () => {
  for (const line of require("fs").readFileSync(0, "utf8").trim().split("\\n")) {
    const { headers, body } = JSON.parse(line);
    let status = 200;
    const response = { status(code) { status = code; return this; }, json() { return this; } };
    const done = await new CogepTrigger().webhook.call({
      getRequestObject: () => ({ headers, rawBody: Buffer.from(body) }),
      getResponseObject: () => response,
      getBodyData: () => JSON.parse(body),
      getWorkflowStaticData: () => kept,
      helpers: { returnJsonArray: (one) => [{ json: one }] },
    });
    console.log(JSON.stringify([status, Boolean(done.workflowData), done.webhookResponse ?? null]));
  }
})();
"""


def generator() -> Any:
    path = ROOT / "scripts/generate_n8n_node.py"
    spec = importlib.util.spec_from_file_location("generate_n8n_node", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# The whole contract takes seconds to describe.
@pytest.mark.slow
def test_the_operations_are_those_of_the_contract(settings: Settings) -> None:
    written = json.loads((PACKAGE / "nodes/operations.json").read_text("utf-8"))
    made = generator().operations(create_app(settings).openapi())
    assert written == made, "stale: run scripts/generate_n8n_node.py"
    told = json.loads((PACKAGE / "package.json").read_text("utf-8"))["n8n"]
    for file in (*told["nodes"], *told["credentials"]):
        assert (PACKAGE / file).is_file(), file


@pytest.mark.slow
def test_the_trigger_begins_with_a_good_event_once() -> None:
    node = shutil.which("node")
    if node is None:
        # A submission must not pass for want of it; a developer without it is told.
        assert os.environ.get("COGEP_TEST_NODE") != "required", "install Node.js"
        pytest.skip("needs Node.js")
    now, secret = int(time.time()), "whsec_segredo-de-teste"
    event = json.dumps({"id": "019a", "type": "ticket.created", "data": {"x": "ação"}})
    good = sign([secret], now, event.encode())
    challenge = json.dumps({"type": "webhook.challenge", "challenge": "palavra"})
    sent = [
        (now, good, event),
        (now, sign(["whsec_novo", secret], now, event.encode()), event),
        (now, good, event + " "),
        (now + 1, good, event),
        (now, "", event),
        (now, sign(["whsec_outro"], now, event.encode()), event),
        *((at, sign([secret], at, event.encode()), event) for at in (now - 301, now + 302)),
        (now, "", challenge),
    ]
    lines = [
        {"headers": {"x-cogep-timestamp": str(at), "x-cogep-signature": signed}, "body": body}
        for at, signed, body in sent
    ]
    ran = subprocess.run(
        [node, "-e", DRIVER, str(PACKAGE / "nodes/CogepTrigger.node.js"), secret],
        input="\n".join(map(json.dumps, lines)),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    good_one, repeated, *refused, answered = map(json.loads, ran.stdout.splitlines())
    assert good_one == [200, True, None]
    # The same event again, while the secret is being replaced.
    assert repeated == [200, False, {"repeated": True}]
    assert refused == [[401, False, None]] * (len(sent) - 3)
    assert answered == [200, False, {"challenge": "palavra"}]
