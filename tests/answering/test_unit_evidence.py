"""What speaks for a unit besides its words: rare terms of the base, names, what came before it."""

from cogep_assist.answering.extract import extract
from cogep_assist.answering.question_type import Sought
from cogep_assist.answering.unit_evidence import (
    named_share,
    named_terms,
    new_facts,
    said_around,
    share,
    subject_weights,
    term_rarity,
)
from cogep_assist.retrieval.hit import AskedTerm, Findings
from cogep_assist.retrieval.portuguese import stem

QUESTION = "Quando a resolução de Araújo foi revogada?"
SUBJECT = (
    "A resolução de Araújo disciplinou o teletrabalho. Os setores de Araújo a seguiram por anos. "
    "Ela deixou de valer em 14 de março de 2019, por decisão da diretoria."
)
CHANCE = "A portaria de diárias foi revogada pela diretoria depois de uma longa consulta pública."


def test_a_term_that_nothing_holds_weighs_nothing() -> None:
    terms = [AskedTerm("férias", "fer", 40), AskedTerm("Araújo", "arauj", 2)]
    rarity = term_rarity(Findings([], [*terms, AskedTerm("xyz", "xyz", 0)], 1_000))
    assert rarity["arauj"] > rarity["fer"] > 0
    assert rarity["xyz"] == 0


def test_the_base_weighs_and_without_it_the_passages_do() -> None:
    passages = [frozenset({"arauj", "revog"}), frozenset({"arauj"}), frozenset({"arauj"})]
    alone = subject_weights(["arauj", "revog"], None, passages)
    assert alone["revog"] > alone["arauj"]
    known = subject_weights(["arauj", "revog"], {"arauj": 5.0, "revog": 1.0}, passages)
    assert known["arauj"] > known["revog"]
    assert share(frozenset({"arauj"}), known) > share(frozenset({"revog"}), known)
    assert share(frozenset({"arauj"}), {}) == 0


def test_names_and_numbers_of_a_question_are_told_from_its_other_words() -> None:
    named = named_terms(f"{QUESTION[:-1]} em 2019?")
    assert named == {stem("araujo"), "2019"}
    assert named_share(named, frozenset({"2019"})) == 0.5
    assert named_share(frozenset(), frozenset()) == 1.0


def test_a_unit_goes_on_from_what_its_passage_said() -> None:
    first, second = frozenset({"arauj"}), frozenset({"revog"})
    assert said_around([first, second]) == [(first, second), (first | second, frozenset())]


def test_only_facts_of_the_kind_asked_for_count_and_none_that_is_given() -> None:
    texts = ["Em 2019, Ana Souza saiu.", "Depois de 2019 nada mudou em 2020 e 2021.", "Nada."]
    time, number, names = new_facts(texts, "Em 2019 ou quando?", Sought.TIME).T
    assert time.tolist() == [0, 2 / 3, 0]
    assert not number.any()
    assert not names.any()
    time, number, names = new_facts(texts, "Quem saiu?", Sought.PERSON).T
    assert names.tolist() == [2 / 3, 0, 0]
    assert not time.any()
    assert not new_facts(texts, "Que ato?", Sought.OTHER).any()


def test_the_subject_leads_to_the_sentence_that_no_longer_names_it(hit) -> None:
    passages = [
        hit(SUBJECT, name="teletrabalho", title="", score=1.0),
        hit(CHANCE, name="diárias", title="", score=0.9),
    ]
    rarity = {stem("resolucao"): 3.0, stem("araujo"): 6.0, stem("revogada"): 2.0}
    answer = extract(QUESTION, passages, rarity)
    assert "14 de março de 2019" in answer.text
    assert all(s.quote == s.hit.text[s.start : s.end] for s in answer.sentences)
