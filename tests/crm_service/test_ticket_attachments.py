"""Files on tickets: what is taken, how it is handed out, and what never is."""

from typing import Any

import httpx2
import pytest
import sqlalchemy as sa
from api import Api
from signed_in import Person, sign_in

from cogep_assist.core.models import Blob, Role, TicketEntry

PDF = b"%PDF-1.7\n% oficio"
File = tuple[str, tuple[str, bytes, str]]


@pytest.fixture
async def ana(api: Api) -> Person:
    return await sign_in(api, "Ana", Role.REQUESTER)


@pytest.fixture
async def ticket(ana: Person) -> str:
    made = await ana.client.post("/crm/tickets", json={"subject": "Ofício", "body": "Segue."})
    return str(made.json()["links"]["self"])


async def send(who: Person, ticket: str, *files: File, **fields: Any) -> httpx2.Response:
    return await who.client.post(f"{ticket}/attachments", files=list(files), data=fields)


def file(name: str, content: bytes = PDF, declared: str = "text/html") -> File:
    return ("file", (name, content, declared))


async def test_files_come_in_with_words_and_go_out_as_files(
    api: Api, ana: Person, ticket: str
) -> None:
    sent = await send(ana, ticket, file("../../ofício nº 1.pdf"), file("a.svg", b"<svg onload=x>"))
    assert sent.status_code == 201, sent.text
    attachments = sent.json()["attachments"]
    assert [(one["name"], one["media_type"]) for one in attachments] == [
        ("ofício nº 1.pdf", "application/pdf"),
        ("a.svg", "application/octet-stream"),
    ]
    for one in attachments:
        got = await ana.client.get(f"{ticket}/attachments/{one['id']}")
        assert got.headers["content-disposition"].startswith("attachment;")
        assert "sandbox" in got.headers["content-security-policy"]
        assert got.headers["x-content-type-options"] == "nosniff"
    assert (await ana.client.get(f"{ticket}/attachments/{attachments[0]['id']}")).content == PDF


async def test_files_of_notes_and_of_others_are_not_found(
    api: Api, ana: Person, ticket: str
) -> None:
    bruno = await sign_in(api, "Bruno", Role.AGENT)
    carla = await sign_in(api, "Carla", Role.REQUESTER)
    note = (await send(bruno, ticket, file("parecer.pdf"), kind="note", body="só nós")).json()
    path = f"{ticket}/attachments/{note['attachments'][0]['id']}"
    assert (await bruno.client.get(path)).status_code == 200
    for who in (ana, carla):
        refused = await who.client.get(path)
        assert refused.status_code == 404
    assert (await send(carla, ticket, file("x.pdf"))).status_code == 404
    other = (await ana.client.post("/crm/tickets", json={"subject": "b", "body": "b"})).json()
    elsewhere = path.replace(ticket, other["links"]["self"])
    assert (await bruno.client.get(elsewhere)).status_code == 404


REFUSED_FILES = [
    ("fatura.pdf", b"MZ\x90\x00"),
    ("imagem.png", b"\x7fELF\x02"),
    ("nota.txt", b"#!/bin/sh\nrm -rf ~"),
    ("atalho.pdf.lnk", PDF),
    ("FATURA.EXE", PDF),
    ("fatura.exe. .", PDF),
    ("vazio.pdf", b""),
]


async def test_programs_are_refused_and_nothing_is_kept(api: Api, ana: Person, ticket: str) -> None:
    for name, content in REFUSED_FILES:
        refused = await send(ana, ticket, file("bom.pdf"), file(name, content))
        assert refused.status_code == 422, refused.text
        async with api.database.begin() as session:
            assert await session.scalar(sa.select(sa.func.count()).select_from(Blob)) == 0
            assert await session.scalar(sa.select(sa.func.count()).select_from(TicketEntry)) == 1


async def test_forms_that_make_no_sense_are_refused(ana: Person, ticket: str) -> None:
    assert (await send(ana, ticket, ("outro", ("a.pdf", PDF, "")))).status_code == 422
    assert (await send(ana, ticket, file("a.pdf"), extra="x")).status_code == 422
    assert (await send(ana, ticket, file("a.pdf"), kind="grito")).status_code == 422
    many = [file(f"{n}.pdf") for n in range(11)]
    assert (await send(ana, ticket, *many)).json()["error"]["code"] == "too_many_files"
    plain = await ana.client.post(f"{ticket}/attachments", json={})
    assert plain.json()["error"]["code"] == "multipart_invalid"
