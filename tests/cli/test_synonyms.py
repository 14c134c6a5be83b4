"""``cogep synonyms``, ``cogep db vectors`` and a narrowed ``cogep search``."""

from cogep_command import Cogep


def test_synonyms_from_the_first_to_the_last(cogep: Cogep) -> None:
    assert "Nenhum sinônimo" in cogep("synonyms", "list").out
    made = cogep("synonyms", "add", "computador portátil", "notebook", "laptop")
    assert made.out == "“computador portátil” e “notebook; laptop”: valem umas pelas outras.\n"
    one_way = cogep("synonyms", "add", "férias", "repouso anual", "--one-way", "--json").json
    assert one_way["direction"] == "one_way"
    again = cogep("synonyms", "add", "Computadores portátil", "tablet")
    assert (again.status, "Já há um sinônimo" in again.err) == (1, True)
    for wrong in (("férias", " "), ("férias", "x" * 121), ("férias", *["x"] * 21)):
        assert cogep("synonyms", "add", *wrong).status == 1
    listed = cogep("synonyms", "list", "--json").json["items"]
    assert [entry["phrase"] for entry in listed] == ["férias", "computador portátil"]
    assert "férias" in cogep("synonyms", "list").out
    assert "foi removido" in cogep("synonyms", "remove", listed[0]["id"]).out
    assert cogep("synonyms", "remove", listed[0]["id"]).status == 1
    # The same base has no vectors yet, and a search says what it cannot be narrowed to.
    assert "Não há vetores" in cogep("db", "vectors").out
    assert cogep("db", "vectors", "--json").json == {"spaces": []}
    assert (
        "Nada encontrado" in cogep("search", "férias", "--type", "pdf", "--until", "2026-01-01").out
    )
    refused = cogep("search", "férias", "--type", "exe")
    assert (refused.status, "não conhece o tipo" in refused.err) == (1, True)
