"""Customers by the file: what a CSV brings, what is refused, what is taken back, what leaves."""

import csv
import io
import json
import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx2
import pytest
import sqlalchemy as sa
from api import Api

from cogep_assist.core.config import load_settings
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    AuditEvent,
    BackgroundJob,
    BackgroundStatus,
    Customer,
    CustomerContact,
    CustomerDuplicate,
    CustomerImport,
    ImportStatus,
    Role,
)
from cogep_assist.core.principal import SYSTEM
from cogep_assist.crm_service.customers import customer_import
from cogep_assist.crm_service.customers.customer_duplicates import suggest_due
from cogep_assist.crm_service.customers.customer_import import run_import
from cogep_assist.crm_service.customers.customer_import_file import (
    ImportFile,
    detect_mapping,
    read_import_file,
    row_values,
)
from cogep_assist.crm_service.customers.customer_values import clean_values
from cogep_assist.crm_service.desk.desk_clock import desk_clock_is_due, run_desk_clock

FILE = """\
Nome Completo;CPF/CNPJ;Dt. Nascimento;E-mail;Telefone 1;Telefone 2;Município;UF;Etiquetas;À toa
Érica Muñoz D'Ávila;529.982.247-25;31/01/1984;erica@exemplo.org;(61) 9876-5432;;Brasília;DF;vip;x
Padaria Pão & Sol Ltda.;12.ABC.345/01DE-35;;sol@exemplo.org;0800 729 0722;11 3333-4444;Sé;SP;;
José Inválido;111.111.111-11;30/02/1999;não-é;123;;Recife;XX;;
;935.411.347-80;;;;;;;;
Zero à Esquerda;1234567890;;;;;;;;
Outra Érica;52998224725;;;;;Goiânia;GO;nova;
Estragado;5,29982E+10;;;;;;;;
"""


@pytest.fixture
async def admin(api: Api) -> httpx2.AsyncClient:
    return await api.client(Role.ADMIN)


async def send(client: httpx2.AsyncClient, data: bytes, **params: Any) -> httpx2.Response:
    return await client.post(
        "/crm/customers/imports",
        content=data,
        params=params,
        headers={"Content-Type": "text/csv"},
    )


async def run(client: httpx2.AsyncClient, database: Database, data: bytes, **params: Any) -> Any:
    """Send a file, do what a worker would, and return the import."""
    reply = await send(client, data, **params)
    assert reply.status_code == 202, reply.text
    await run_import(database, load_settings(), SYSTEM, UUID(reply.json()["id"]))
    return (await client.get(reply.headers["location"])).json()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("change", [lambda t: t, lambda t: "sep=;\n" + t], ids=["plain", "sep"])
def test_a_file_is_read_however_it_was_saved(encoding: str, change: Callable[[str], str]) -> None:
    file = read_import_file(change(FILE).encode(encoding))
    assert file.delimiter == ";"
    assert file.header[0] == "Nome Completo"
    assert json.loads(file.content.splitlines()[0])[1] == "Érica Muñoz D'Ávila"
    assert detect_mapping(file.header, []) == {
        "Nome Completo": "name",
        "CPF/CNPJ": "document",
        "Dt. Nascimento": "birth_date",
        "E-mail": "email",
        "Telefone 1": "phone",
        "Telefone 2": "phone",
        "Município": "city",
        "UF": "state",
        "Etiquetas": "tags",
    }


@pytest.mark.parametrize("delimiter", [",", "\t", "|"])
def test_other_delimiters_are_found(delimiter: str) -> None:
    text = f'nome{delimiter}e-mail\n"Sá, Rui"{delimiter}r@x.org\n'
    # The last two as Excel writes "Texto Unicode", and without the mark that it puts first.
    for encoding in ("utf-8", "utf-16", "utf-16-le"):
        file = read_import_file(text.encode(encoding))
        assert file.delimiter == delimiter
        assert json.loads(file.content)[1:] == ["Sá, Rui", "r@x.org"]


def test_the_names_of_columns_are_found_below_what_a_spreadsheet_puts_above() -> None:
    for above in ("sep=\t\n", '"sep=\t"\r\n', "sep=\t\n\t\n\n", "\n\t\t\n"):
        read = read_import_file(f"{above}nome\tcidade\nÍris Sá\tBrasília\n".encode())
        assert (read.delimiter, read.header, read.lines) == ("\t", ["nome", "cidade"], 1), above
        # The line as somebody finds it in the file.
        assert json.loads(read.content)[0] == above.count("\n") + 2, above


def test_files_put_together_cut_off_or_written_by_programs_are_read_or_named() -> None:
    head, row = "Nome;CPF/CNPJ;Celular\n", "Íris Conceição;{};{}\n"
    two = (head + row).encode() + row.encode("cp1252")
    read = read_import_file(two)
    assert (read.encoding, read.lines) == ("utf-8, cp1252", 2)
    assert {json.loads(line)[1] for line in read.content.splitlines()} == {"Íris Conceição"}
    for broken, reason in (
        (head + '"Ana "Lu"";1;2\n' + '"Íris;1;2\n' + row * 3, "abertas na linha 3 não"),
        ("<html><table>", "é uma página"),
    ):
        with pytest.raises(AppError) as refused:
            read_import_file(broken.encode())
        assert reason in refused.value.text
    # Quotes within a cell, and a cell of several lines at the end, are as they were meant.
    assert read_import_file((head + '"Rua ""A""\nBloco B";1;2').encode()).lines == 1
    for document, phone in (
        ("11144477735.0", "61999991234.0"),
        ("111.444.777-35", "0xx61 9999-1234"),
    ):
        read = read_import_file((head + row.format(document, phone)).encode())
        cells = json.loads(read.content)[1:]
        kind, given, problems = row_values(read.header, detect_mapping(read.header, []), cells)
        cleaned = clean_values(given, kind)
        assert problems + cleaned.problems == []
        assert cleaned.columns["cpf"] == "11144477735"
        assert [c.canonical for c in cleaned.contacts or ()] == ["+5561999991234"]


async def test_a_trial_writes_nothing_and_tells_each_line(
    admin: httpx2.AsyncClient, database: Database
) -> None:
    told = await run(admin, database, FILE.encode("cp1252"), dry_run=True)
    assert (told["status"], told["encoding"]) == ("previewed", "cp1252")
    assert told["counts"] == {"created": 3, "refused": 3, "skipped": 1}
    lines = (await admin.get(told["links"]["lines"])).json()["items"]
    problems = {
        line["line"]: sorted((p["field"], p["code"]) for p in line["problems"]) for line in lines
    }
    assert problems == {
        2: [],
        3: [],
        4: [
            ("birth_date", "date_invalid"),
            ("cpf", "cpf_invalid"),
            ("email", "email_invalid"),
            ("phone", "phone_invalid"),
            ("state", "state_invalid"),
        ],
        5: [("name", "missing")],
        6: [],
        7: [],
        8: [("document", "damaged_by_spreadsheet")],
    }
    assert "111" not in json.dumps(lines)
    async with database.begin() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(Customer)) == 0
    applied = await admin.post(f"{told['links']['self']}/apply")
    assert applied.status_code == 202
    await run_import(database, load_settings(), SYSTEM, UUID(told["id"]))
    done = (await admin.get(told["links"]["self"])).json()
    assert (done["status"], done["counts"]) == ("completed", told["counts"])
    again = await admin.post(f"{told['links']['self']}/apply")
    assert again.json()["error"]["code"] == "import_not_previewed"
    async with database.begin() as session:
        rows = (await session.execute(sa.select(Customer.name, Customer.kind, Customer.cpf))).all()
        content = await session.scalar(sa.select(CustomerImport.content))
    assert content is None
    assert {(name, kind.value, cpf) for name, kind, cpf in rows} == {
        ("Érica Muñoz D'Ávila", "person", "52998224725"),
        ("Padaria Pão & Sol Ltda.", "organization", None),
        ("Zero à Esquerda", "person", "01234567890"),
    }


async def test_an_import_is_taken_back_whole_or_not_at_all(
    admin: httpx2.AsyncClient, database: Database
) -> None:
    made = await admin.post(
        "/crm/customers",
        json={"name": "Érica Munoz", "cpf": "529.982.247-25", "notes": "já estava", "tags": ["a"]},
    )
    self = made.json()["links"]["self"]
    told = await run(admin, database, FILE.encode(), on_duplicate="update")
    assert told["counts"] == {"created": 2, "refused": 3, "updated": 2}
    changed = (await admin.get(self)).json()
    assert (changed["name"], changed["notes"], changed["city"]) == (
        "Outra Érica",
        "já estava",
        "Goiânia",
    )
    assert changed["tags"] == ["a", "nova", "vip"]
    await admin.patch(self, json={"city": "Anápolis"})
    refused = await admin.post(told["links"]["rollback"])
    assert refused.status_code == 409
    assert refused.json()["error"]["details"]["lines"] == [
        {"line": 7, "customer_id": made.json()["id"]}
    ]
    # As if nobody had edited it.
    async with database.begin() as session:
        await session.execute(
            sa.update(Customer)
            .where(Customer.id == UUID(made.json()["id"]))
            .values(revision=changed["revision"], city="Goiânia")
        )
    back = await admin.post(told["links"]["rollback"])
    assert (back.status_code, back.json()["status"]) == (200, "rolled_back"), back.text
    now = (await admin.get(self)).json()
    same = ("name", "notes", "city", "tags", "birth_date", "contacts", "state")
    assert {k: now[k] for k in same} == {k: made.json()[k] for k in same}
    async with database.begin() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(Customer)) == 1
        assert await session.scalar(sa.select(sa.func.count()).select_from(CustomerContact)) == 0
        acts = set(await session.scalars(sa.select(AuditEvent.act)))
    assert {"customer_import_started", "customer_import_finished"} <= acts
    assert "customer_import_rolled_back" in acts
    twice = await admin.post(told["links"]["rollback"])
    assert twice.json()["error"]["code"] == "import_not_completed"


async def test_an_import_goes_on_after_a_stop_and_finds_duplicates(
    admin: httpx2.AsyncClient, database: Database
) -> None:
    rows = [f"Ana Conceição Número {n},ana{n // 2}@exemplo.org" for n in range(1203)]
    data = "\n".join(["nome,email", *rows]).encode()
    reply = await send(admin, data)
    import_id = UUID(reply.json()["id"])
    stops: list[tuple[int, int]] = []

    def stop(done: int, total: int) -> None:
        stops.append((done, total))
        if len(stops) == 1:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        await run_import(database, load_settings(), SYSTEM, import_id, stop)
    await run_import(database, load_settings(), SYSTEM, import_id, stop)
    assert stops == [(500, 1203), (1000, 1203), (1203, 1203)]
    told = (await admin.get(f"/crm/customers/imports/{import_id}")).json()
    assert told["counts"] == {"created": 1203}
    await suggest_due(database)
    async with database.begin() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(Customer)) == 1203
        assert not await session.scalar(sa.select(Customer.id).where(Customer.match_due).limit(1))
        assert await session.scalar(sa.select(sa.func.count()).select_from(CustomerDuplicate)) > 500
        jobs = (await session.scalars(sa.select(BackgroundJob.kind))).all()
    assert jobs == ["import_customers"]


NOT_SERVING = [
    (b"", {}, "import_file_empty"),
    (b"nome\n", {}, "import_file_empty"),
    (b"PK\x03\x04planilha", {}, "import_file_unreadable"),
    (b'nome\n"' + b"a" * 30_000, {}, "import_file_unreadable"),
    (b"idade;peso\n1;2", {}, "import_mapping_invalid"),
    (b"nome\nRui", {"mapping": "[]"}, "import_mapping_invalid"),
    (b"nome\nRui", {"mapping": "{"}, "import_mapping_invalid"),
    (b"nome\nRui", {"mapping": '{"nome": "revision"}'}, "import_mapping_invalid"),
    (b"nome\nRui", {"mapping": '{"outra": "name"}'}, "import_mapping_invalid"),
    (b"nome\nRui", {"on_duplicate": "explode"}, "request_invalid"),
]


async def test_a_file_that_does_not_serve_is_refused(admin: httpx2.AsyncClient) -> None:
    for data, params, code in NOT_SERVING:
        reply = await send(admin, data, **params)
        assert reply.status_code == 422, (data, params, code)
        assert reply.json()["error"]["code"] == code, (data, params, code)


async def test_a_file_is_read_beside_the_requests_of_others(
    admin: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """64 MiB of empty lines would keep everybody waiting for a minute."""
    reading: list[threading.Thread] = []

    def read(data: bytes) -> ImportFile:
        reading.append(threading.current_thread())
        return read_import_file(data)

    monkeypatch.setattr(customer_import, "read_import_file", read)
    assert (await send(admin, FILE.encode(), dry_run=True)).status_code == 202
    assert reading
    assert threading.current_thread() not in reading


async def test_a_trial_is_made_again_with_other_columns(
    admin: httpx2.AsyncClient, database: Database
) -> None:
    told = await run(admin, database, FILE.encode(), dry_run=True)
    href = f"/crm/customers/imports/{told['id']}/columns"
    wrong = await admin.post(href, json={"mapping": {"Nome Completo": "não há"}})
    assert wrong.json()["error"]["code"] == "import_mapping_invalid"
    again = await admin.post(href, json={"mapping": {"Nome Completo": "name"}})
    assert (again.status_code, again.json()["mapping"]) == (202, {"Nome Completo": "name"})
    await run_import(database, load_settings(), SYSTEM, UUID(told["id"]))
    now = (await admin.get(told["links"]["self"])).json()
    assert now["counts"]["created"] > told["counts"]["created"], "no CPF is read any more"


async def test_an_export_comes_back_as_it_went_and_runs_nowhere(
    api: Api, admin: httpx2.AsyncClient, database: Database
) -> None:
    nasty = '=HYPERLINK("http://mau.example";"clique")'
    for fields in (
        {"name": nasty, "notes": "@SUM(A1)\nduas linhas; com ponto", "tags": ["a", "b"]},
        {
            "name": "Ângela Sá",
            "cpf": "529.982.247-25",
            "contacts": [{"kind": "phone", "value": "61 98765-4321"}],
        },
    ):
        assert (await admin.post("/crm/customers", json=fields)).status_code == 201
    masked = await admin.get("/crm/customers/export")
    rows = list(csv.DictReader(io.StringIO(masked.text.removeprefix("\ufeff")), delimiter=";"))
    assert [row["Nome"] for row in rows] == ["Ângela Sá", f"'{nasty}"]
    assert rows[0]["CPF"] == "***.982.247-**"
    assert rows[1]["Observações"].startswith("'@SUM")
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())
    whole = (await admin.get("/crm/customers/export", params={"cpf": "whole"})).content
    file = read_import_file(whole)
    mapping = detect_mapping(file.header, [])
    values = [
        row_values(file.header, mapping, json.loads(line)[1:])[1]
        for line in file.content.splitlines()
    ]
    assert values[0]["cpf"] == "529.982.247-25"
    assert values[0]["contacts"][0]["value"] == "(61) 98765-4321"
    assert values[1]["name"] == nasty
    told = await admin.get("/crm/customers/export", params={"format": "json"})
    assert [json.loads(line)["name"] for line in told.text.splitlines()] == ["Ângela Sá", nasty]
    async with database.begin() as session:
        acts = (await session.scalars(sa.select(AuditEvent.act))).all()
    assert acts.count("customers_exported") == 3
    for role in (Role.AGENT, Role.CURATOR, Role.REQUESTER):
        assert (await (await api.client(role)).get("/crm/customers/export")).status_code == 403


async def test_an_import_whose_job_is_given_up_says_so_and_rings_the_bell(
    api: Api, admin: httpx2.AsyncClient
) -> None:
    reply = await send(admin, FILE.encode(), dry_run=False)
    path = reply.headers["location"]
    assert api.bell.rings == 1
    async with api.database.begin() as session:
        assert not await desk_clock_is_due(session)
        await session.execute(
            sa.update(CustomerImport).values(status=ImportStatus.RUNNING, lines_done=1)
        )
        await session.execute(sa.update(BackgroundJob).values(status=BackgroundStatus.FAILED))
    async with api.database.begin() as session:
        assert await desk_clock_is_due(session)
        await run_desk_clock(session, "")
        assert not await desk_clock_is_due(session)
    shown = (await admin.get(path)).json()
    assert (shown["status"], shown["finished_at"] is not None) == ("failed", True)
    # What it wrote before it failed can be taken back.
    back = await admin.post(f"{path}/rollback")
    assert back.json()["status"] == "rolled_back", back.text
