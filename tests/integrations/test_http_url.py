"""One reading of a URL: every spelling of one place becomes one text, or is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogep_assist.core.errors import AppError
from cogep_assist.integrations.http_url import canonical_url, join_url, parse_url

SAME = [
    ("http://EXEMPLO.gov.br", "http://exemplo.gov.br/"),
    ("HTTPS://exemplo.gov.br:443/a", "https://exemplo.gov.br/a"),
    ("http://exemplo.gov.br:80/", "http://exemplo.gov.br/"),
    ("https://exemplo.gov.br:80/", "https://exemplo.gov.br:80/"),
    ("http://exemplo.gov.br:/a", "http://exemplo.gov.br/a"),
    ("http://exemplo.gov.br:08080/a", "http://exemplo.gov.br:8080/a"),
    ("  https://exemplo.gov.br/a \n", "https://exemplo.gov.br/a"),
    ("https://exemplo.gov.br./a", "https://exemplo.gov.br/a"),
    ("https://exemplo.gov.br/a#capítulo-2", "https://exemplo.gov.br/a"),
    ("https://exemplo.gov.br/a?", "https://exemplo.gov.br/a"),
    ("https://exemplo.gov.br?x=1", "https://exemplo.gov.br/?x=1"),
    ("https://exemplo.gov.br/a/./b/../c", "https://exemplo.gov.br/a/c"),
    ("https://exemplo.gov.br/a/%2e%2E/c", "https://exemplo.gov.br/c"),
    ("https://exemplo.gov.br/../../x", "https://exemplo.gov.br/x"),
    ("https://exemplo.gov.br/a/..", "https://exemplo.gov.br/"),
    ("https://exemplo.gov.br/a/.", "https://exemplo.gov.br/a/"),
    ("https://exemplo.gov.br/a//b", "https://exemplo.gov.br/a//b"),
    ("https://exemplo.gov.br/%7Ejo%c3%a3o", "https://exemplo.gov.br/~jo%C3%A3o"),
    ("https://exemplo.gov.br/licença prêmio", "https://exemplo.gov.br/licen%C3%A7a%20pr%C3%AAmio"),
    ("https://exemplo.gov.br/100%", "https://exemplo.gov.br/100%25"),
    ("https://exemplo.gov.br/a%2Fb", "https://exemplo.gov.br/a%2Fb"),
    ("https://exemplo.gov.br/?q=a+b&c[]=é", "https://exemplo.gov.br/?q=a+b&c[]=%C3%A9"),
    ("https://exemplo.gov.br/?u=http://a@b", "https://exemplo.gov.br/?u=http://a@b"),
    ("https://AÇÃO.gov.br/", "https://xn--ao-siap.gov.br/"),
    ("https://xn--ao-siap.gov.br/", "https://xn--ao-siap.gov.br/"),
    ("https://exemplo。gov．br/", "https://exemplo.gov.br/"),
    ("https://ｅｘｅｍｐｌｏ.gov.br/", "https://exemplo.gov.br/"),
    ("http://meu_servidor.exemplo.br/", "http://meu_servidor.exemplo.br/"),
    ("http://2130706433/", "http://127.0.0.1/"),
    ("http://0x7f000001/", "http://127.0.0.1/"),
    ("http://017700000001/", "http://127.0.0.1/"),
    ("http://0x7F.0.0.0x1/", "http://127.0.0.1/"),
    ("http://127.1/", "http://127.0.0.1/"),
    ("http://10.257/", "http://10.0.1.1/"),
    ("http://0/", "http://0.0.0.0/"),
    ("http://127.0.0.1./", "http://127.0.0.1/"),
    ("http://１２７.０.０.１/", "http://127.0.0.1/"),
    ("http://①②⑦.⓪.⓪.①/", "http://127.0.0.1/"),
    ("http://[::1]:80/", "http://[::1]/"),
    ("http://[0:0:0:0:0:0:0:1]/", "http://[::1]/"),
    ("http://[::FFFF:7f00:1]/", "http://127.0.0.1/"),
    ("http://[2001:DB8::A]:8080/x", "http://[2001:db8::a]:8080/x"),
]


@pytest.mark.parametrize(("given_url", "canonical"), SAME)
def test_spellings_of_one_place_become_one(given_url: str, canonical: str) -> None:
    assert canonical_url(given_url) == canonical
    assert canonical_url(canonical) == canonical


REFUSED = [
    ("", "url_invalid"),
    ("   ", "url_invalid"),
    ("exemplo.gov.br/pagina", "url_invalid"),
    ("exemplo.gov.br:443/pagina", "url_invalid"),
    ("localhost:8000", "url_invalid"),
    ("//exemplo.gov.br/", "url_invalid"),
    ("http:exemplo.gov.br", "url_invalid"),
    ("http:/exemplo.gov.br", "url_invalid"),
    ("http:///etc/passwd", "url_invalid"),
    ("http://", "url_invalid"),
    ("http://?x", "url_invalid"),
    ("http://:80/", "url_invalid"),
    ("http://./", "url_invalid"),
    ("http://a..b/", "url_invalid"),
    ("http://-a.br/", "url_invalid"),
    ("http://a-.br/", "url_invalid"),
    ("http://exemplo .gov.br/", "url_invalid"),
    ("http://exemplo.gov.br%00.mal.test/", "url_invalid"),
    ("http://127.0.0.1%2f.mal.test/", "url_invalid"),
    ("http://%31%32%37.0.0.1/", "url_invalid"),
    ("http://exem\tplo.gov.br/", "url_invalid"),
    ("http://exemplo.gov.br/\r\nHost: interno", "url_invalid"),
    ("http://exemplo.gov.br/\x00", "url_invalid"),
    ("http://exemplo.gov.br/a\u2028b", "url_invalid"),
    ("http://exemplo.gov.br\\@interno/", "url_invalid"),
    ("http:\\\\exemplo.gov.br/", "url_invalid"),
    ("http://exemplo.gov.br/a\\..\\b", "url_invalid"),
    ("http://exemplo.gov.br:abc/", "url_invalid"),
    ("http://exemplo.gov.br:0/", "url_invalid"),
    ("http://exemplo.gov.br:65536/", "url_invalid"),
    ("http://exemplo.gov.br:-1/", "url_invalid"),
    ("http://exemplo.gov.br:80:80/", "url_invalid"),
    ("http://exemplo.gov.br:８０/", "url_invalid"),
    ("http://256.1.1.1/", "url_invalid"),
    ("http://1.2.3.4.5/", "url_invalid"),
    ("http://4294967296/", "url_invalid"),
    ("http://0x1_0.1/", "url_invalid"),
    ("http://1_0.0.0.1/", "url_invalid"),
    ("http://08.8.8.8/", "url_invalid"),
    ("http://mal.test.0x7f/", "url_invalid"),
    ("http://[::1/", "url_invalid"),
    ("http://[::1]mal.test/", "url_invalid"),
    ("http://[fe80::1%25eth0]/", "url_invalid"),
    ("http://[fe80::1%eth0]/", "url_invalid"),
    ("http://[127.0.0.1]/", "url_invalid"),
    ("http://[]/", "url_invalid"),
    ("http://[v1.x]/", "url_invalid"),
    ("http://::1/", "url_invalid"),
    ("http://xn--a-0000000000000000000000000.br/", "url_invalid"),
    ("http://xn--localhost-/", "url_invalid"),
    ("http://" + "a" * 64 + ".br/", "url_invalid"),
    ("http://" + "a." * 127 + "br/", "url_invalid"),
    ("http://exemplo.gov.br/" + "a" * 4096, "url_invalid"),
    ("http://exemplo.gov.br/\ud800", "url_invalid"),
    ("http://joao:senha@exemplo.gov.br/", "url_credentials_refused"),
    ("http://joao@exemplo.gov.br/", "url_credentials_refused"),
    ("http://@exemplo.gov.br/", "url_credentials_refused"),
    ("http://exemplo.gov.br@127.0.0.1/", "url_credentials_refused"),
    ("http://exemplo.gov.br:80@127.0.0.1/", "url_credentials_refused"),
    ("http://127.0.0.1%2f@exemplo.gov.br/", "url_credentials_refused"),
    ("file:///etc/passwd", "url_scheme_not_allowed"),
    ("FILE://localhost/c$/", "url_scheme_not_allowed"),
    ("gopher://127.0.0.1:6379/_SET", "url_scheme_not_allowed"),
    ("ftp://exemplo.gov.br/", "url_scheme_not_allowed"),
    ("dict://127.0.0.1:11211/", "url_scheme_not_allowed"),
    ("ldap://127.0.0.1/", "url_scheme_not_allowed"),
    ("javascript:alert(1)", "url_scheme_not_allowed"),
    ("data:text/html,<b>x", "url_scheme_not_allowed"),
    ("jar:http://exemplo.gov.br!/", "url_scheme_not_allowed"),
    ("unix:/var/run/docker.sock", "url_scheme_not_allowed"),
    ("ws://exemplo.gov.br/", "url_scheme_not_allowed"),
]


@pytest.mark.parametrize(("given_url", "code"), REFUSED)
def test_a_url_with_two_readings_or_none_is_refused(given_url: str, code: str) -> None:
    with pytest.raises(AppError) as refused:
        canonical_url(given_url)
    assert refused.value.code == code
    assert "?" not in refused.value.message  # every detail that the message names is there
    assert not refused.value.retryable


@given(st.text(max_size=60), st.text(max_size=60))
def test_canonical_form_is_ascii_and_stable_whatever_comes(path: str, query: str) -> None:
    once = read_or_code(f"https://exemplo.gov.br/{path}?{query}")
    if once == "url_invalid":
        return
    assert once.isascii()
    assert once.isprintable()
    assert " " not in once
    assert once.startswith("https://exemplo.gov.br/")
    assert canonical_url(once) == once


@given(st.text(min_size=1, max_size=40))
def test_no_host_escapes_with_anything_but_a_refusal(host: str) -> None:
    once = read_or_code(f"http://{host}/x")
    if once in {"url_invalid", "url_credentials_refused"}:
        return
    address = parse_url(once)
    assert set(address.host) <= set("abcdefghijklmnopqrstuvwxyz0123456789.-_:")
    assert str(address) == once


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/b", "https://exemplo.gov.br/b"),
        ("b", "https://exemplo.gov.br/a/b"),
        ("../../b", "https://exemplo.gov.br/b"),
        ("?x=1", "https://exemplo.gov.br/a/p?x=1"),
        ("//outro.gov.br/b", "https://outro.gov.br/b"),
        ("http://outro.gov.br", "http://outro.gov.br/"),
        ("férias", "https://exemplo.gov.br/a/f%C3%A9rias"),
    ],
)
def test_a_location_is_resolved_against_its_page(location: str, target: str) -> None:
    assert str(join_url(parse_url("https://exemplo.gov.br/a/p"), location)) == target


@pytest.mark.parametrize(
    "location",
    ["http:\\\\x", "/\\interno", "http://[", "a\r\nb", "/\tx", "http:x", "http:/x", "https:///x"],
)
def test_a_location_with_two_readings_is_refused(location: str) -> None:
    with pytest.raises(AppError) as refused:
        join_url(parse_url("https://exemplo.gov.br/a/p"), location)
    assert refused.value.code == "url_invalid"


def read_or_code(url: str) -> str:
    try:
        return canonical_url(url)
    except AppError as refused:
        return refused.code
