"""What a person is told of the words that kept a question from being answered."""

import time
from dataclasses import replace

from cogep_assist.answering.lacking_words import LackingWords, lacking_words, with_near_miss
from cogep_assist.answering.near_miss import NearMiss
from cogep_assist.answering.written_words import written_words
from cogep_assist.rag_service.abstention_words import abstention_words
from cogep_assist.retrieval.portuguese import stem

LEAVE = "As férias dos servidores são de trinta dias por ano, com adicional de um terço."
PERMIT = "A licença-prêmio foi extinta em 1997; resta o saldo de quem a adquiriu."


def test_words_are_told_apart_by_where_they_stand(hit, findings) -> None:
    question = "Qual é a carência das feriaz do Plutônio com adicional?"
    near = [hit(LEAVE, name=str(n), title="Guia") for n in range(3)]
    last = hit(PERMIT + " A carência é outra; ferias, feriado.", name="prêmio")
    found = findings(question, [*near, last])
    terms = [
        replace(one, stand_ins=(stem("feriado"), stem("ferias"))) if one.word == "feriaz" else one
        for one in found.terms
    ]
    lacking = lacking_words(question, replace(found, terms=terms))
    assert lacking == LackingWords(
        unknown=("Plutônio",),
        elsewhere=("carência",),
        replaced=(("feriaz", "férias"),),
        suggestion="Qual é a carência das férias do Plutônio com adicional?",
    )
    assert abstention_words(lacking, near=True) == (
        "Não encontrei nos documentos uma resposta segura para esta pergunta. "
        "Nenhum documento fala de “Plutônio”. "
        "Nenhum documento traz “feriaz”: procurei por “férias”. "
        "Os documentos mais próximos não falam de “carência”. "
        "Tente com outras palavras, veja os documentos mais próximos ou fale com um atendente."
    )


def test_what_only_frames_a_question_and_what_is_alike_by_chance_is_not_named(
    hit, findings
) -> None:
    question = "Que tipo de férias existem na Mongólia e no Butão?"
    found = findings(question, [hit("As férias vêm na monografia da colônia.")])
    terms = [
        replace(one, stand_ins=(stem("monografia"), stem("colonia")))
        if one.word == "mongolia"
        else one
        for one in found.terms
    ]
    lacking = lacking_words(question, replace(found, terms=terms))
    assert lacking == LackingWords(unknown=("Mongólia", "Butão"))
    said = abstention_words(lacking, near=False)
    assert "fala de “Mongólia” nem de “Butão”. Tente com outras palavras ou fale" in said
    assert "mais próximos" not in abstention_words(None, near=False)


def test_a_compound_is_named_as_it_was_typed_and_not_beside_a_part_of_it() -> None:
    assert written_words("Qual o auxílio-moradia?")["auxiliomoradia"] == "auxílio-moradia"
    near = NearMiss("moradia", "alimentação")
    told = with_near_miss(LackingWords(unknown=("auxílio-moradia", "zumbi")), near)
    assert (told.unknown, told.instead) == (("zumbi",), (("moradia", "alimentação"),))


def test_a_word_without_end_is_looked_through_once() -> None:
    began = time.process_time()

    written = written_words(f"auxílio-moradia {'é' * 20_000} {'ação' * 5_000}")

    assert time.process_time() - began < 1
    assert written["auxiliomoradia"] == "auxílio-moradia"
