"""What the intake writes in a short form is, byte for byte, what the long form would write."""

import asyncio
import hmac
import io
import json
import logging
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from cogep_assist.core import audit, secret_key
from cogep_assist.core.audit_commit import COLUMNS
from cogep_assist.core.clock_text import utc_now_text
from cogep_assist.core.config import load_settings
from cogep_assist.core.errors import AppError
from cogep_assist.core.logging import REQUEST_ID, configure_logging, get_logger, log_often
from cogep_assist.core.principal import SYSTEM
from cogep_assist.ingestion_service.ingest_endpoints import _accepted
from cogep_assist.ingestion_service.intake_request import IntakeReply
from cogep_assist.ingestion_service.schemas import AcceptedBatch, AcceptedJob
from cogep_assist.ingestion_service.submission import Options, fingerprint, url_submission
from cogep_assist.integrations.http_url import _PLAIN, canonical_url, parse_url

WORDS = ["São José", "a", "", "\u2028", "\x7f", "\x1f\b\f\n\r\t", '"\\/', "😀", "Zé", "\x00", "ª"]
ID = UUID("01a22a4b-7b4e-72a5-92f0-17db92c3b206")


@pytest.fixture
def chance() -> random.Random:
    return random.Random(20261130)


def any_details(chance: random.Random, depth: int = 0) -> Any:
    kind = chance.randrange(6 if depth < 3 else 4)
    if kind == 0:
        return "".join(chance.choices(WORDS, k=3))
    if kind == 1:
        return chance.choice([0, -1, 2**31, 2**53 + 1, 2**63, -(2**64), 2**80])
    if kind == 2:
        return chance.choice([True, False, None])
    if kind == 3:
        return chance.choice(WORDS)
    if kind == 4:
        return [any_details(chance, depth + 1) for _ in range(chance.randrange(4))]
    return {
        chance.choice(WORDS) + str(n): any_details(chance, depth + 1)
        for n in range(chance.randrange(4))
    }


def test_a_seal_is_over_the_same_bytes_as_ever(chance: random.Random) -> None:
    """Rows that were sealed by the standard library's JSON and HMAC verify, and the reverse."""
    secret_key.load(load_settings(secret_key="s" * 40))
    for _ in range(500):
        details = {"a": any_details(chance), "Z": any_details(chance)}
        row = audit.sealed_row(SYSTEM, "ação", "objeto", ID, details)
        text = json.dumps(
            [row[name] for name in COLUMNS],
            ensure_ascii=False,
            sort_keys=True,
            separators=(",", ":"),
        )
        seal = hmac.digest(secret_key.derive("audit-row"), text.encode(), "sha256")
        assert row["mac"] == audit.key_name() + seal, text
        assert audit.is_unaltered(row, row["mac"]) is True
        assert audit.is_unaltered({**row, "act": "acao"}, row["mac"]) is False


def test_another_key_makes_another_seal() -> None:
    secret_key.load(load_settings(secret_key="s" * 40))
    one = secret_key.mac("audit-row", b"x")
    assert one == hmac.digest(secret_key.derive("audit-row"), b"x", "sha256")
    assert one != secret_key.mac("outra", b"x")
    secret_key.load(load_settings(secret_key="t" * 40))
    assert one != secret_key.mac("audit-row", b"x")


def test_a_plain_address_is_its_own_canonical_form(chance: random.Random) -> None:
    """What the pattern lets pass is what the long reading returns; and it lets most pass."""
    schemes = ["http://", "https://", "HTTP://", "https:/", "ftp://", ""]
    hosts = ["exemplo.gov.br", "www.exemplo.gov.br", "a_b.br", "xn--a.br", "x.xn--p1ai", "1.2.3.4"]
    hosts += ["0x7f.1", "br", "-a.br", "a-.br", "Exemplo.br", "a.br.", "a..br", "a" * 64 + ".br"]
    hosts += ["a.br:80", "u@a.br", "a.b1", "a.0x1f", ".br", "[::1]", "é.br", "a" * 63 + ".br"]
    parts = ["/", "/a", "/.", "/..", "/...", "/.a", "/a.", "//", "/%41", "/%zz", "/é", "/a b", "?"]
    parts += ["/a;b=c,d", "/~x!$&'()*+", "?q=1", "#f", "\\", "/a:b@c", "\n", "/../x", "/./"]
    plain = 0
    for _ in range(20_000):
        url = chance.choice(schemes) + chance.choice(hosts) + "".join(chance.choices(parts, k=2))
        if _PLAIN.fullmatch(url):
            plain += 1
            assert str(parse_url(url)) == url
    assert plain > 100
    assert _PLAIN.fullmatch("https://www.exemplo.gov.br/editais/2026/edital-12.pdf")
    long = f"https://{'a.' * 130}br/"
    assert _PLAIN.fullmatch(long)
    with pytest.raises(AppError):
        canonical_url(long)


def test_a_request_is_told_apart_by_the_same_bytes_as_ever(chance: random.Random) -> None:
    """A key that was used before an upgrade still knows its request after it."""
    for _ in range(200):
        title = "".join(chance.choices([*WORDS[:2], *WORDS[4:9], "Edital"], k=2)).replace("\0", "")
        options = Options(title=title, metadata={"ano": 2026, "área": title}, priority=3)
        sent = url_submission("https://www.exemplo.gov.br/a", options)
        row: list[Any] = [sent.kind.value, sent.collection, sent.source_key, sent.uri, sent.title]
        row += [None, None, sent.metadata, 3, None, None]
        assert fingerprint([sent]) == json.dumps([row], separators=(",", ":")).encode()


@pytest.mark.parametrize("many", [False, True])
def test_a_reply_is_what_its_model_says(*, many: bool) -> None:
    reply = _accepted(IntakeReply([str(ID)] * (2 if many else 1), repeated=many), many=many)
    model = AcceptedBatch if many else AcceptedJob
    assert model.model_validate_json(bytes(reply.body)).model_dump_json() == bytes(
        reply.body
    ).decode().replace(" ", "")
    assert reply.status_code == 202
    assert reply.headers["content-length"] == str(len(reply.body))
    assert reply.headers.get("location") == (None if many else f"/ingest/{ID}")
    assert reply.headers.get("idempotent-replay") == ("true" if many else None)


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = root.handlers, root.level
    yield io.StringIO()
    root.handlers, root.level = before


def log_to(stream: io.StringIO, level: str, *, as_json: bool) -> None:
    configure_logging(level, json=as_json)
    (handler,) = logging.getLogger().handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(stream)


def test_a_frequent_line_is_written_as_every_other(lines: io.StringIO) -> None:
    log_to(lines, "INFO", as_json=True)
    token = REQUEST_ID.set("pedido-1")
    said = {"rota": "/ação", "status": 202, "ms": 1.5}
    log_often("medida", "request", **said)
    get_logger("medida").info("request", **said)
    REQUEST_ID.reset(token)
    quick, usual = (json.loads(line) for line in lines.getvalue().splitlines())
    assert set(quick) == set(usual)
    for line in (quick, usual):
        assert len(line.pop("timestamp")) == len("2026-11-30T02:31:59.567260Z")
    assert quick == usual
    log_to(lines, "WARNING", as_json=True)
    log_often("medida", "request", **said)
    log_to(lines, "INFO", as_json=False)
    log_often("medida", "request", **said)
    assert len(lines.getvalue().splitlines()) == 3
    assert "status" in lines.getvalue().splitlines()[2]
    # Nobody's reply may depend on where its line goes.
    log_to(lines, "INFO", as_json=True)
    lines.close()
    log_often("medida", "request", **said)


async def test_lines_of_one_moment_are_written_together_and_in_their_order(
    lines: io.StringIO,
) -> None:
    log_to(lines, "INFO", as_json=True)
    log_often("medida", "primeira")
    log_often("medida", "segunda")
    assert lines.getvalue() == ""
    get_logger("medida").info("terceira")
    log_often("medida", "quarta")
    await asyncio.sleep(0)
    log_often("medida", "quinta")
    # As at the end of the process, whose loop is over.
    logging.getLogger().handlers[0].flush()
    said = [json.loads(line)["event"] for line in lines.getvalue().splitlines()]
    assert said == ["primeira", "segunda", "terceira", "quarta", "quinta"]


def test_a_moment_is_written_as_the_standard_library_writes_it() -> None:
    before = datetime.now(UTC)
    told = datetime.fromisoformat(f"{utc_now_text()}+00:00")
    assert before - timedelta(microseconds=1) <= told <= datetime.now(UTC)
    assert len(utc_now_text()) == len("2026-11-30T02:31:59.567260")
