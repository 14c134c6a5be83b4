"""Words that frame a question weigh less than those that name its subject."""

from importlib import resources

from cogep_assist.answering.abstain import judge
from cogep_assist.answering.extract import extract
from cogep_assist.answering.frame_words import asked_factor, frame_factor, speaking
from cogep_assist.retrieval.hit import AskedTerm, Findings
from cogep_assist.retrieval.portuguese import fold, stem


def test_frames_weigh_less_and_subjects_all() -> None:
    for word in ("tipo", "nome", "acontece", "ano"):
        assert 0 < frame_factor(stem(word)) < 0.6, word
    for word in ("ferias", "licenca", "aposentadoria", "contracheque", "ponto", "2024", ""):
        assert frame_factor(stem(word)) == 1.0, word


def test_every_line_of_the_list_is_a_stem_and_a_share() -> None:
    text = resources.files("cogep_assist.answering").joinpath("frame_words.txt").read_text("ascii")
    lines = [line.split() for line in text.splitlines()]
    assert len({name for name, _ in lines}) == len(lines) > 300
    assert all(name.isalpha() and 0 < float(share) < 1 for name, share in lines)


def test_a_frame_that_no_passage_holds_lowers_the_confidence_less(hit) -> None:
    passage = hit("O recesso de fim de ano vai de 20 de dezembro a 6 de janeiro.")

    def confidence(word: str) -> float:
        question = f"{word} recesso?"
        terms = (AskedTerm(word, stem(word), 0), AskedTerm("recesso", stem("recesso"), 1))
        found = Findings((passage,), terms, 50)
        return judge(question, found, extract(question, [passage])).confidence

    assert confidence("tipo") > confidence("sino")


def asked(text: str, **frequencies: int) -> list[AskedTerm]:
    return [AskedTerm(one, stem(one), frequencies.get(one, 0)) for one in fold(text).split()]


def test_words_of_talk_ask_for_nothing_where_no_document_holds_them() -> None:
    terms = asked("onde pego headset aqui agora", headset=1)
    assert [one.word for one in speaking("onde pego headset aqui agora?", terms)] == [
        "onde",
        "headset",
    ]
    known = asked("pego headset", pego=3, headset=1)
    assert speaking("pego headset?", known) == known
    assert asked_factor(known[0]) < 0.5 < asked_factor(known[1]) == 1.0
    # Where nothing else is asked, they are what is asked.
    assert speaking("vai cair?", asked("vai cair")) == asked("vai cair")


def test_how_many_somebody_has_is_not_looked_for_and_a_number_of_a_thing_is() -> None:
    for question, word in (("quanto custam 3 camisas?", "3"), ("somos 8 em casa", "8")):
        terms = asked(question.rstrip("?"), custam=1, camisas=1, casa=1)
        assert word not in {one.word for one in speaking(question, terms)}, question
    article = asked("o que diz a lei 318", lei=4)
    assert "318" in {one.word for one in speaking("o que diz a lei 318?", article)}


def test_every_word_of_talk_is_folded_and_one_word() -> None:
    text = resources.files("cogep_assist.answering").joinpath("spoken_words.txt").read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert all(word == fold(word) for line in lines for word in line.split())
