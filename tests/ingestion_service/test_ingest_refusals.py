"""What POST /ingest refuses, and that nothing of it is kept: each set of cases on one database."""

import sqlalchemy as sa
from api import Api

from cogep_assist.core.models import Blob, Collection, IngestionJob, Role

PAGE = "https://www.exemplo.gov.br/férias?ano=2026"
BAD = [
    ({}, 422, "request_invalid"),
    ({"url": PAGE, "text": "dois"}, 422, "request_invalid"),
    ({"text": ""}, 422, "request_invalid"),
    ({"text": " \n "}, 422, "request_invalid"),
    ({"text": "nulo \x00"}, 422, "request_invalid"),
    ({"text": 7}, 422, "request_invalid"),
    ({"text": "x", "colection": "erro"}, 422, "request_invalid"),
    ({"text": "x", "collection": "Com Espaço"}, 422, "collection_name_invalid"),
    ({"text": "x", "collection": ""}, 422, "collection_name_invalid"),
    ({"text": "x", "collection": "a" * 65}, 422, "collection_name_invalid"),
    ({"text": "x", "priority": 1000}, 422, "request_invalid"),
    ({"text": "x", "priority": 1.5}, 422, "request_invalid"),
    ({"text": "x", "priority": 10**30}, 422, "request_invalid"),
    ({"text": "x", "title": "t" * 501}, 422, "request_invalid"),
    ({"text": "x", "title": "nulo\x00"}, 422, "request_invalid"),
    ({"text": "x", "external_id": ""}, 422, "request_invalid"),
    ({"text": "x", "external_id": "é" * 501}, 422, "request_invalid"),
    ({"text": "x", "metadata": []}, 422, "request_invalid"),
    ({"text": "x", "metadata": {"k": "v" * 20000}}, 422, "metadata_too_large"),
    (
        {"text": "x", "metadata": {"a": {"b": {"c": {"d": {"e": {"f": {"g": {"h": 1}}}}}}}}},
        422,
        "metadata_too_large",
    ),
    ({"text": "x", "metadata": {"nu\x00lo": 1}}, 422, "request_invalid"),
    ({"text": "x", "callback_url": "não é url"}, 422, "url_invalid"),
    ({"url": "ftp://exemplo.gov.br/a"}, 422, "url_scheme_not_allowed"),
    ({"url": "https://usuario:senha@exemplo.gov.br/"}, 422, "url_credentials_refused"),
    ({"url": "https://exemplo.gov.br/" + "a" * 5000}, 422, "request_invalid"),
    ({"items": []}, 422, "request_invalid"),
    ({"items": "não"}, 422, "request_invalid"),
    ({"items": [{"text": "x"}] * 1001}, 422, "too_many_items"),
    ({"items": [{"text": "x"}, {"text": "x", "url": PAGE}]}, 422, "item_refused"),
    ([], 422, "request_invalid"),
    ("texto", 422, "request_invalid"),
]
NO_JSON = [
    b"",
    b"{",
    b'{"text": "x"',
    b'{"text": "\xff"}',
    b'{"text": "\\ud800"}',
    b"[" * 100_000,
    b'{"text": "x", "metadata": {"n": NaN}}',
]
BAD_FORMS: list[tuple[dict[str, tuple[str, bytes]], dict[str, str], str]] = [
    ({"file": ("vazio.txt", b"")}, {}, "file_is_empty"),
    ({"metadata": ("meta.json", b"{}")}, {}, "request_invalid"),
    ({"file": ("a.txt", b"x")}, {"colecao": "x"}, "request_invalid"),
    ({"file": ("a.txt", b"x")}, {"metadata": "{"}, "request_invalid"),
    ({"file": ("a.txt", b"x")}, {"metadata": "[1]"}, "request_invalid"),
    ({"file": ("a.txt", b"x")}, {"priority": "alta"}, "request_invalid"),
]
BROKEN_MULTIPART = [
    ("multipart/form-data", b"x"),
    ("multipart/form-data; boundary=abc", b"nada"),
    ("multipart/form-data; boundary=abc", b"--abc\r\nContent-Type: x\r\n\r\ny\r\n--abc--\r\n"),
    ("multipart/form-data; boundary=abc", b"--abc--\r\n"),
]


async def test_refuses_bad_input_and_stores_nothing(api: Api) -> None:
    ana = await api.client(Role.CURATOR)
    for body, status, code in BAD:
        reply = await ana.post("/ingest", json=body)
        error = reply.json()["error"]
        assert (error["code"], reply.status_code) == (code, status), body
        assert error["message"]
        assert error["request_id"] == reply.headers["x-request-id"]
        assert await stored(api) == 0, body


async def test_refuses_what_is_no_json(api: Api) -> None:
    ana = await api.client(Role.CURATOR)
    for raw in NO_JSON:
        reply = await ana.post("/ingest", content=raw, headers={"Content-Type": "application/json"})
        assert (reply.status_code, reply.json()["error"]["code"]) == (400, "body_invalid"), raw
    assert await stored(api) == 0


async def test_names_the_item_for_whose_sake_all_are_refused(api: Api) -> None:
    ana = await api.client(Role.CURATOR)
    items = [{"text": "bom"}, {"text": "bom"}, {"url": "gopher://x.br/"}]
    error = (await ana.post("/ingest", json={"items": items})).json()["error"]
    assert error["details"]["index"] == 2
    assert error["details"]["cause"] == "url_scheme_not_allowed"
    assert "item 2" in error["message"]
    assert await stored(api) == 0


async def test_a_form_names_its_files_as_the_client_does(api: Api) -> None:
    """An empty field is no file; a name may be given in full (RFC 5987), as many clients do."""
    ana = await api.client(Role.CURATOR)
    full = "filename*=UTF-8''a%C3%A7%C3%A3o%20n%C2%BA%201.txt"
    for parts, code, name in (
        (('filename=""',), "no_files", None),
        (('filename=""', 'filename="edital.pdf"'), "file_is_empty", "edital.pdf"),
        ((full,), "file_is_empty", "ação nº 1.txt"),
        ((f'filename="=?utf-8?B?YQ==?="; {full}',), "file_is_empty", "ação nº 1.txt"),
        (("filename*=x-nada''a%ff",), "no_files", None),
    ):
        body = "".join(
            f'--abc\r\nContent-Disposition: form-data; name="file"; {said}\r\n\r\n\r\n'
            for said in parts
        )
        reply = await ana.post(
            "/ingest",
            content=f"{body}--abc--\r\n".encode(),
            headers={"Content-Type": "multipart/form-data; boundary=abc"},
        )
        error = reply.json()["error"]
        assert (error["code"], error["details"].get("name")) == (code, name), parts
    assert await stored(api) == 0


async def test_refuses_bad_forms_and_other_content_types(api: Api) -> None:
    ana = await api.client(Role.CURATOR)
    for files, data, code in BAD_FORMS:
        reply = await ana.post("/ingest", files=files, data=data)
        assert reply.json()["error"]["code"] == code, (files, data)
    for kind, raw in BROKEN_MULTIPART:
        reply = await ana.post("/ingest", content=raw, headers={"Content-Type": kind})
        assert reply.json()["error"]["code"] in {"multipart_invalid", "no_files"}, raw
        assert reply.status_code in {400, 422}, raw
    reply = await ana.post("/ingest", content=b"a=1", headers={"Content-Type": "text/xml"})
    assert (reply.status_code, reply.json()["error"]["code"]) == (415, "media_type_not_accepted")
    assert await stored(api) == 0


async def stored(api: Api) -> int:
    """How many rows an accepted body would leave."""
    kept = 0
    async with api.database.begin() as session:
        for model in (IngestionJob, Blob, Collection):
            kept += await session.scalar(sa.select(sa.func.count()).select_from(model)) or 0
    return kept
