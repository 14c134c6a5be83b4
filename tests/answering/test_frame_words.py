"""Words that frame a question weigh less than those that name its subject."""

from importlib import resources

from cogep_assist.answering.abstain import judge
from cogep_assist.answering.extract import extract
from cogep_assist.answering.frame_words import frame_factor
from cogep_assist.retrieval.hit import AskedTerm, Findings
from cogep_assist.retrieval.portuguese import stem


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
