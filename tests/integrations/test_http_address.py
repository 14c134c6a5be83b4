"""Where an address leads, at both ends of every range, and what an allow-list opens."""

from ipaddress import ip_address, ip_network

import pytest

from cogep_assist.core.errors import AppError
from cogep_assist.integrations.http_address import Reach, parse_allow_entry, reach_of
from cogep_assist.integrations.http_policy import HttpPolicy, policy_for_pinned
from cogep_assist.integrations.http_url import parse_url

NOT_PUBLIC = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "168.63.129.16/32",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.31.196.0/24",
    "192.52.193.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "192.175.48.0/24",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "255.255.255.255/32",
    "::/128",
    "::1/128",
    "::/96",
    "::ffff:127.0.0.0/104",
    "::ffff:169.254.0.0/112",
    "64:ff9b::/96",
    "64:ff9b:1::/48",
    "100::/64",
    "2001::/23",
    "2001::/32",
    "2001:10::/28",
    "2001:20::/28",
    "2001:db8::/32",
    "2002::/16",
    "2620:4f:8000::/48",
    "3fff::/20",
    "4000::/3",
    "5f00::/16",
    "8000::/1",
    "fc00::/7",
    "fe80::/10",
    "fec0::/10",
    "ff00::/8",
]


@pytest.mark.parametrize("network", NOT_PUBLIC)
def test_no_address_of_a_special_range_is_public(network: str) -> None:
    net = ip_network(network)
    middle = net[net.num_addresses // 2]
    for address in (net[0], middle, net[-1]):
        assert reach_of(address) is not Reach.PUBLIC, address


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "200.160.2.3",
        "223.255.255.255",
        "2001:200::1",
        "2001:4860:4860::8888",
        "2801:80::1",
        "2606:4700::1111",
        "::ffff:200.160.2.3",
    ],
)
def test_neighbours_of_the_ranges_are_public(address: str) -> None:
    assert reach_of(ip_address(address)) is Reach.PUBLIC


@pytest.mark.parametrize(
    ("address", "reach"),
    [
        ("10.1.2.3", Reach.PRIVATE),
        ("::ffff:10.1.2.3", Reach.PRIVATE),
        ("fd12::1", Reach.PRIVATE),
        ("127.9.9.9", Reach.LOOPBACK),
        ("::1", Reach.LOOPBACK),
        ("169.254.169.254", Reach.RESERVED),
        ("100.100.100.200", Reach.RESERVED),
        ("168.63.129.16", Reach.RESERVED),
        ("fd00:ec2::254", Reach.RESERVED),
        ("64:ff9b::808:808", Reach.RESERVED),
        ("2002:7f00:1::", Reach.RESERVED),
        ("fe80::1%2", Reach.RESERVED),
        ("2801:80::1%2", Reach.RESERVED),
    ],
)
def test_own_network_this_machine_and_the_rest_are_told_apart(address: str, reach: Reach) -> None:
    assert reach_of(ip_address(address)) is reach


# entry, URL, address that the name leads to, whether it may be reached
ALLOWED = [
    ("wiki.orgao.br", "http://wiki.orgao.br/", "10.0.0.5", True),
    ("Wiki.Orgao.BR.", "http://wiki.orgao.br/", "10.0.0.5", True),
    ("wiki.orgao.br", "https://wiki.orgao.br/", "fd00::5", True),
    ("wiki.orgao.br", "http://wiki.orgao.br/", "127.0.0.1", True),
    ("wiki.orgao.br", "http://wiki.orgao.br/", "200.160.2.3", True),
    ("wiki.orgao.br", "http://wiki.orgao.br/", "169.254.169.254", False),
    ("wiki.orgao.br", "http://wiki.orgao.br/", "0.0.0.0", False),
    ("wiki.orgao.br", "http://wiki.orgao.br:8080/", "10.0.0.5", False),
    ("wiki.orgao.br", "http://outra.orgao.br/", "10.0.0.5", False),
    ("wiki.orgao.br", "http://x.wiki.orgao.br/", "10.0.0.5", False),
    ("wiki.orgao.br:8080", "http://wiki.orgao.br:8080/", "10.0.0.5", True),
    ("wiki.orgao.br:8080", "http://wiki.orgao.br/", "10.0.0.5", False),
    ("wiki.orgao.br:8080", "http://mal.test:8080/", "10.0.0.5", False),
    ("wiki.orgao.br:8080", "http://mal.test:8080/", "200.160.2.3", False),
    ("dados.gov.br:8443", "https://dados.gov.br:8443/", "200.160.2.3", True),
    ("*.orgao.br", "http://wiki.orgao.br/", "192.168.0.9", True),
    ("*.orgao.br", "http://a.b.orgao.br/", "192.168.0.9", True),
    ("*.orgao.br", "http://orgao.br/", "192.168.0.9", False),
    ("*.orgao.br", "http://malorgao.br/", "192.168.0.9", False),
    ("*.orgao.br", "http://wiki.orgao.br/", "127.0.0.1", False),
    ("*.orgao.br:81", "http://wiki.orgao.br:81/", "192.168.0.9", True),
    ("10.0.0.0/8", "http://qualquer.test/", "10.9.9.9", True),
    ("10.0.0.1/8", "http://qualquer.test/", "10.9.9.9", True),
    ("10.0.0.0/8", "http://qualquer.test/", "192.168.0.1", False),
    ("10.0.0.0/8", "http://qualquer.test:8080/", "10.9.9.9", False),
    ("10.0.0.0/8:8080", "http://qualquer.test:8080/", "10.9.9.9", True),
    ("10.0.0.0/8", "http://qualquer.test/", "::ffff:10.9.9.9", True),
    ("169.254.0.0/16", "http://qualquer.test/", "169.254.169.254", True),
    ("127.0.0.1:8000", "http://127.0.0.1:8000/", "127.0.0.1", True),
    ("127.0.0.1:8000", "http://127.0.0.1:8001/", "127.0.0.1", False),
    ("127.0.0.1:8000", "http://127.0.0.2:8000/", "127.0.0.2", False),
    ("[fd00::/8]:8080", "http://qualquer.test:8080/", "fd00::1", True),
    ("fd00::/8", "http://qualquer.test/", "fd00::1", True),
    ("fd00::1", "http://[fd00::1]/", "fd00::1", True),
    ("[fd00::1]:81", "http://[fd00::1]:81/", "fd00::1", True),
    ("64:ff9b::/96", "http://qualquer.test/", "64:ff9b::808:808", True),
    ("64:ff9b::/96", "http://qualquer.test/", "64:ff9b::7f00:1", False),
    ("64:ff9b::/96", "http://qualquer.test/", "64:ff9b::a9fe:a9fe", False),
]


@pytest.mark.parametrize(("entry", "url", "address", "permitted"), ALLOWED)
def test_an_entry_opens_what_it_names_and_nothing_else(
    entry: str, url: str, address: str, permitted: bool
) -> None:
    assert reaches(HttpPolicy(allow_hosts=(entry,)), url, address) is permitted


def test_without_entries_only_public_addresses_on_web_ports_are_reached() -> None:
    policy = HttpPolicy()
    assert reaches(policy, "https://exemplo.gov.br/", "200.160.2.3")
    assert not reaches(policy, "https://exemplo.gov.br/", "10.0.0.1")
    assert not reaches(policy, "https://exemplo.gov.br:8443/", "200.160.2.3")


def test_one_bad_address_among_good_ones_refuses_the_name() -> None:
    answers = [ip_address("200.160.2.3"), ip_address("127.0.0.1")]
    with pytest.raises(AppError) as refused:
        HttpPolicy().check_addresses("mal.test", 80, answers)
    assert refused.value.code == "address_not_public"
    assert "127.0.0.1" not in refused.value.message


BAD_ENTRIES = """
|host:|host:porta|host:0|host:70000|a b|*.|*|10.0.0.0/33|http://x.br|x.br/24|[fd00::1|[fd00::1]8
|a:b:c|u@x.br|1.2.3.4.5"""


@pytest.mark.parametrize("entry", BAD_ENTRIES.replace("\n", "").split("|"))
def test_an_entry_that_means_nothing_stops_the_start(entry: str) -> None:
    with pytest.raises(AppError) as refused:
        HttpPolicy(allow_hosts=(entry,))
    assert refused.value.code == "settings_invalid"
    assert "COGEP_FETCH_ALLOW_HOSTS" in refused.value.message


def test_legacy_spellings_in_an_entry_mean_the_same_address() -> None:
    assert parse_allow_entry("2130706433:81") == parse_allow_entry("127.0.0.1:81")


@pytest.mark.parametrize(
    ("url", "address", "permitted"),
    [
        ("http://llm.interno:11434/v1", "10.0.0.7", True),
        ("http://llm.interno:11434/outra", "127.0.0.1", True),
        ("http://llm.interno:11434/v1", "200.160.2.3", True),
        ("http://llm.interno:11434/v1", "169.254.169.254", False),
        ("https://llm.interno:11434/v1", "10.0.0.7", False),
        ("http://llm.interno/v1", "10.0.0.7", False),
        ("http://llm.interno:11435/v1", "10.0.0.7", False),
        ("http://exemplo.gov.br/", "200.160.2.3", False),
    ],
)
def test_a_pinned_endpoint_is_that_scheme_host_and_port(
    url: str, address: str, permitted: bool
) -> None:
    assert reaches(policy_for_pinned("http://llm.interno:11434/v1"), url, address) is permitted


def test_a_pinned_literal_is_reached_and_only_it() -> None:
    policy = policy_for_pinned("http://127.0.0.1:11434/v1")
    assert reaches(policy, "http://127.0.0.1:11434/", "127.0.0.1")
    assert not reaches(policy, "http://127.0.0.2:11434/", "127.0.0.2")
    assert not reaches(policy, "http://localhost:11434/", "127.0.0.1")


def reaches(policy: HttpPolicy, url: str, address: str) -> bool:
    parsed = parse_url(url)
    try:
        policy.check_url(parsed)
        policy.check_addresses(parsed.host, parsed.port, [ip_address(address)])
    except AppError as error:
        refused = error
    else:
        return True
    assert refused.code in {"address_not_public", "url_port_not_allowed", "origin_not_pinned"}
    assert "?" not in refused.message
    return False
