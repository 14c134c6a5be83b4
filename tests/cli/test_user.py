"""``cogep user``: every act tells people in words and machines in JSON what became of it."""

from cogep_command import Cogep

WHO = "inês@exemplo.gov.br"


def test_a_user_from_the_first_day_to_the_last(cogep: Cogep) -> None:
    made = cogep("user", "add", WHO, "--role", "agent", "--name", "Inês Conceição", "--json").json
    assert (made["role"], made["disabled_at"]) == ("agent", None)
    assert "agora é curador" in cogep("user", "role", WHO, "curator").out
    assert cogep("user", "role", WHO, "agent", "--json").json["role"] == "agent"
    assert cogep("user", "sign-out", WHO, "--json").json == {"email": WHO, "ended": 0}
    gone = cogep("user", "disable", WHO, "--json").json
    assert gone["id"] == made["id"]
    assert gone["disabled_at"]
    assert cogep("user", "list", "--json").json == {"users": []}
    assert cogep("user", "enable", WHO, "--json").json["disabled_at"] is None
    assert "não" in cogep("user", "disable", "ninguem@exemplo.gov.br", "--json").err
