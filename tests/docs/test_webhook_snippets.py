"""The snippets that verify a signature do it: good, tampered, stale, replayed, two secrets."""

import base64
import json
import shutil
import subprocess
import time
from collections.abc import Callable

import pytest
from guide_snippets import snippet

from cogep_assist.core.webhook_signature import sign

SECRET = "whsec_segredo-de-teste"
BODY = json.dumps({"id": "019a", "type": "ticket.created", "data": {"x": "ação"}}).encode()
Verify = Callable[[str, str, str, bytes], bool]


def cases() -> list[tuple[str, str, str, bytes, bool]]:
    """Secret, timestamp, signature, body, and whether it is good."""
    now = int(time.time())
    good = sign([SECRET], now, BODY)
    return [
        (SECRET, str(now), good, BODY, True),
        (SECRET, str(now), sign(["whsec_novo", SECRET], now, BODY), BODY, True),
        (SECRET, str(now), good, BODY + b" ", False),
        (SECRET, str(now + 1), good, BODY, False),
        (SECRET, str(now), good.replace("v1=", "v0="), BODY, False),
        (SECRET, str(now), "", BODY, False),
        ("whsec_outro", str(now), good, BODY, False),
        (SECRET, str(now - 301), sign([SECRET], now - 301, BODY), BODY, False),
        # Far ahead: what checks it may take its time to start.
        (SECRET, str(now + 900), sign([SECRET], now + 900, BODY), BODY, False),
    ]


def test_python() -> None:
    names: dict[str, Callable[..., bool]] = {}
    exec(snippet("python"), names)
    for secret, stamp, signature, body, good in cases():
        headers = {"X-Cogep-Timestamp": stamp, "X-Cogep-Signature": signature}
        assert names["conferir"](secret, headers, body) is good, (stamp, signature)


def test_javascript() -> None:
    harness = """
    const casos = JSON.parse(require("fs").readFileSync(0, "utf8"));
    console.log(JSON.stringify(casos.map(([segredo, marca, assinatura, corpo]) => conferir(segredo,
      {"x-cogep-timestamp": marca, "x-cogep-signature": assinatura},
      Buffer.from(corpo, "base64")))));
    """
    asked = [[s, t, g, base64.b64encode(b).decode()] for s, t, g, b, _ in cases()]
    said = _node(snippet("javascript") + harness, asked)
    assert said == [good for *_, good in cases()]


def test_n8n() -> None:
    """The nodes' code runs as n8n runs it: with $input, $env, static data and its helpers."""
    harness = """
    const guardado = {};
    const Funcao = (async () => {}).constructor;
    const node = (codigo) => new Funcao("$input", "$env", "$getWorkflowStaticData", "$", "require",
      codigo);
    const casos = JSON.parse(require("fs").readFileSync(0, "utf8"));
    (async () => {
      const disse = [];
      for (const [segredo, marca, assinatura, corpo] of casos) {
        const item = {json: {headers: {"x-cogep-timestamp": marca,
                                       "x-cogep-signature": assinatura}}};
        const ajuda = {helpers: {getBinaryDataBuffer: async () => Buffer.from(corpo, "base64")}};
        const chama = (codigo, antes) => node(codigo).call(ajuda, {first: () => item},
          {COGEP_WEBHOOK_SECRET: segredo}, () => guardado, () => ({first: () => antes}), require);
        const [saiu] = await chama(CONFERIR);
        disse.push(saiu.json.situacao);
        if (saiu.json.situacao === "novo") await chama(ANOTAR, saiu);
      }
      console.log(JSON.stringify(disse));
    })();
    """
    challenge = json.dumps({"id": "019b", "type": "webhook.challenge", "challenge": "x"}).encode()
    stamp = int(time.time())
    asked = [[s, t, g, base64.b64encode(b).decode()] for s, t, g, b, _ in cases()]
    signed = sign([SECRET], stamp, challenge)
    asked.append([SECRET, str(stamp), signed, base64.b64encode(challenge).decode()])
    codes = f"const CONFERIR = {json.dumps(snippet('javascript n8n'))};"
    codes += f"const ANOTAR = {json.dumps(snippet('javascript n8n-anotar'))};"
    said = _node(codes + harness, asked)
    # The same event under both secrets: the second time it has been seen.
    assert said == ["novo", "repetido", *["recusado"] * (len(cases()) - 2), "desafio"]


def _node(code: str, asked: object) -> list[object]:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed: the snippets in JavaScript are not run")
    done = subprocess.run(
        [node, "-e", code],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said: list[object] = json.loads(done.stdout)
    return said
