"""What is emphasised in an answer: the thing that was asked for, and nothing else."""

import pytest

from cogep_assist.answering.answer_span import answer_span, cell_span

CASES = [
    (
        "Qual o prazo para recurso?",
        "O prazo para interpor recurso é de 10 (dez) dias úteis, contados da ciência.",
        "10 (dez) dias úteis",
    ),
    (
        "Quando começa o recesso?",
        "O recesso começa em 20 de dezembro de 2025 e vai até 6 de janeiro.",
        "20 de dezembro de 2025",
    ),
    (
        "Quem autoriza a viagem?",
        "A viagem é autorizada pela Pró-Reitoria de Gestão de Pessoas, ouvida a chefia.",
        "Pró-Reitoria de Gestão de Pessoas",
    ),
    ("Onde fica o protocolo?", "O protocolo fica no Bloco B, sala 12.", "Bloco B"),
    ("Onde fica a sede?", "A sede do órgão fica em SP, perto do parque.", "SP"),
    (
        "Quanto custa a segunda via?",
        "A 2ª via custa R$ 35,50 e é paga por GRU até o dia 10.",
        "R$ 35,50",
    ),
    (
        "O que é o SIAPE?",
        "SIAPE é o sistema de administração de pessoal.",
        "o sistema de administração de pessoal",
    ),
    (
        "Por que o pedido foi negado?",
        "O pedido foi negado porque faltou o laudo; cabe recurso.",
        "porque faltou o laudo",
    ),
    (
        "O que é o PGD?",
        "O PGD (Programa de Gestão e Desempenho) é o programa de quem trabalha por entregas.",
        "o programa de quem trabalha por entregas",
    ),
    (
        "O que significa a sigla SIAPE?",
        "SIAPE (Sistema de Administração de Pessoal): guarda o cadastro e gera a folha.",
        "Sistema de Administração de Pessoal",
    ),
    ("Até que idade é pago?", "Paga-se R$ 490,00 do nascimento até completar 6 anos.", "6 anos"),
    ("De quanto em quanto tempo posso sair?", "A cada 5 anos tiram-se 90 dias.", "A cada 5 anos"),
    ("Até quando posso reabrir?", "Reabre-se em até 7 dias corridos.", "em até 7 dias corridos"),
    ("Em quantas etapas divido as férias?", "Em 2 anos, até três etapas, com 50%.", "três"),
    ("Qual é o percentual do adicional?", "Em 2024 passou a ser de 25% da hora.", "25%"),
    (
        "Qual o valor da bolsa de 6 horas?",
        "A bolsa é de R$ 800,00 para 4 horas e de R$ 1.130,00 para 6 horas.",
        "R$ 1.130,00",
    ),
    ("Qual é o e-mail do SAS?", "Atende no Bloco A, por sas@exemplo.gov.br.", "sas@exemplo.gov.br"),
    ("Qual o ramal da perícia?", "A perícia, em até 3 dias, atende no ramal 2160.", "2160"),
    ("Qual o telefone?", "Ligue para 0800 123 4567 ou vá à sala 12.", "0800 123 4567"),
    ("Qual o horário de atendimento?", "Atendimento: das 8h às 17h.", "das 8h às 17h"),
]


@pytest.mark.parametrize(("question", "text", "wanted"), CASES)
def test_what_was_asked_for_is_found_to_the_letter(question: str, text: str, wanted: str) -> None:
    span = answer_span(question, text)
    assert span is not None
    assert text[slice(*span)] == wanted


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Como pedir férias?", "Acesse o portal e escolha “Férias” até 10 de maio."),
        ("Quando, em 1990, saiu a lei?", "A lei saiu em 1990."),
        ("Quem é José?", "Ninguém sabe."),
        ("Quando?", ""),
        ("Quem assina o plano do PGD?", "2. Combine o plano do PGD (Programa de Gestão)."),
        ("Quem pode fazer teletrabalho?", "Precisa de 12 meses no Instituto Exemplo."),
        ("Quanto tempo dura a avaliação?", "São avaliações no 12º e no 32º mês."),
        ("Onde fica a CHC?", "A CHC (Central de Histórico) muda o SIAPE."),
        ("O que é efetivo exercício?", "São exigidos 12 meses de efetivo exercício."),
        ("Em quantas etapas divido as férias?", "São 20 dias consecutivos por semestre."),
    ],
)
def test_nothing_is_emphasised_where_it_cannot_be_told(question: str, text: str) -> None:
    assert answer_span(question, text) is None


def test_of_several_the_nearest_to_the_words_asked_is_taken() -> None:
    text = "A inscrição custa R$ 10,00; o diploma, por sua vez, custa R$ 90,00."
    span = answer_span("Quanto custa o diploma?", text)
    assert span is not None
    assert text[slice(*span)] == "R$ 90,00"


@pytest.mark.parametrize(
    ("question", "header", "row", "wanted"),
    [
        (
            "Em que data será pago o salário de setembro?",
            "Mês da folha | Fechamento da folha | Data do pagamento",
            "Setembro de 2027 | 10/09/2027 | 04/10/2027",
            "04/10/2027",
        ),
        (
            "Quem homologa as férias?",
            "Ato | Quem faz | Prazo",
            "Homologação | Chefia imediata | 5 dias",
            "Chefia imediata",
        ),
        ("Quando cai?", "", "8 e 9 de maio | segunda e terça-feira | Festa", "8 e 9 de maio"),
        ("Quanto ganha o técnico?", "", "Cargo: Técnico | Salário: R$ 6.000,00", "R$ 6.000,00"),
    ],
)
def test_of_a_row_the_whole_cell_of_the_column_asked_for(
    question: str, header: str, row: str, wanted: str
) -> None:
    span = cell_span(question, header, row)
    assert span is not None
    assert row[slice(*span)] == wanted


def test_without_a_value_of_the_kind_the_column_that_is_named_most_answers() -> None:
    row = "Destino: Brasília | Cargo de direção (R$): 581,00 | Demais cargos (R$): 425,40"
    for question, wanted in (
        ("Qual o valor da diária de cargo de direção para Brasília?", "581,00"),
        ("Qual o valor da diária dos demais cargos em Brasília?", "425,40"),
    ):
        span = cell_span(question, "", row)
        assert span is not None
        assert row[slice(*span)] == wanted
    assert cell_span("Qual a diária em Brasília?", "", row) is None


def test_no_cell_answers_what_none_holds() -> None:
    assert cell_span("Quando fecha?", "Sigla | Nome", "CHC | Central de Cadastro") is None
