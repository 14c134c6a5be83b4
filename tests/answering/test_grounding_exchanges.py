"""Sentences that have every word of a passage and join, order or restrict them otherwise."""

from cogep_assist.answering.grounding import Grounds

CASES = """
P A convocação é enviada por e-mail e afixada no elevador. O recurso é apresentado ao síndico ou ao conselho.
- A convocação é enviada por e-mail ou afixada no elevador.
- O recurso é apresentado ao síndico e ao conselho.
+ A convocação é enviada por e-mail e é afixada no elevador.
+ A convocação é afixada no elevador.
P O corte só é autorizado com laudo da Secretaria. O aviso é dado com 15 dias de antecedência.
- O corte é autorizado com laudo da Secretaria.
- O aviso é dado sem 15 dias de antecedência.
+ O corte depende de laudo da Secretaria.
+ O corte é autorizado apenas com laudo da Secretaria.
P Obras são permitidas de segunda a sexta-feira, das 8h às 17h.
- Obras são permitidas de segunda a quinta-feira, das 8h às 17h.
+ Obras são permitidas de segunda a sexta, das 8h às 17h.
P Troque o óleo após as primeiras 5 horas de uso e depois a cada 50 horas.
- Troque o óleo após as primeiras 50 horas de uso e depois a cada 5 horas.
+ Depois das primeiras 5 horas de uso, o óleo é trocado a cada 50 horas.
P Foram aprovados 19 dos 28 projetos inscritos, com mais de um orientador cada.
- Foram aprovados 28 dos 19 projetos inscritos.
- Foram aprovados 19 dos 28 projetos inscritos, com menos de um orientador cada.
+ Dos 28 projetos inscritos, 19 foram aprovados.
P A bolsa é paga a partir do segundo período do curso, antes da matrícula.
- A bolsa é paga até o segundo período do curso.
- A bolsa é paga a partir do segundo período do curso, depois da matrícula.
+ A partir do segundo período do curso a bolsa é paga.
P O reembolso é de 95% do valor se pedido até 3 horas antes. É vedada a subcontratação, exceto em caso de quebra.
- O reembolso é de 95% do valor.
- É vedada a subcontratação.
+ O reembolso é de 95% do valor se for pedido até 3 horas antes.
P O prazo foi prorrogado porque a chuva atrasou a vistoria.
- A chuva atrasou a vistoria porque o prazo foi prorrogado.
+ Como a chuva atrasou a vistoria, o prazo foi prorrogado.
+ A chuva atrasou a vistoria, por isso o prazo foi prorrogado.
"""  # noqa: E501 (a passage is one line)


def test_what_is_joined_ordered_or_restricted_otherwise_is_dropped(hit) -> None:
    grounds = None
    for line in CASES.strip().splitlines():
        mark, _, sentence = line.partition(" ")
        if mark == "P":
            grounds = Grounds([hit(sentence, title="Documento")])
            continue
        found = grounds.support(sentence, (0,))
        assert found.supported is (mark == "+"), (sentence, found.reason)
