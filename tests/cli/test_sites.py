"""``cogep site``: the line to embed, and what is wrong said in a sentence."""

from cogep_command import Cogep


def test_a_site_from_the_first_to_the_last(cogep: Cogep) -> None:
    assert "Nenhum site" in cogep("site", "list").out
    made = cogep("site", "add", "Portal", "--origin", "https://Portal.gov.br/", "--per-minute", "9")
    assert (made.status, "antes de </body>" in made.err) == (0, True)
    assert made.out.startswith('<script src="http://127.0.0.1:8000/widget.js" data-site="')
    again = cogep("site", "add", "Portal", "--origin", "https://portal.gov.br")
    assert (again.status, "Já existe um site" in again.err) == (1, True)
    wrong = cogep("site", "add", "Outro", "--origin", "portal.gov.br")
    assert (wrong.status, "não é o endereço de um site" in wrong.err) == (1, True)
    assert cogep("site", "add", " ", "--origin", "https://portal.gov.br").status == 1
    changed = cogep("site", "change", "Portal", "--consent", "Leia.", "--no-tickets", "--json").json
    assert (changed["consent"], changed["consent_version"]) == ("Leia.", 2)
    assert (changed["opens_tickets"], changed["asks_per_minute"]) == (False, 9)
    assert "desligado" in cogep("site", "disable", "Portal").out
    assert "desligado" in cogep("site", "list").out
    assert "religado" in cogep("site", "enable", "Portal").out
    assert cogep("site", "list", "--json").json["sites"][0]["enabled"] is True
    assert cogep("site", "show", "Portal").out == made.out
    assert "removido" in cogep("site", "remove", "Portal").out
    missing = cogep("site", "show", "Portal")
    assert (missing.status, "não existe" in missing.err) == (1, True)
