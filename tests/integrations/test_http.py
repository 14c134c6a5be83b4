"""The client as its callers see it, against real servers."""

import asyncio
import gzip
import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from local_web import Hit, LocalWeb, Names, Wiretap, local_web, redirect, reply

from cogep_assist.core.config import load_settings
from cogep_assist.core.errors import AppError
from cogep_assist.integrations.http import GuardedClient, HttpPolicy, policy_from_settings


@pytest.fixture
async def web() -> AsyncIterator[LocalWeb]:
    async with local_web() as running:
        yield running


@pytest.fixture
async def client(web: LocalWeb) -> AsyncIterator[GuardedClient]:
    policy = HttpPolicy(allow_hosts=(web.authority,), total_timeout=10.0)
    async with GuardedClient(policy, resolver=Names()) as opened:
        yield opened


async def test_a_page_comes_with_what_its_server_says_of_it(
    web: LocalWeb, client: GuardedClient
) -> None:
    body = "Licença-prêmio".encode("latin-1")
    web.pages["/p"] = reply(
        200, body, "Content-Type: Text/HTML; charset=ISO-8859-1", 'ETag: "v1"', "X-A: 1", "X-A: 2"
    )
    with await client.get(web.url("/p#parte")) as response:
        assert response.body.read() == body
        assert (response.status, response.media_type, response.charset) == (
            200,
            "text/html",
            "iso8859-1",
        )
        assert response.etag == '"v1"'
        assert response.last_modified is None
        assert response.headers["x-a"] == "1, 2"
        assert response.final_url == web.url("/p")
        assert response.size == len(body)
        assert response.sha256 == hashlib.sha256(body).hexdigest()
    assert response.body.closed
    sent = web.hits[0].headers
    assert sent["user-agent"].startswith("COGEP-Assist/")
    assert sent["accept-encoding"] == "gzip, deflate"
    assert "authorization" not in sent


async def test_a_large_compressed_page_is_spooled_to_disk(
    web: LocalWeb, client: GuardedClient
) -> None:
    text = b"aposentadoria " * 200_000
    web.pages["/g"] = reply(200, gzip.compress(text), "Content-Encoding: gzip")
    response = await client.get(web.url("/g"))
    assert response.take_bytes() == text
    assert response.body.closed


async def test_nothing_is_taken_from_the_environment(
    web: LocalWeb, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = tmp_path_factory.mktemp("casa")
    (home / ".netrc").write_text("machine 127.0.0.1 login joao password segredo\n")
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("NETRC", str(home / ".netrc"))
    web.pages["/"] = reply(200, b"ok")
    async with GuardedClient(HttpPolicy(allow_hosts=(web.authority,))) as client:
        (await client.get(web.url())).close()
    assert "authorization" not in web.hits[0].headers


async def test_no_cookie_is_kept_between_requests(web: LocalWeb, client: GuardedClient) -> None:
    web.pages["/a"] = reply(302, b"", "Location: /b", "Set-Cookie: s=1; Path=/")
    web.pages["/b"] = reply(200, b"ok", "Set-Cookie: t=2; Path=/")
    for _ in range(2):
        (await client.get(web.url("/a"))).close()
    assert [hit.target for hit in web.hits] == ["/a", "/b", "/a", "/b"]
    assert all("cookie" not in hit.headers for hit in web.hits)


async def test_an_unchanged_page_is_recognised_by_the_validators_sent(
    web: LocalWeb, client: GuardedClient
) -> None:
    web.pages["/p"] = reply(304, b"", 'ETag: "v1"', length=False)
    moment = "Mon, 23 Nov 2026 12:00:00 GMT"
    with await client.get(web.url("/p"), etag='"v1"', last_modified=moment) as response:
        assert response.not_modified
        assert response.body.read() == b""
    assert web.hits[0].headers["if-none-match"] == '"v1"'
    assert web.hits[0].headers["if-modified-since"] == moment


@pytest.mark.parametrize("etag", [None, "", '"a\r\nX-Injetado: 1"', '"é"', '"' + "a" * 600 + '"'])
async def test_304_without_a_validator_of_ours_is_an_error(
    web: LocalWeb, client: GuardedClient, etag: str | None
) -> None:
    web.pages["/p"] = reply(304, b"", length=False)
    with pytest.raises(AppError) as failed:
        await client.get(web.url("/p"), etag=etag)
    assert failed.value.code == "http_status"
    assert "if-none-match" not in web.hits[0].headers
    assert "x-injetado" not in web.hits[0].headers


@pytest.mark.parametrize(
    ("status", "code", "retryable"),
    [
        (201, "http_status", False),
        (204, "http_status", False),
        (206, "http_status", False),
        (300, "http_status", False),
        (400, "http_status", False),
        (401, "http_unauthorized", False),
        (403, "http_forbidden", False),
        (404, "http_not_found", False),
        (407, "http_unauthorized", False),
        (410, "http_gone", False),
        (418, "http_status", False),
        (429, "http_too_many_requests", True),
        (500, "http_server_error", True),
        (502, "http_server_error", True),
        (503, "http_server_error", True),
        (599, "http_server_error", True),
    ],
)
async def test_each_status_has_its_code_cause_and_remedy(
    web: LocalWeb, client: GuardedClient, status: int, code: str, retryable: bool
) -> None:
    web.pages["/p"] = reply(status, b"", "Retry-After: 7", length=status != 204)
    with pytest.raises(AppError) as failed:
        await client.get(web.url("/p"))
    error = failed.value
    assert (error.code, error.retryable) == (code, retryable)
    assert (error.details["status"], error.details["retry_after"]) == (status, 7.0)
    assert "127.0.0.1" in error.text
    assert "?" not in error.message


async def test_retry_after_is_read_as_seconds_or_date(web: LocalWeb, client: GuardedClient) -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    past = format_datetime(datetime.now(UTC) - timedelta(days=1), usegmt=True)
    expected = {
        "5": (5, 5),
        soon: (80, 90),
        past: (0, 0),
        "99999999999999": (86400, 86400),
        "amanhã": None,
        "-1": None,
        "": None,
    }
    for value, bounds in expected.items():
        web.pages["/p"] = reply(503, b"", f"Retry-After: {value}")
        with pytest.raises(AppError) as failed:
            await client.get(web.url("/p"))
        wait = failed.value.details.get("retry_after")
        assert bounds is None if wait is None else bounds[0] <= wait <= bounds[1]


async def test_a_smaller_limit_of_the_caller_counts(web: LocalWeb, client: GuardedClient) -> None:
    web.pages["/p"] = reply(200, b"x" * 1000)
    for limit, fits in ((999, False), (1000, True)):
        if fits:
            (await client.get(web.url("/p"), max_bytes=limit)).close()
            continue
        with pytest.raises(AppError) as failed:
            await client.get(web.url("/p"), max_bytes=limit)
        assert failed.value.code == "response_too_large"
        assert failed.value.details["limit_bytes"] == limit


async def test_connections_are_reused_and_judged_once(web: LocalWeb) -> None:
    web.pages["/"] = reply(200, b"ok", "connection: keep-alive")
    tap = Wiretap()
    async with GuardedClient(HttpPolicy(allow_hosts=(web.authority,)), connector=tap) as client:
        for _ in range(3):
            (await client.get(web.url())).close()
    assert len(tap.attempts) == 1
    assert len(web.hits) == 3


async def test_many_downloads_run_side_by_side(web: LocalWeb, client: GuardedClient) -> None:
    for number in range(100):
        web.pages[f"/{number}"] = reply(200, f"documento {number}".encode())
    responses = await asyncio.gather(*(client.get(web.url(f"/{n}")) for n in range(100)))
    assert [response.take_bytes() for response in responses] == [
        f"documento {number}".encode() for number in range(100)
    ]


async def test_a_request_with_a_body_answers_any_status_and_follows_nothing(
    web: LocalWeb, client: GuardedClient
) -> None:
    web.pages["/gancho"] = reply(307, b"depois", "Location: /outro")
    sent = "João".encode()
    headers = {"Content-Type": "text/plain", "Authorization": "Bearer x"}
    response = await client.request("POST", web.url("/gancho"), content=sent, headers=headers)
    assert (response.status, response.take_bytes()) == (307, b"depois")
    assert [(hit.method, hit.body) for hit in web.hits] == [("POST", sent)]
    assert web.hits[0].headers["authorization"] == "Bearer x"


async def test_head_has_no_body(web: LocalWeb, client: GuardedClient) -> None:
    web.pages["/p"] = b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n"
    with await client.request("HEAD", web.url("/p")) as response:
        assert response.size == 0


@pytest.mark.parametrize("method", ["CONNECT", "TRACE", "get", "GET /x HTTP/1.1\r\n"])
async def test_other_methods_are_not_sent(client: GuardedClient, method: str) -> None:
    with pytest.raises(ValueError, match="not supported"):
        await client.request(method, "http://127.0.0.1/")


@pytest.mark.parametrize("header", ["Host", "content-length", "Transfer-Encoding", "Cookie"])
async def test_headers_that_frame_the_request_are_the_clients_own(
    web: LocalWeb, client: GuardedClient, header: str
) -> None:
    with pytest.raises(ValueError, match="set by the client"):
        await client.get(web.url(), headers={header: "x"})
    assert web.connections == 0


async def test_a_redirect_chain_is_followed_and_told(web: LocalWeb, client: GuardedClient) -> None:
    web.pages |= {
        "/1": redirect("/2", 301),
        "/2": redirect("3?x=1", 303),
        "/3?x=1": redirect(web.url("/4"), 308),
        "/4": reply(200, b"fim"),
    }
    with await client.get(web.url("/1")) as response:
        assert response.final_url == web.url("/4")
        assert response.redirects == (web.url("/1"), web.url("/2"), web.url("/3?x=1"))


async def test_validators_travel_along_a_redirect(web: LocalWeb, client: GuardedClient) -> None:
    web.pages |= {"/1": redirect("/2"), "/2": reply(304, length=False)}
    with await client.get(web.url("/1"), etag='"v1"') as response:
        assert response.not_modified


async def test_credentials_stay_at_their_origin(web: LocalWeb) -> None:
    async with local_web() as other:
        web.pages |= {"/1": redirect("/2"), "/2": redirect(other.url("/3"))}
        other.pages["/3"] = reply(200, b"ok")
        policy = HttpPolicy(allow_hosts=(web.authority, other.authority))
        secret = {"Authorization": "Bearer segredo", "X-Api-Key": "segredo"}
        async with GuardedClient(policy) as client:
            (await client.get(web.url("/1"), headers=secret)).close()
        assert all(hit.headers["authorization"] == "Bearer segredo" for hit in web.hits)
        assert len(web.hits) == 2
        assert "segredo" not in str(other.hits)
        assert len(other.hits) == 1


async def test_the_whole_download_has_one_clock(web: LocalWeb) -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, hit: Hit) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.02)

    web.pages["/"] = drip
    policy = HttpPolicy(allow_hosts=(web.authority,), total_timeout=0.3, read_timeout=5.0)
    async with GuardedClient(policy) as client:
        with pytest.raises(AppError) as failed:
            await client.get(web.url())
    assert failed.value.code == "fetch_timeout"
    assert failed.value.retryable


async def test_cancelling_a_download_lets_its_connection_go(web: LocalWeb) -> None:
    reached = asyncio.Event()

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, hit: Hit) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nx")
        await writer.drain()
        reached.set()
        await reader.read()

    web.pages["/"] = hang
    async with GuardedClient(HttpPolicy(allow_hosts=(web.authority,))) as client:
        task = asyncio.create_task(client.get(web.url()))
        await reached.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


def test_the_rules_come_from_the_settings() -> None:
    settings = load_settings(
        fetch_allow_hosts="wiki.orgao.br, 10.0.0.0/8",
        fetch_max_bytes=10,
        fetch_max_redirects=1,
        fetch_connect_seconds=2,
        fetch_read_seconds=3,
        fetch_total_seconds=4,
    )
    policy = policy_from_settings(settings)
    assert policy.allow_hosts == ("wiki.orgao.br", "10.0.0.0/8")
    assert (policy.max_bytes, policy.max_decoded_bytes, policy.max_redirects) == (10, 10, 1)
    times = (policy.connect_timeout, policy.read_timeout, policy.total_timeout)
    assert times == (2, 3, 4)
