"""Every door that takes a file, with files and names that break readers: refused or kept, in words.

The doors are counted against the contract and the templates, so that a new one is tried too.
"""

import io
import re
import zipfile
from pathlib import Path

import httpx2
import pytest
from api import Api
from browser_session import HTML
from seeded_base import Seeded, seed
from signed_in import sign_in

from cogep_assist import web
from cogep_assist.core.models import Role
from cogep_assist.ingestion_service import own_file

TEMPLATES = Path(web.__file__).parent / "templates"
BAD_NAMES = (
    "../../etc/passwd",
    "C:\\Windows\\x.csv",
    "a\u202egpj.csv",
    "CON",
    "x" * 400 + ".csv",
    "a\x01b.csv",
    "=cmd|'/c calc'!A1.csv",
    "<img src=x onerror=alert(1)>.csv",
    ".csv",
    'a;b="c".csv',
    "\ud83d.csv",
)
HEADS = ("nome;e-mail;telefone", "pergunta;resposta;documento")


def zipped(name: str, size: int) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as box:
        box.writestr(name, b"\0" * size)
    return held.getvalue()


def tables(head: str) -> dict[str, bytes]:
    """CSV files that are made to break who reads them."""
    first = head.encode()
    many = ";" * 200_000
    return {
        "a head without an end": first + b";" + b"a" * 200_000,
        "a cell without an end": first + b"\n" + b"a" * 200_000 + b"\n",
        "quotes without an end": first + b'\n"' + b"a\n" * 60_000,
        "quotes alone": first + b"\n" + b'"' * 100_001,
        "columns without an end": f"{head}{many}\nx{many}".encode(),
        "empty lines": first + b"\n" * 400_000 + b"x;y;z",
        "odd ends of lines": first + b"\rx\n\ry\x0b\x0cz\x85\xe2\x80\xa8w",
        "half a character": first + b"\n\xed\xa0\x80;\xc3;\xff\xfe\n",
        "NULs": first + b"\n\0a\0;\0\n",
        "UTF-16 of an odd length": b"\xff\xfe" + f"{head}\nx;y".encode("utf-16-le") + b"\x00",
        "UTF-32": b"\xff\xfe\0\0" + f"{head}\nx;y".encode("utf-32-le")[:-1],
        "columns twice": f"{head};{head}\n".encode() + b"x;y;z;w;v;u\n" * 3,
        "formulas": first + b"\n=1+1;@x;-2\n",
        "numbers": first + f"\n{'9' * 5000};²;1e999\n".encode(),
    }


FILES = {
    "nothing": b"",
    "a NUL": b"\0",
    "a bomb": zipped("word/document.xml", 30 << 20),
    "a path in a zip": zipped("../../x", 10),
    "half a zip": zipped("[Content_Types].xml", 1000)[:40],
    "half a PDF": b"%PDF-1.7\n1 0 obj<</Length 99999999999999999999>>stream\n",
    "a picture that says it is huge": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\xff" * 8,
    "markup": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "entities": b"<!DOCTYPE a [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><a>&b;</a>",
    "a letter in letters": b"Content-Type: multipart/mixed; boundary=a\n\n" + b"--a\n" * 20_000,
    "a head of a letter without an end": b"Subject: " + b"=?utf-8?q?a?= " * 20_000 + b"\n\nx",
    "addresses without an end": b"From: " + b"<a@b.c>, (" * 20_000 + b"\nTo: x\n\nx",
    "parameters of a head": b"Content-Type: text/plain" + b"; a*0*=x''%41" * 10_000 + b"\n\nx",
    "a letter of other bytes": b"From: a@b.c\nContent-Type: text/html; charset=utf-7\n\n+ADw-x",
}
# The form's address, the field of its file, and the other fields that it sends.
PAGES = {
    "ask/_composer.html": ("/perguntar/arquivo", "file", {}),
    "customers/import.html": ("/clientes/importar", "arquivo", {}),
    "knowledge/question_set.html": ("/conhecimento/avaliacao/{set_id}/importar", "arquivo", {}),
    "knowledge/intake.html": ("/conhecimento/enviar/arquivos", "file", {"colecao": "geral"}),
    "tickets/own_ticket.html": ("/chamados/{ticket_id}/escrever", "file", {"texto": "Oi"}),
    "tickets/ticket.html": (
        "/chamados/{ticket_id}/escrever",
        "file",
        {"texto": "Oi", "tipo": "nota"},
    ),
    "privacy/status.html": ("/privacidade/acompanhar/documento", "file", {}),
    "privacy/officer.html": ("/protecao-de-dados/encarregado/{officer_id}/ato", "file", {}),
}


def filled(path: str, base: Seeded) -> str:
    return re.sub(r"{(\w+)}", lambda hole: base.ids[hole[1]][0], path)


async def send(
    client: httpx2.AsyncClient, method: str, path: str, kind: str, file: tuple[str, bytes]
) -> httpx2.Response:
    """Send one file as a door of the API takes it."""
    name, content = file
    if kind == "multipart/form-data":
        return await client.request(method, path, files={"file": (name, content)})
    named = {"file_name": name[:200]} if kind == "text/csv" else {}
    heads = {"content-type": kind}
    return await client.request(method, path, content=content, headers=heads, params=named)


def doors_of_the_contract(api: Api) -> list[tuple[str, str, str]]:
    return [
        (method.upper(), path, kind)
        for path, methods in api.app.openapi()["paths"].items()
        for method, contract in methods.items()
        for kind in contract.get("requestBody", {}).get("content", {})
        if kind != "application/json"
    ]


def odd_files() -> list[tuple[str, str, bytes]]:
    """What each file is, its name, and what it holds."""
    held = [(what, "a.bin", content) for what, content in FILES.items()]
    for head in HEADS:
        held += [(f"{what}: {head}", "a.csv", data) for what, data in tables(head).items()]
    good = f"{HEADS[0]}\nMário de Sá;mario@exemplo.br;\n".encode()
    return held + [(f"named {name!r}", name, good) for name in BAD_NAMES]


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_no_file_is_a_server_error(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    # Nobody reads them here: what reading makes of them is tested beside the readers.
    monkeypatch.setattr(own_file, "WAIT_SECONDS", 0.0)
    base = await seed(api)
    sending = {
        str(path.relative_to(TEMPLATES))
        for path in TEMPLATES.rglob("*.html")
        if "multipart/form-data" in path.read_text("utf-8")
    }
    assert sending == set(PAGES), "a form with a file that is not tried here"
    contract = doors_of_the_contract(api)
    assert len(contract) >= 7
    person = (await sign_in(api, "Eunice Brandão", Role.ADMIN)).client
    wrong, asked = [], 0
    for what, name, content in odd_files():
        for method, path, kind in contract:
            try:
                reply = await send(base.admin, method, filled(path, base), kind, (name, content))
            except UnicodeEncodeError:
                continue
            asked += 1
            if reply.status_code >= 500:
                wrong.append((what, method, path, reply.status_code))
        for path, field, others in PAGES.values():
            try:
                files = {field: (name, content)}
                reply = await person.post(
                    filled(path, base), files=files, data=others, headers=HTML
                )
            except UnicodeEncodeError:
                continue
            asked += 1
            if reply.status_code >= 500 or "onerror=alert(1)>" in reply.text:
                wrong.append((what, path, reply.status_code))
    assert wrong == []
    assert asked > 500, asked
