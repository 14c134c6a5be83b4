"""Articles, clauses and items that are asked for by number, and lists as laws write them."""

import pytest

from cogep_assist.answering.abstain import judge
from cogep_assist.answering.extract import extract
from cogep_assist.answering.passage_units import UnitKind, passage_units
from cogep_assist.answering.provisions import asked_provision, mentions
from cogep_assist.retrieval.hit import AskedTerm, Findings
from cogep_assist.retrieval.portuguese import sentences

LAW = """Art. 7º Os eventos em praça pública dependem de autorização prévia.

§ 1º O pedido será protocolado com antecedência mínima de 20 dias úteis.

§ 2º A autorização é gratuita para eventos beneficentes.

Art. 8º O descumprimento desta Lei sujeita o infrator a:

I - advertência, na primeira ocorrência;

II - multa de R$ 850,00, na segunda ocorrência;

III - apreensão do equipamento, na terceira.

Art. 9º O infrator poderá apresentar defesa em 15 dias, nos termos do art. 8º. Parágrafo único. \
Da decisão cabe recurso ao Conselho Municipal.

Art. 10. O valor das multas será corrigido pelo IPCA."""
ORDER = """Art. 8 O alvará de construção vale por dois anos."""
CONTRACT = """CLÁUSULA SÉTIMA - DA RESCISÃO

7.1. Qualquer das partes pode rescindir com aviso de 60 dias.

7.2. O foro é o da comarca de Serra Clara.

CLÁUSULA OITAVA - DOS CASOS OMISSOS

8.1. Os casos omissos serão decididos em comum acordo."""
EDITAL = """2.1 O candidato deverá:

a) estar matriculado em curso de graduação;

b) dedicar 20 horas semanais ao projeto.

2.2 É vedada a acumulação com outra bolsa."""


@pytest.fixture
def passages(hit):
    return [
        hit(LAW, title="Lei nº 3.218, de 2019, do sossego", name="a"),
        hit(ORDER, title="Instrução normativa de obras", name="b"),
        hit(CONTRACT, title="Contrato de transporte", name="c"),
        hit(EDITAL, title="Edital de bolsas", name="d"),
    ]


def test_what_is_named_is_what_is_told(passages) -> None:
    for question, told in (
        ("O que diz o art. 7º, § 2º da lei do sossego?", ["§ 2º A autorização é"]),
        ("parágrafo único do artigo 9", ["Parágrafo único. Da decisão cabe recurso"]),
        ("qual o inciso III do art. 8º da lei 3.218", ["Art. 8º O desc", "III - apreensão"]),
        ("ART 10", ["Art. 10. O valor das multas será corrigido pelo IPCA."]),
        ("o que diz o art. 8 da instrução de obras?", ["Art. 8 O alvará"]),
        ("art. 7º da lei", ["Art. 7º Os eventos", "§ 1º O pedido", "§ 2º A autorização"]),
        ("o que prevê a cláusula sétima do contrato?", ["7.1. Qualquer", "7.2. O foro"]),
        ("cláusula 7.2", ["7.2. O foro"]),
        ("item 2.1 do edital", ["2.1 O candidato", "a) estar", "b) dedicar"]),
    ):
        answer = extract(question, passages)
        assert answer.named, question
        quotes = [one.quote for one in answer.sentences]
        assert len(quotes) == len(told), (question, quotes)
        assert all(map(str.startswith, quotes, told)), (question, quotes)


def test_what_is_not_there_is_not_made_up(passages) -> None:
    terms = [AskedTerm("lei", "lei", 1)]
    for question, answered in (
        ("o que diz o art. 10 da lei do sossego?", True),
        ("o que diz o art. 99 da lei do sossego?", False),
        ("art. 8º, inciso IX", False),
        ("o que diz o art. 7º da constituição?", False),
        ("cláusula vigésima", False),
    ):
        answer = extract(question, passages)
        assert answer.named is answered, question
        verdict = judge(question, Findings(passages, terms, 40), answer)
        if answered:
            assert not verdict.abstain
            assert verdict.confidence == 1.0
        elif asked_provision(question).parts[0][1] in {"99", "20"}:
            assert verdict.abstain, question
    named = asked_provision("art. 87 da lei 8.112")
    assert mentions(named, "conforme os arts. 82, 87 e 90 da Lei nº 8.112")
    assert not mentions(named, "conforme os arts. 82 e 90 da Lei nº 8.112, de 1987")
    for question in ("quanto custa a obra de arte 5?", "§ 2º", "inciso III", "quem aprova?"):
        assert asked_provision(question) is None, question


def test_a_law_is_read_as_it_is_written() -> None:
    text = "Art. 10. O valor é corrigido. Parágrafo único. A taxa não muda. Art. 11. Revogue-se."
    assert [text[a:b] for a, b in sentences(text)] == [
        "Art. 10. O valor é corrigido.",
        "Parágrafo único. A taxa não muda.",
        "Art. 11. Revogue-se.",
    ]
    units = passage_units(LAW)
    items = [unit for unit in units if unit.kind is UnitKind.ITEM]
    assert len(items) == 3
    assert len({(unit.group, unit.lead) for unit in items}) == 1
    assert LAW[units[items[0].lead].start :].startswith("Art. 8º")


def test_lines_that_were_broken_on_purpose_are_items() -> None:
    bullets = "deploy de segunda a quinta, até 16h\nquem aprova: Duda\nrollback leva uns 6 minutos"
    assert [unit.kind for unit in passage_units(bullets)] == [UnitKind.ITEM] * 3
    wrapped = (
        "O pedido de alvará de construção será instruído com planta assinada\n"
        "por profissional habilitado, matrícula do imóvel e comprovante da\n"
        "taxa de análise"
    )
    assert [unit.kind for unit in passage_units(wrapped)] == [UnitKind.SENTENCE]
