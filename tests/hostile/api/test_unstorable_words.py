"""What no column holds, headers that are no headers, numbers that are none: refused in words."""

import csv
import io
import zipfile

from api import Api
from browser_session import HTML
from signed_in import sign_in

from cogep_assist.core.models import Role
from cogep_assist.lgpd_service.export.export_archive import build_archive
from cogep_assist.lgpd_service.record.ropa_files import ropa_csv

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\n=1", "＝1+1")


async def test_a_text_that_no_column_holds_is_refused(api: Api) -> None:
    admin = await api.client(Role.ADMIN)
    json = {"content-type": "application/json"}
    doors = [
        ("POST", "/access/teams", '{{"name": "Equipe", "description": {}}}'),
        ("PUT", "/collections/nova", '{{"visibility": "teams", "curators": [{}]}}'),
        ("POST", "/access/keys", '{{"name": "k", "role": "admin", "scopes": [{}]}}'),
        ("POST", "/sources", '{{"url": "https://exemplo.gov.br", "collection": {}}}'),
    ]
    for method, path, shape in doors:
        # A NUL, and half of a character that takes two.
        for text in ('"a\\u0000b"', '"a\\ud800b"'):
            sent = shape.format(text).encode()
            reply = await admin.request(method, path, content=sent, headers=json)
            assert reply.status_code in {404, 422}, (path, text, reply.text)
            assert reply.json()["error"]["code"] != "internal_error"
    open_door = api.anonymous(headers=HTML)
    refused = await open_door.post("/entrar", data={"email": "a\x00b@x.br", "senha": "s"})
    assert refused.status_code == 422
    assert "caractere que não se pode guardar" in refused.text


async def test_pages_take_no_odd_number_or_day(api: Api) -> None:
    agent = await sign_in(api, "Bruno Araújo", Role.AGENT)
    for query in ("dias=²", "ate=0001-01-01", "de=9999-12-01&ate=9999-12-31", "dias=%00", "por=²"):
        reply = await agent.client.get(f"/relatorios?{query}", headers=HTML)
        assert reply.status_code in {200, 422}, query
    made = await agent.client.post("/clientes/novo", data={"kind": "person", "name": "Íris Sá"})
    href = made.headers["location"].partition("?")[0]
    for revision in ("²", "9" * 5000, "a\x00"):
        form = {"name": "Íris Sá", "revisao": revision}
        reply = await agent.client.post(f"{href}/editar", data=form, headers=HTML)
        assert reply.status_code in {200, 303, 412, 422}, revision[:5]
    await agent.client.post("/conta/duas-etapas", headers=HTML)
    form = {"codigo": "código²"}
    wrong = await agent.client.post("/conta/duas-etapas/confirmar", data=form, headers=HTML)
    assert wrong.status_code == 403
    admin = await sign_in(api, "Ana Conceição", Role.ADMIN)
    for hours in ("9" * 5000, "²", "1:" + "9" * 5000):
        form = {"nome": "Padrão", "resposta": hours, "solucao": hours}
        reply = await admin.client.post("/ajustes/prazos", data=form, headers=HTML)
        assert reply.status_code == 422, hours[:5]


async def test_no_origin_breaks_a_door(api: Api) -> None:
    key = await api.client(Role.ADMIN)
    stranger = api.anonymous()
    for origin in ("http://[", "http://[::1", "http://é[::1", "null", "http://", "[", "//"):
        for client, path in (
            (stranger, "/entrar"),
            (stranger, "/esqueci-a-senha"),
            (stranger, "/lgpd/public/requests"),
            (key, "/mcp"),
        ):
            reply = await client.post(path, headers={"Origin": origin.encode()}, json={})
            assert reply.status_code == 403, (origin, path, reply.text)
            assert reply.json()["error"]["code"] == "origin_refused"


def test_no_cell_of_a_legal_export_is_a_formula() -> None:
    table = {
        "table": "ticket",
        "title": "Chamados",
        "columns": [{"name": "texto", "class": "none"}],
        "rows": [{"texto": formula} for formula in FORMULAS],
    }
    document = {
        "format": "1",
        "generated_at": "2026-11-30",
        "subject": {"known_values": []},
        "tables": [table],
        "mentions": [],
        "sharing": [],
        "accesses": [],
        "left_out": [],
    }
    with zipfile.ZipFile(io.BytesIO(build_archive(document))) as archive:
        copy = archive.read("csv/ticket.csv").decode("utf-8-sig")
    assert _cells(copy, ",")[1:] == [f"'{formula}" for formula in FORMULAS]
    activity = {"role": "controller", "confirmed": True, "columns": []}
    told = ("title", "legal_basis_text", "subjects", "data", "retention", "sharing", "security")
    activities = [activity | dict.fromkeys(told, formula) for formula in FORMULAS]
    cells = _cells(ropa_csv({"activities": activities}).removeprefix("\ufeff"), ";")
    for formula in FORMULAS:
        assert cells.count(f"'{formula}") == len(told)
        assert formula not in cells


def _cells(text: str, delimiter: str) -> list[str]:
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return [cell for row in rows for cell in row]
