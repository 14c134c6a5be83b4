"""``cogep key`` and ``cogep link``."""

import re

import pytest
from cogep_command import Cogep

from cogep_assist.core.models import Role


def test_a_quiet_creation_prints_the_key_alone(cogep: Cogep) -> None:
    made = cogep("key", "create", "Integração n8n", "--role", "curator", "--quiet")
    assert made.status == 0
    assert re.fullmatch(r"cogep_[A-Za-z0-9_-]{43}\n", made.out)
    assert made.err == ""


def test_a_creation_warns_that_the_key_is_shown_once(cogep: Cogep) -> None:
    made = cogep("key", "create", "Integração", "--role", "agent")
    assert "não será mostrada de novo" in made.err
    assert made.out.startswith("cogep_")


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_lists_what_was_created_and_never_the_key(cogep: Cogep, role: str) -> None:
    key = cogep("key", "create", "São Paulo", "--role", role, "--expires", "90d", "-q").out.strip()
    (listed,) = cogep("key", "list", "--json").json["keys"]
    assert (listed["name"], listed["role"], listed["last_used_at"]) == ("São Paulo", role, None)
    assert listed["expires_at"]
    shown = cogep("key", "list")
    assert "São Paulo" in shown.out
    assert key not in shown.out


def test_a_revoked_key_is_gone_and_its_name_free(cogep: Cogep) -> None:
    cogep("key", "create", "n8n", "--role", "agent")
    assert cogep("key", "create", "n8n", "--role", "agent").status == 1
    assert "foi revogada" in cogep("key", "revoke", "n8n").out
    assert cogep("key", "list", "--json").json == {"keys": []}
    assert cogep("key", "create", "n8n", "--role", "agent").status == 0
    assert cogep("key", "revoke", " n8n", "--json").json == {"revoked": "n8n"}


def test_an_empty_list_says_what_to_do(cogep: Cogep) -> None:
    assert "cogep key create" in cogep("key", "list").out


@pytest.mark.parametrize(
    ("expiry", "code"),
    [("ontem", "expiry_invalid"), ("2020-01-01", "expiry_in_past"), ("0d", "expiry_in_past"),
     ("999999999999d", "expiry_invalid"), ("", "")],
)  # fmt: skip
def test_a_bad_expiry_is_refused(cogep: Cogep, expiry: str, code: str) -> None:
    made = cogep("key", "create", "n8n", "--role", "agent", "--expires", expiry, "--json")
    if not code:
        assert made.json["expires_at"] is None
        return
    assert (made.status, f"[{code}]" in made.err) == (1, True)


def test_a_date_lasts_until_its_end_where_the_people_are(cogep: Cogep) -> None:
    made = cogep("key", "create", "n8n", "--role", "agent", "--expires", "2099-12-31", "--json")
    assert made.json["expires_at"].startswith("2099-12-31T23:59:59")


@pytest.mark.parametrize("name", ["", "a" * 101, "a\nb"])
def test_a_bad_name_is_refused(cogep: Cogep, name: str) -> None:
    made = cogep("key", "create", name, "--role", "agent")
    assert (made.status, "[key_name_invalid]" in made.err) == (1, True)


def test_a_link_opens_the_way_in(cogep: Cogep, monkeypatch: pytest.MonkeyPatch) -> None:
    made = cogep("link")
    assert re.fullmatch(r"http://127.0.0.1:8000/entrar\?token=[\w-]{43}\n", made.out)
    assert "15 min" in made.err
    monkeypatch.setenv("COGEP_PUBLIC_URL", "https://atendimento.exemplo.gov.br/")
    told = cogep("link", "--role", "requester", "--json").json
    assert told["url"].startswith("https://atendimento.exemplo.gov.br/entrar?token=")
    assert told["role"] == "requester"
