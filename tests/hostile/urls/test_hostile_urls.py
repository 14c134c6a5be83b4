"""URLs that try to reach inside: refused before any socket, each with its code.

Every case runs through the whole client beside a real canary on this machine; the
connector records every socket that would be opened.
"""

from collections.abc import AsyncIterator

import pytest
from local_web import LocalWeb, Names, Wiretap, local_web, reply

from cogep_assist.core.errors import AppError
from cogep_assist.integrations.http import GuardedClient, HttpPolicy

HOSTILE = [
    # this machine, in every spelling
    ("http://127.0.0.1:{canary}/", "address_not_public"),
    ("http://127.0.0.1/", "address_not_public"),
    ("https://127.0.0.1/", "address_not_public"),
    ("http://127.255.255.254/", "address_not_public"),
    ("http://127.1/", "address_not_public"),
    ("http://127.0.1/", "address_not_public"),
    ("http://2130706433/", "address_not_public"),
    ("http://0x7f000001/", "address_not_public"),
    ("http://0x7f.0x0.0x0.0x1/", "address_not_public"),
    ("http://017700000001/", "address_not_public"),
    ("http://0177.0.0.1/", "address_not_public"),
    ("http://0000177.0.0.1/", "address_not_public"),
    ("http://127.0.0.1./", "address_not_public"),
    ("http://１２７.０.０.１/", "address_not_public"),
    ("http://127。0。0。1/", "address_not_public"),
    ("http://127．0．0．1/", "address_not_public"),
    ("http://127｡0｡0｡1/", "address_not_public"),
    ("http://①②⑦.⓪.⓪.①/", "address_not_public"),
    ("http://0/", "address_not_public"),
    ("http://0.0.0.0/", "address_not_public"),
    ("http://0.0.0.0:{canary}/", "address_not_public"),
    ("http://[::]/", "address_not_public"),
    ("http://[::1]/", "address_not_public"),
    ("http://[::1]:{canary}/", "address_not_public"),
    ("http://[0:0:0:0:0:0:0:1]/", "address_not_public"),
    ("http://[0000::0001]/", "address_not_public"),
    ("http://[::ffff:127.0.0.1]/", "address_not_public"),
    ("http://[::ffff:7f00:1]:{canary}/", "address_not_public"),
    ("http://[0:0:0:0:0:ffff:127.0.0.1]/", "address_not_public"),
    ("http://[::127.0.0.1]/", "address_not_public"),
    ("http://[64:ff9b::127.0.0.1]/", "address_not_public"),
    ("http://[64:ff9b:1::7f00:1]/", "address_not_public"),
    ("http://[2002:7f00:1::1]/", "address_not_public"),
    ("http://[2001:0:7f00:1::]/", "address_not_public"),
    ("http://localhost/", "address_not_public"),
    ("http://LOCALHOST:{canary}/", "address_not_public"),
    ("http://localhost./", "address_not_public"),
    ("http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/", "address_not_public"),
    ("http://localhost。/", "address_not_public"),
    ("http://qualquer.localhost/", "dns_failed"),
    # clouds' metadata
    ("http://169.254.169.254/latest/meta-data/", "address_not_public"),
    ("http://169.254.169.254./", "address_not_public"),
    ("http://2852039166/", "address_not_public"),
    ("http://0xA9FEA9FE/", "address_not_public"),
    ("http://0251.0376.0251.0376/", "address_not_public"),
    ("http://169.254.43518/", "address_not_public"),
    ("http://[::ffff:a9fe:a9fe]/", "address_not_public"),
    ("http://[64:ff9b::a9fe:a9fe]/", "address_not_public"),
    ("http://[fd00:ec2::254]/", "address_not_public"),
    ("http://[fe80::a9fe:a9fe]/", "address_not_public"),
    ("http://100.100.100.200/", "address_not_public"),
    ("http://168.63.129.16/", "address_not_public"),
    ("http://192.0.0.192/", "address_not_public"),
    ("http://metadata.google.internal/", "address_not_public"),
    # the organisation's own network, and ranges that are nobody's
    ("http://10.0.0.1/", "address_not_public"),
    ("http://10.1/", "address_not_public"),
    ("http://172.16.0.1/", "address_not_public"),
    ("http://172.31.255.255/", "address_not_public"),
    ("http://192.168.1.1/admin", "address_not_public"),
    ("http://100.64.0.1/", "address_not_public"),
    ("http://198.18.0.1/", "address_not_public"),
    ("http://224.0.0.1/", "address_not_public"),
    ("http://239.255.255.250/", "address_not_public"),
    ("http://255.255.255.255/", "address_not_public"),
    ("http://[fc00::1]/", "address_not_public"),
    ("http://[fe80::1]/", "address_not_public"),
    ("http://[fec0::1]/", "address_not_public"),
    ("http://[ff02::1]/", "address_not_public"),
    ("http://intranet/", "address_not_public"),
    ("http://impressora.local/", "address_not_public"),
    # names whose name server answers what it likes
    ("http://127.0.0.1.nip.test/", "address_not_public"),
    ("http://misto.test/", "address_not_public"),
    ("http://misto-ao-contrario.test/", "address_not_public"),
    ("http://so-aaaa.test/", "address_not_public"),
    ("http://aaaa-mapeado.test/", "address_not_public"),
    ("http://aaaa-nat64.test/", "address_not_public"),
    ("http://aaaa-6to4.test/", "address_not_public"),
    ("http://com-zona.test/", "address_not_public"),
    ("http://nao-existe.test/", "dns_failed"),
    ("http://vazio.test/", "dns_failed"),
    ("http://lixo.test/", "dns_failed"),
    # ports of services that are not the web
    ("http://publico.test:22/", "url_port_not_allowed"),
    ("http://publico.test:25/", "url_port_not_allowed"),
    ("http://publico.test:6379/", "url_port_not_allowed"),
    ("http://publico.test:5432/", "url_port_not_allowed"),
    ("http://publico.test:8080/", "url_port_not_allowed"),
    ("http://200.160.2.3:11211/", "url_port_not_allowed"),
    # the port of the one allowed server, at another address
    ("http://127.0.0.2:{allowed}/", "address_not_public"),
    ("http://publico.test:{allowed}/", "url_port_not_allowed"),
    ("http://localhost:{canary}/", "address_not_public"),
    ("http://[::1]:{allowed}/", "address_not_public"),
    ("http://0:{allowed}/", "address_not_public"),
    # two readers, two hosts
    ("http://publico.test@127.0.0.1:{canary}/", "url_credentials_refused"),
    ("http://publico.test:80@127.0.0.1:{canary}/", "url_credentials_refused"),
    ("http://127.0.0.1:{canary}@publico.test/", "url_credentials_refused"),
    ("http://joao:senha@127.0.0.1:{allowed}/", "url_credentials_refused"),
    ("http://publico.test%40127.0.0.1:{canary}/", "url_invalid"),
    ("http://127.0.0.1:{canary}\\@publico.test/", "url_invalid"),
    ("http://127.0.0.1:{canary}\t@publico.test/", "url_invalid"),
    ("http://publico.test\\.127.0.0.1:{canary}/", "url_invalid"),
    ("http://127.0.0.1:{canary}:80/", "url_invalid"),
    ("http://127.0.0.1%00.publico.test/", "url_invalid"),
    ("http://127.0.0.1%0d%0aX:1/", "url_invalid"),
    ("http://publico.test/\r\nHost: 127.0.0.1:{canary}\r\n\r\n", "url_invalid"),
    ("http://publico.test/ HTTP/1.1\r\nX: y", "url_invalid"),
    ("http://[::1]@publico.test/", "url_credentials_refused"),
    ("http://[::1%25lo]:{canary}/", "url_invalid"),
    ("http://[::1]x:{canary}/", "url_invalid"),
    ("http:127.0.0.1:{canary}/", "url_invalid"),
    ("http:/127.0.0.1:{canary}/", "url_invalid"),
    ("http:\\\\127.0.0.1:{canary}/", "url_invalid"),
    ("//127.0.0.1:{canary}/", "url_invalid"),
    ("127.0.0.1:{canary}", "url_invalid"),
    ("http://127.0.0.1.:{canary}./", "url_invalid"),
    ("http://1.1.1.1.1/", "url_invalid"),
    ("http://xn--127-0-0-1-/", "url_invalid"),
    # schemes
    ("file:///etc/passwd", "url_scheme_not_allowed"),
    ("file://localhost/etc/passwd", "url_scheme_not_allowed"),
    ("gopher://127.0.0.1:{canary}/_GET%20/", "url_scheme_not_allowed"),
    ("dict://127.0.0.1:{canary}/info", "url_scheme_not_allowed"),
    ("ftp://127.0.0.1/", "url_scheme_not_allowed"),
    ("sftp://127.0.0.1/", "url_scheme_not_allowed"),
    ("tftp://127.0.0.1/x", "url_scheme_not_allowed"),
    ("ldap://127.0.0.1/", "url_scheme_not_allowed"),
    ("netdoc:///etc/passwd", "url_scheme_not_allowed"),
    ("view-source:http://127.0.0.1/", "url_scheme_not_allowed"),
    ("javascript:alert(document.cookie)", "url_scheme_not_allowed"),
    ("data:text/plain;base64,eA==", "url_scheme_not_allowed"),
]

ANSWERS = {
    "localhost": [["127.0.0.1", "::1"]],
    "metadata.google.internal": [["169.254.169.254"]],
    "intranet": [["10.20.30.40"]],
    "impressora.local": [["192.168.0.50"]],
    "127.0.0.1.nip.test": [["127.0.0.1"]],
    "misto.test": [["200.160.2.3", "10.0.0.1"]],
    "misto-ao-contrario.test": [["10.0.0.1", "200.160.2.3"]],
    "so-aaaa.test": [["fd00::1"]],
    "aaaa-mapeado.test": [["::ffff:192.168.0.1"]],
    "aaaa-nat64.test": [["64:ff9b::a00:1"]],
    "aaaa-6to4.test": [["2002:a00:1::1"]],
    "com-zona.test": [["fe80::1%1"]],
    "vazio.test": [[]],
    "lixo.test": [["127.0.0.1 "]],
    "publico.test": [["200.160.2.3"]],
}


@pytest.fixture
async def canary() -> AsyncIterator[LocalWeb]:
    async with local_web() as running:
        yield running
        assert running.connections == 0


@pytest.fixture
async def allowed() -> AsyncIterator[LocalWeb]:
    async with local_web() as running:
        running.pages["/"] = reply(200, b"permitido")
        yield running


@pytest.mark.parametrize(("template", "code"), HOSTILE)
async def test_no_socket_is_opened_for_a_hostile_url(
    canary: LocalWeb, allowed: LocalWeb, template: str, code: str
) -> None:
    url = template.replace("{canary}", str(canary.port)).replace("{allowed}", str(allowed.port))
    tap = Wiretap()
    policy = HttpPolicy(allow_hosts=(allowed.authority,), total_timeout=5.0)
    async with GuardedClient(policy, resolver=Names(ANSWERS), connector=tap) as client:
        with pytest.raises(AppError) as refused:
            await client.get(url)
    # A canary's port that no rule names is refused by port, before its address is.
    by_port = code == "address_not_public" and "{canary}" in template
    assert refused.value.code == ("url_port_not_allowed" if by_port else code)
    assert "?" not in refused.value.message
    assert tap.attempts == []
    assert allowed.connections == 0


async def test_the_same_client_does_reach_the_allowed_server(allowed: LocalWeb) -> None:
    tap = Wiretap()
    policy = HttpPolicy(allow_hosts=(allowed.authority,))
    async with GuardedClient(policy, resolver=Names(ANSWERS), connector=tap) as client:
        assert (await client.get(allowed.url())).take_bytes() == b"permitido"
    assert tap.attempts == [("127.0.0.1", allowed.port)]


async def test_an_open_port_elsewhere_does_not_open_the_canary(canary: LocalWeb) -> None:
    # With the canary's own port named for another host, its address still refuses.
    policy = HttpPolicy(allow_hosts=(f"wiki.orgao.br:{canary.port}",))
    async with GuardedClient(policy, resolver=Names(ANSWERS)) as client:
        for host in ("127.0.0.1", "localhost", "2130706433", "[::ffff:127.0.0.1]"):
            with pytest.raises(AppError) as refused:
                await client.get(f"http://{host}:{canary.port}/")
            assert refused.value.code == "address_not_public"


def test_the_collection_is_large_enough() -> None:
    assert len({template for template, _ in HOSTILE}) >= 120
