"""Redirects that try to reach inside: every hop is judged as if a person had given it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from local_web import (
    LocalWeb,
    Names,
    Wiretap,
    client_tls,
    local_web,
    redirect,
    reply,
    server_tls,
)

from cogep_assist.core.errors import AppError
from cogep_assist.integrations.http import GuardedClient, HttpPolicy


@dataclass
class Scene:
    """A server that may be reached, and a canary on another port that may not."""

    front: LocalWeb
    canary: LocalWeb
    tap: Wiretap
    names: Names

    def client(self, **rules: int) -> GuardedClient:
        policy = HttpPolicy(allow_hosts=(self.front.authority,), total_timeout=5.0, **rules)
        return GuardedClient(policy, resolver=self.names, connector=self.tap)


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with local_web() as front, local_web() as canary:
        names = Names({"interno.test": [["10.0.0.1"]], "localhost": [["127.0.0.1"]]})
        yield Scene(front, canary, Wiretap(), names)
        assert canary.connections == 0


TARGETS = [
    ("http://127.0.0.1:{canary}/", "url_port_not_allowed"),
    ("http://127.0.0.1/", "address_not_public"),
    ("https://127.0.0.1/", "address_not_public"),
    ("http://2130706433/", "address_not_public"),
    ("http://0x7f.1/", "address_not_public"),
    ("http://[::1]/", "address_not_public"),
    ("http://[::ffff:127.0.0.1]/", "address_not_public"),
    ("http://0.0.0.0/", "address_not_public"),
    ("http://169.254.169.254/latest/meta-data/iam/", "address_not_public"),
    ("//169.254.169.254/", "address_not_public"),
    ("//[fd00:ec2::254]/", "address_not_public"),
    ("http://localhost/", "address_not_public"),
    ("http://interno.test/", "address_not_public"),
    ("http://interno.test:{front}/", "address_not_public"),
    ("http://127.0.0.2:{front}/", "address_not_public"),
    ("http://nao-existe.test/", "dns_failed"),
    ("http://127.0.0.1:{front}@127.0.0.1:{canary}/", "url_credentials_refused"),
    ("http://joao:senha@127.0.0.1:{front}/", "url_credentials_refused"),
    ("//127.0.0.1:{front}\\@127.0.0.1:{canary}/", "url_invalid"),
    ("/\\127.0.0.1:{canary}/", "url_invalid"),
    ("\\\\127.0.0.1:{canary}\\", "url_invalid"),
    ("http:\\\\127.0.0.1:{canary}", "url_invalid"),
    ("http:///127.0.0.1:{canary}/", "url_invalid"),
    ("http:127.0.0.1:{canary}", "url_invalid"),
    ("http://[::1", "url_invalid"),
    ("http://exemplo.gov.br:99999/", "url_invalid"),
    ("/a\tb", "url_invalid"),
    ("file:///etc/passwd", "url_scheme_not_allowed"),
    ("gopher://127.0.0.1:{canary}/_x", "url_scheme_not_allowed"),
    ("dict://127.0.0.1:{canary}/", "url_scheme_not_allowed"),
    ("ftp://127.0.0.1/", "url_scheme_not_allowed"),
    ("javascript:alert(1)", "url_scheme_not_allowed"),
    ("data:text/html,x", "url_scheme_not_allowed"),
    ("", "redirect_invalid"),
    ("   ", "redirect_invalid"),
]


@pytest.mark.parametrize("status", [301, 307])
@pytest.mark.parametrize(("template", "code"), TARGETS)
async def test_a_hostile_location_is_refused(
    scene: Scene, template: str, code: str, status: int
) -> None:
    location = template.replace("{canary}", str(scene.canary.port))
    location = location.replace("{front}", str(scene.front.port))
    scene.front.pages["/"] = redirect(location, status)
    async with scene.client() as client:
        with pytest.raises(AppError) as refused:
            await client.get(scene.front.url())
    assert refused.value.code == code
    assert "?" not in refused.value.message
    assert scene.tap.attempts == [("127.0.0.1", scene.front.port)]


async def test_a_later_hop_is_judged_like_the_first(scene: Scene) -> None:
    scene.front.pages |= {
        "/1": redirect("/2"),
        "/2": redirect("/3"),
        "/3": redirect("http://169.254.169.254/"),
    }
    async with scene.client() as client:
        with pytest.raises(AppError) as refused:
            await client.get(scene.front.url("/1"))
    assert refused.value.code == "address_not_public"
    assert len(scene.front.hits) == 3


@pytest.mark.parametrize("target", ["/", "/?", "/./", "//127.0.0.1:{front}/"])
async def test_a_loop_ends_at_the_limit(scene: Scene, target: str) -> None:
    scene.front.pages["/"] = redirect(target.replace("{front}", str(scene.front.port)))
    async with scene.client(max_redirects=3) as client:
        with pytest.raises(AppError) as refused:
            await client.get(scene.front.url())
    assert refused.value.code == "too_many_redirects"
    assert refused.value.details == {"limit": 3}
    assert len(scene.front.hits) == 4


async def test_redirects_can_be_switched_off(scene: Scene) -> None:
    scene.front.pages |= {"/": redirect("/b"), "/b": reply(200, b"b")}
    async with scene.client(max_redirects=0) as client:
        with pytest.raises(AppError) as refused:
            await client.get(scene.front.url())
    assert refused.value.code == "too_many_redirects"
    assert len(scene.front.hits) == 1


async def test_a_redirect_without_a_single_location_leads_nowhere(scene: Scene) -> None:
    scene.front.pages |= {
        "/nenhum": reply(302),
        "/dois": reply(302, b"", "Location: /ok", f"Location: {scene.canary.url()}"),
        "/ok": reply(200, b"ok"),
    }
    async with scene.client() as client:
        for target in ("/nenhum", "/dois"):
            with pytest.raises(AppError) as refused:
                await client.get(scene.front.url(target))
            assert refused.value.code == "redirect_invalid"


async def test_a_refresh_header_or_a_meta_refresh_is_not_a_redirect(scene: Scene) -> None:
    page = f'<meta http-equiv="refresh" content="0;url={scene.canary.url()}">'.encode()
    scene.front.pages["/"] = reply(200, page, f"Refresh: 0;url={scene.canary.url()}")
    async with scene.client() as client:
        assert (await client.get(scene.front.url())).take_bytes() == page


async def test_a_location_in_latin_1_is_followed(scene: Scene) -> None:
    scene.front.pages["/"] = b"HTTP/1.1 302 X\r\nLocation: /f\xe9rias\r\nContent-Length: 0\r\n\r\n"
    scene.front.pages["/f%C3%A9rias"] = reply(200, b"ok")
    async with scene.client() as client:
        (await client.get(scene.front.url())).close()


async def test_credentials_are_not_carried_from_https_to_http() -> None:
    async with local_web(tls=server_tls()) as safe, local_web() as plain:
        safe.pages["/"] = redirect(plain.url("/"))
        plain.pages["/"] = reply(200, b"ok")
        policy = HttpPolicy(allow_hosts=(safe.authority, plain.authority))
        async with GuardedClient(policy, ssl_context=client_tls()) as client:
            with pytest.raises(AppError) as refused:
                await client.get(safe.url(), headers={"Authorization": "Bearer x"})
            assert refused.value.code == "redirect_downgrade_refused"
            assert plain.connections == 0
            (await client.get(safe.url())).close()
        assert "authorization" not in plain.hits[0].headers


async def test_a_name_that_changes_between_hops_is_judged_anew(scene: Scene) -> None:
    # First answer: the allowed server; second, for the redirect's fresh connection: inside.
    scene.names.answers["muda.test"] = [["127.0.0.1"], ["10.0.0.1"]]
    url = f"http://muda.test:{scene.front.port}"
    scene.front.pages |= {"/1": redirect(f"{url}/2"), "/2": reply(200, b"dentro")}
    async with scene.client() as client:
        with pytest.raises(AppError) as refused:
            await client.get(f"{url}/1")
    assert refused.value.code == "address_not_public"
    assert scene.tap.attempts == [("127.0.0.1", scene.front.port)]


async def test_a_rebound_name_is_looked_up_once_per_connection(scene: Scene) -> None:
    # The classic attack: the check sees a good address, the connection asks again.
    scene.names.answers["rebind.test"] = [["127.0.0.1"], ["127.0.0.9"]]
    scene.front.pages["/"] = reply(200, b"ok")
    async with scene.client() as client:
        (await client.get(f"http://rebind.test:{scene.front.port}/")).close()
    assert scene.names.asked == ["rebind.test"]
    assert scene.tap.attempts == [("127.0.0.1", scene.front.port)]


async def test_a_name_first_public_then_internal_never_reaches_inside(scene: Scene) -> None:
    scene.names.answers["rebind.test"] = [["200.160.2.3"], ["127.0.0.1"]]
    attempts: list[str] = []

    async def unreachable(address: str, port: int, seconds: float) -> object:
        attempts.append(address)
        raise OSError("no route in this test")

    policy = HttpPolicy(allow_hosts=(scene.front.authority,))
    client = GuardedClient(policy, resolver=scene.names, connector=unreachable)  # type: ignore[arg-type]
    async with client:
        for code in ("connect_failed", "address_not_public"):
            with pytest.raises(AppError) as refused:
                await client.get("http://rebind.test/")
            assert refused.value.code == code
    assert attempts == ["200.160.2.3"]
