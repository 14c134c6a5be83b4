# ruff: noqa: E501 - sentences stand on one line
"""Sentences that a model might write about passages, by hand, each marked as held or not.

``held`` and ``not_held`` pair a kind with a sentence. The kinds tell where the check is strong and
where it is not: number, date, unit, bound, name, negation, modality, quantifier, swap, rival,
invented, paraphrase, literal.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """A passage, what it supports and what it does not."""

    text: str
    held: tuple[tuple[str, str], ...]
    not_held: tuple[tuple[str, str], ...]
    heading: str = ""
    title: str = "Documento"


CASES = (
    Case(
        "As férias dos servidores são de trinta dias por ano. Elas podem ser divididas em até três "
        "etapas, nenhuma menor que cinco dias.",
        held=(
            ("literal", "As férias dos servidores são de trinta dias por ano."),
            ("number", "Os servidores têm 30 dias de férias por ano."),
            ("paraphrase", "As férias podem ser parceladas em até 3 etapas."),
            ("bound", "Nenhuma etapa pode ter menos de cinco dias."),
        ),
        not_held=(
            ("number", "As férias dos servidores são de 45 dias por ano."),
            ("unit", "As férias dos servidores são de trinta meses por ano."),
            ("modality", "As férias devem ser divididas em três etapas."),
            ("negation", "As férias não podem ser divididas em etapas."),
            ("bound", "As férias podem ser divididas em no mínimo três etapas."),
            (
                "invented",
                "As férias dos servidores são de trinta dias e podem ser vendidas ao banco.",
            ),
        ),
    ),
    Case(
        "O adicional de férias equivale a um terço da remuneração do mês em que as férias começam.",
        held=(
            ("paraphrase", "O adicional de férias corresponde a 1/3 da remuneração."),
            ("literal", "O adicional de férias equivale a um terço da remuneração do mês."),
            (
                "paraphrase",
                "O valor do adicional de férias é um terço do salário do mês em que elas começam.",
            ),
        ),
        not_held=(
            ("number", "O adicional de férias equivale a metade da remuneração."),
            ("number", "O adicional de férias equivale a dois terços da remuneração."),
            (
                "rival",
                "O adicional de férias equivale a um terço da remuneração do mês em que as férias terminam.",
            ),
            ("negation", "O adicional de férias não equivale a um terço da remuneração."),
        ),
    ),
    Case(
        "O requerimento deve ser entregue até 15 de março de 2025, às 17h30, no protocolo do Bloco B.",
        held=(
            ("date", "O pedido deve ser apresentado até 15/03/2025."),
            ("literal", "O requerimento deve ser entregue no protocolo do Bloco B."),
            ("date", "A entrega do requerimento vai até 15 de março de 2025, às 17:30."),
        ),
        not_held=(
            ("date", "O requerimento deve ser entregue até 15 de maio de 2025."),
            ("date", "O requerimento deve ser entregue até 25/03/2025."),
            ("date", "O requerimento deve ser entregue até 15 de março de 2026."),
            ("date", "O requerimento deve ser entregue até as 18h30 de 15 de março de 2025."),
            ("bound", "O requerimento deve ser entregue a partir de 15 de março de 2025."),
            ("modality", "O requerimento pode ser entregue até 15 de março de 2025."),
            ("name", "O requerimento deve ser entregue no protocolo do Bloco C."),
        ),
    ),
    Case(
        "A taxa de inscrição custa R$ 1.250,00 e pode ser paga em até 5 parcelas. Estudantes da rede "
        "pública são isentos da taxa.",
        held=(
            ("number", "A taxa de inscrição é de R$ 1.250."),
            ("number", "A inscrição custa mil duzentos e cinquenta reais."),
            ("literal", "A taxa pode ser paga em até 5 parcelas."),
            ("paraphrase", "Estudantes da rede pública não precisam pagar a taxa."),
        ),
        not_held=(
            ("number", "A taxa de inscrição custa R$ 125,00."),
            ("number", "A taxa de inscrição custa R$ 1.520,00."),
            ("unit", "A taxa de inscrição custa 1.250 dólares."),
            ("negation", "Estudantes da rede pública não são isentos da taxa."),
            ("negation", "A taxa não pode ser paga em parcelas."),
            ("rival", "Estudantes da rede privada são isentos da taxa."),
            ("number", "A taxa pode ser paga em até 12 parcelas."),
        ),
    ),
    Case(
        "Maria da Conceição Araújo coordena o Setor de Protocolo e José Antônio Ferreira coordena a "
        "Biblioteca Central.",
        held=(
            ("name", "Maria da Conceição Araújo coordena o Setor de Protocolo."),
            ("name", "A Biblioteca Central é coordenada por José Antônio Ferreira."),
            ("name", "José Antônio Ferreira coordena a Biblioteca Central."),
        ),
        not_held=(
            ("swap", "Maria da Conceição Araújo coordena a Biblioteca Central."),
            ("swap", "José Antônio Ferreira coordena o Setor de Protocolo."),
            ("name", "Mariana Araújo coordena o Setor de Protocolo."),
            ("name", "João Antônio Ferreira coordena a Biblioteca Central."),
            ("negation", "Maria da Conceição Araújo não coordena o Setor de Protocolo."),
        ),
    ),
    Case(
        "Servidores têm direito a 30 dias de férias e estagiários a 15 dias de recesso por semestre.",
        held=(
            ("literal", "Servidores têm direito a 30 dias de férias."),
            ("paraphrase", "Estagiários têm 15 dias de recesso por semestre."),
        ),
        not_held=(
            ("swap", "Estagiários têm direito a 30 dias de férias."),
            ("swap", "Servidores têm 15 dias de férias."),
            ("swap", "Estagiários têm 30 dias de recesso por semestre."),
            ("unit", "Estagiários têm 15 horas de recesso por semestre."),
        ),
    ),
    Case(
        "É vedado ao servidor, em qualquer caso, acumular mais de dois períodos de férias.",
        held=(
            ("paraphrase", "O servidor não pode acumular mais de dois períodos de férias."),
            ("paraphrase", "É proibido acumular mais de dois períodos de férias."),
        ),
        not_held=(
            ("negation", "O servidor pode acumular mais de dois períodos de férias."),
            ("bound", "O servidor não pode acumular menos de dois períodos de férias."),
            ("number", "O servidor não pode acumular mais de três períodos de férias."),
            ("modality", "O servidor deve acumular mais de dois períodos de férias."),
        ),
    ),
    Case(
        "Não é necessário reconhecer firma. Basta apresentar documento com foto e o comprovante de "
        "residência emitido há no máximo 90 dias.",
        held=(
            ("paraphrase", "Não é preciso reconhecer firma."),
            ("literal", "Basta apresentar documento com foto e o comprovante de residência."),
            ("bound", "O comprovante de residência deve ter sido emitido há no máximo 90 dias."),
        ),
        not_held=(
            ("negation", "É necessário reconhecer firma."),
            ("bound", "O comprovante de residência deve ter sido emitido há no mínimo 90 dias."),
            ("number", "O comprovante de residência deve ter sido emitido há no máximo 60 dias."),
            ("negation", "Não é necessário apresentar documento com foto."),
        ),
    ),
    Case(
        "Todos podem se inscrever, exceto os estagiários. A inscrição é gratuita.",
        held=(
            ("literal", "A inscrição é gratuita."),
            ("paraphrase", "Os estagiários não podem se inscrever."),
        ),
        not_held=(
            ("negation", "Os estagiários podem se inscrever."),
            ("negation", "A inscrição não é gratuita."),
            ("rival", "A inscrição é paga."),
        ),
    ),
    Case(
        "O auxílio-transporte será pago até o quinto dia útil do mês. O desconto é de 6% do vencimento "
        "básico.",
        held=(
            (
                "number",
                "O desconto do auxílio-transporte é de seis por cento do vencimento básico.",
            ),
            ("literal", "O auxílio-transporte será pago até o quinto dia útil do mês."),
        ),
        not_held=(
            ("number", "O desconto é de 8% do vencimento básico."),
            ("rival", "O auxílio-transporte será pago até o quinto dia corrido do mês."),
            ("bound", "O auxílio-transporte será pago depois do quinto dia útil do mês."),
            ("unit", "O desconto é de R$ 6 do vencimento básico."),
        ),
    ),
    Case(
        "A Lei nº 8.112/1990 regula o regime jurídico dos servidores públicos civis da União.",
        held=(
            (
                "name",
                "O regime jurídico dos servidores públicos civis da União é regulado pela Lei nº 8.112/1990.",
            ),
            (
                "literal",
                "A Lei 8.112 regula o regime jurídico dos servidores públicos civis da União.",
            ),
        ),
        not_held=(
            (
                "number",
                "A Lei nº 8.666/1993 regula o regime jurídico dos servidores públicos civis da União.",
            ),
            ("name", "A Lei nº 8.112/1990 regula o regime jurídico dos servidores de Pernambuco."),
            (
                "number",
                "A Lei nº 8.112/1991 regula o regime jurídico dos servidores públicos civis da União.",
            ),
        ),
    ),
    Case(
        "O SEI (Sistema Eletrônico de Informações) guarda os processos. O acesso externo depende de "
        "aprovação do gestor da unidade.",
        held=(
            ("literal", "O acesso externo depende de aprovação do gestor da unidade."),
            ("name", "O Sistema Eletrônico de Informações guarda os processos."),
            ("paraphrase", "Os processos ficam guardados no SEI."),
        ),
        not_held=(
            ("rival", "O acesso interno depende de aprovação do gestor da unidade."),
            ("negation", "O acesso externo não depende de aprovação do gestor."),
            ("name", "O SIAPE guarda os processos."),
            ("invented", "O SEI guarda os processos e apaga os documentos vencidos."),
        ),
    ),
    Case(
        "O atendimento funciona de segunda a sexta, das 8h às 17h, pelo telefone (81) 3333-4455 ou pelo "
        "e-mail suporte@exemplo.gov.br.",
        held=(
            ("date", "O atendimento funciona das 8h às 17h."),
            ("number", "O telefone do atendimento é (81) 3333-4455."),
            ("literal", "O e-mail do atendimento é suporte@exemplo.gov.br."),
        ),
        not_held=(
            ("date", "O atendimento funciona das 8h às 18h."),
            ("number", "O telefone do atendimento é (81) 3333-4456."),
            ("name", "O e-mail do atendimento é ajuda@exemplo.gov.br."),
            ("rival", "O atendimento funciona de segunda a domingo, das 8h às 17h."),
        ),
    ),
    Case(
        "Para abrir a conta, o cliente deve ter mais de 18 anos. Menores de idade podem abrir conta com "
        "autorização do responsável.",
        held=(
            ("bound", "O cliente deve ter mais de 18 anos para abrir a conta."),
            ("literal", "Menores de idade podem abrir conta com autorização do responsável."),
        ),
        not_held=(
            ("bound", "O cliente deve ter menos de 18 anos para abrir a conta."),
            ("negation", "Menores de idade não podem abrir conta com autorização do responsável."),
            ("negation", "Menores de idade podem abrir conta sem autorização do responsável."),
            ("number", "O cliente deve ter mais de 21 anos para abrir a conta."),
        ),
    ),
    Case(
        "A licença-maternidade dura 120 dias e pode ser prorrogada por 60 dias. A licença-paternidade "
        "dura 5 dias, prorrogáveis por mais 15.",
        held=(
            ("literal", "A licença-maternidade dura 120 dias."),
            ("number", "A licença-maternidade pode ser prorrogada por sessenta dias."),
            ("literal", "A licença-paternidade dura 5 dias."),
        ),
        not_held=(
            ("swap", "A licença-paternidade dura 120 dias."),
            ("swap", "A licença-maternidade dura 5 dias."),
            ("number", "A licença-maternidade dura 180 dias."),
            ("modality", "A licença-maternidade deve ser prorrogada por 60 dias."),
        ),
    ),
    Case(
        "A empresa registrou aumento de 12% nas vendas em 2023 e redução de 4% nos custos.",
        held=(
            ("number", "As vendas tiveram aumento de 12% em 2023."),
            ("literal", "A empresa registrou redução de 4% nos custos."),
        ),
        not_held=(
            ("rival", "A empresa registrou redução de 12% nas vendas em 2023."),
            ("swap", "Os custos tiveram aumento de 12%."),
            ("date", "As vendas tiveram aumento de 12% em 2022."),
            ("number", "As vendas tiveram aumento de 21% em 2023."),
        ),
    ),
    Case(
        "O processo foi deferido pelo Conselho Universitário em 7 de agosto de 2019.",
        held=(
            ("date", "O processo foi deferido em 07/08/2019."),
            ("name", "O Conselho Universitário deferiu o processo em agosto de 2019."),
        ),
        not_held=(
            (
                "rival",
                "O processo foi indeferido pelo Conselho Universitário em 7 de agosto de 2019.",
            ),
            ("negation", "O processo não foi deferido pelo Conselho Universitário."),
            ("name", "O processo foi deferido pelo Conselho Fiscal em 7 de agosto de 2019."),
            ("date", "O processo foi deferido em 8 de julho de 2019."),
        ),
    ),
    Case(
        "Passos para redefinir a senha:\n1. Acesse o portal e clique em “Esqueci minha senha”.\n2. "
        "Informe o CPF e o e-mail cadastrado.\n3. Abra a mensagem recebida em até 30 minutos.",
        held=(
            ("literal", "Acesse o portal e clique em “Esqueci minha senha”."),
            ("literal", "Informe o CPF e o e-mail cadastrado."),
            ("bound", "Abra a mensagem recebida em até 30 minutos."),
        ),
        not_held=(
            ("invented", "Informe o CPF, o e-mail cadastrado e o número do cartão de crédito."),
            ("unit", "Abra a mensagem recebida em até 30 horas."),
            ("invented", "Ligue para a central e peça uma senha provisória."),
        ),
    ),
    Case(
        "O prazo é de 5 dias úteis.",
        heading="Recurso contra o indeferimento",
        held=(
            ("paraphrase", "O prazo do recurso é de 5 dias úteis."),
            ("number", "O prazo é de cinco dias úteis."),
        ),
        not_held=(
            ("number", "O prazo do recurso é de 10 dias úteis."),
            ("rival", "O prazo do recurso é de 5 dias corridos."),
            ("invented", "O prazo da matrícula na universidade federal é de 5 dias úteis."),
        ),
    ),
    Case(
        "Apenas o titular da conta pode solicitar o cancelamento. O reembolso é feito em até 10 dias.",
        held=(
            ("literal", "Apenas o titular da conta pode solicitar o cancelamento."),
            ("paraphrase", "O titular da conta pode pedir o cancelamento."),
            ("bound", "O reembolso é feito em até dez dias."),
        ),
        not_held=(
            ("quantifier", "O reembolso é feito apenas em até 10 dias ao titular."),
            ("bound", "O reembolso é feito em mais de 10 dias."),
            ("negation", "O titular da conta não pode solicitar o cancelamento."),
            ("quantifier", "O reembolso é feito automaticamente em até 10 dias."),
        ),
    ),
    Case(
        "Alguns servidores optaram pelo teletrabalho. O teletrabalho é facultativo.",
        held=(
            ("literal", "Alguns servidores optaram pelo teletrabalho."),
            ("paraphrase", "O teletrabalho não é obrigatório."),
        ),
        not_held=(
            ("quantifier", "Todos os servidores optaram pelo teletrabalho."),
            ("modality", "O teletrabalho é obrigatório."),
        ),
    ),
    Case(
        "Categoria | Valor\nEstudante | R$ 50,00\nProfissional | R$ 120,00",
        held=(
            ("literal", "Estudante: R$ 50,00."),
            ("number", "O valor para a categoria profissional é R$ 120."),
        ),
        not_held=(
            ("swap", "O valor para a categoria estudante é R$ 120,00."),
            ("number", "O valor para a categoria profissional é R$ 150,00."),
        ),
        heading="Valores da inscrição",
    ),
    Case(
        "O Rio São Francisco nasce na Serra da Canastra, em Minas Gerais, e tem cerca de 2.830 km de "
        "extensão.",
        held=(
            ("name", "O Rio São Francisco nasce na Serra da Canastra."),
            ("number", "O Rio São Francisco tem cerca de 2.830 quilômetros de extensão."),
            ("name", "A nascente do Rio São Francisco fica em Minas Gerais, na Serra da Canastra."),
        ),
        not_held=(
            ("name", "O Rio São Francisco nasce na Bahia."),
            ("number", "O Rio São Francisco tem cerca de 3.830 km de extensão."),
            ("name", "O Rio Amazonas nasce na Serra da Canastra."),
            ("unit", "O Rio São Francisco tem cerca de 2.830 metros de extensão."),
        ),
    ),
    Case(
        "A vacina contra a febre amarela é recomendada a partir de 9 meses de idade. Gestantes devem "
        "consultar o médico antes de se vacinar.",
        held=(
            (
                "bound",
                "A vacina contra a febre amarela é recomendada a partir de nove meses de idade.",
            ),
            ("literal", "Gestantes devem consultar o médico antes de se vacinar."),
        ),
        not_held=(
            ("bound", "A vacina contra a febre amarela é recomendada até 9 meses de idade."),
            ("unit", "A vacina contra a febre amarela é recomendada a partir de 9 anos de idade."),
            ("rival", "Gestantes devem consultar o médico depois de se vacinar."),
            ("negation", "Gestantes não devem consultar o médico antes de se vacinar."),
        ),
    ),
    Case(
        "O contrato vence em 31/12/2024 e pode ser renovado uma única vez, por igual período.",
        held=(
            ("date", "O contrato vence em 31 de dezembro de 2024."),
            ("paraphrase", "O contrato pode ser renovado uma única vez."),
        ),
        not_held=(
            ("date", "O contrato vence em 30/12/2024."),
            ("negation", "O contrato não pode ser renovado."),
            ("number", "O contrato pode ser renovado duas vezes."),
        ),
    ),
    Case(
        "Quem perde o prazo não pode recorrer. A multa por atraso é de 2% ao mês.",
        held=(
            ("literal", "Quem perde o prazo não pode recorrer."),
            ("number", "A multa por atraso é de dois por cento ao mês."),
        ),
        not_held=(
            ("negation", "Quem perde o prazo pode recorrer."),
            ("rival", "A multa por atraso é de 2% ao ano."),
            ("number", "A multa por atraso é de 2,5% ao mês."),
        ),
    ),
    Case(
        "O laboratório abre às 7h30 e fecha às 19h. Aos sábados não há atendimento.",
        held=(
            ("date", "O laboratório abre às 7:30."),
            ("literal", "Aos sábados não há atendimento."),
            ("date", "O laboratório fecha às 19h."),
        ),
        not_held=(
            ("swap", "O laboratório fecha às 7h30."),
            ("negation", "Aos sábados há atendimento."),
            ("date", "O laboratório abre às 8h30."),
        ),
    ),
    Case(
        "A população do município era de 1,5 milhão de habitantes em 2010, segundo o IBGE.",
        held=(
            ("number", "O município tinha 1.500.000 habitantes em 2010."),
            (
                "name",
                "Segundo o IBGE, a população do município era de 1,5 milhão de habitantes em 2010.",
            ),
        ),
        not_held=(
            ("number", "O município tinha 1,5 mil habitantes em 2010."),
            ("date", "O município tinha 1,5 milhão de habitantes em 2020."),
            ("name", "Segundo a UNESCO, a população do município era de 1,5 milhão de habitantes."),
        ),
    ),
    Case(
        "O encaminhamento do formulário cabe à chefia imediata. A análise compete à Coordenação de "
        "Gestão de Pessoas.",
        held=(
            ("paraphrase", "A chefia imediata deve encaminhar o formulário."),
            ("paraphrase", "A Coordenação de Gestão de Pessoas analisa o formulário."),
            ("literal", "A análise compete à Coordenação de Gestão de Pessoas."),
        ),
        not_held=(
            ("swap", "A análise compete à chefia imediata."),
            ("name", "A análise compete à Coordenação de Finanças."),
            ("negation", "O encaminhamento do formulário não cabe à chefia imediata."),
        ),
    ),
    Case(
        "O equipamento pode ser emprestado por 7 dias, renováveis por mais 7, desde que não haja reserva.",
        held=(
            ("literal", "O equipamento pode ser emprestado por 7 dias."),
            ("number", "O empréstimo do equipamento é por sete dias, renováveis por mais sete."),
        ),
        not_held=(
            ("number", "O equipamento pode ser emprestado por 14 dias."),
            ("negation", "O equipamento não pode ser emprestado por 7 dias."),
            ("unit", "O equipamento pode ser emprestado por 7 semanas."),
        ),
    ),
    Case(
        "Em caso de acidente de trabalho, a comunicação deve ser feita em 24 horas. Se houver morte, a "
        "comunicação é imediata.",
        held=(
            ("number", "O acidente de trabalho deve ser comunicado em 24 horas."),
            ("literal", "Se houver morte, a comunicação é imediata."),
        ),
        not_held=(
            ("number", "O acidente de trabalho deve ser comunicado em 48 horas."),
            ("unit", "O acidente de trabalho deve ser comunicado em 24 dias."),
            ("modality", "O acidente de trabalho pode ser comunicado em 24 horas."),
            ("quantifier", "A comunicação do acidente de trabalho é sempre imediata."),
        ),
    ),
    Case(
        "O cartão de estacionamento é emitido pela Prefeitura do Campus em 3 dias úteis. A segunda via "
        "custa R$ 18,50.",
        held=(
            ("literal", "O cartão de estacionamento é emitido em 3 dias úteis."),
            ("name", "A Prefeitura do Campus emite o cartão de estacionamento."),
            ("number", "A segunda via custa dezoito reais e cinquenta centavos."),
            ("number", "O custo da segunda via é de R$ 18,50."),
        ),
        not_held=(
            ("number", "O cartão de estacionamento é emitido em 5 dias úteis."),
            ("name", "O cartão de estacionamento é emitido pela Reitoria."),
            ("number", "A segunda via custa R$ 185,00."),
            ("negation", "A segunda via não custa R$ 18,50."),
        ),
    ),
    Case(
        "O servidor em estágio probatório não pode ser cedido a outro órgão, salvo para ocupar cargo de "
        "direção.",
        held=(
            ("literal", "O servidor em estágio probatório não pode ser cedido a outro órgão."),
            ("paraphrase", "É vedada a cessão de servidor em estágio probatório a outro órgão."),
        ),
        not_held=(
            ("negation", "O servidor em estágio probatório pode ser cedido a outro órgão."),
            ("modality", "O servidor em estágio probatório deve ser cedido a outro órgão."),
            ("invented", "O servidor aposentado não pode ser cedido a outro órgão."),
        ),
    ),
    Case(
        "A bolsa vale R$ 700,00 por mês e exige dedicação de 20 horas semanais. O pagamento ocorre até o "
        "dia 10.",
        held=(
            ("number", "A bolsa é de setecentos reais por mês."),
            ("number", "A bolsa exige 20 horas semanais de dedicação."),
            ("bound", "O pagamento é feito até o dia 10."),
        ),
        not_held=(
            ("number", "A bolsa exige dedicação de 30 horas semanais."),
            ("rival", "A bolsa vale R$ 700,00 por semana."),
            ("bound", "O pagamento ocorre após o dia 10."),
            ("negation", "A bolsa não exige dedicação de 20 horas semanais."),
            ("number", "A bolsa vale R$ 7.000,00 por mês."),
        ),
    ),
    Case(
        "Dom Pedro II nasceu no Rio de Janeiro em 2 de dezembro de 1825 e governou o Brasil por 58 anos.",
        held=(
            ("date", "Dom Pedro II nasceu em 02/12/1825."),
            ("name", "Dom Pedro II nasceu no Rio de Janeiro."),
            ("number", "Dom Pedro II governou o Brasil durante 58 anos."),
        ),
        not_held=(
            ("date", "Dom Pedro II nasceu em 12 de fevereiro de 1825."),
            ("name", "Dom Pedro II nasceu em Lisboa."),
            ("name", "Dom Pedro I governou o Brasil por 58 anos."),
            ("number", "Dom Pedro II governou o Brasil por 48 anos."),
            ("unit", "Dom Pedro II governou o Brasil por 58 meses."),
        ),
    ),
    Case(
        "O restaurante serve almoço das 11h às 14h e jantar das 17h30 às 19h30. O preço para estudantes é "
        "R$ 3,50.",
        held=(
            ("date", "O almoço é servido das 11h às 14h."),
            ("date", "O restaurante serve jantar das 17h30 às 19h30."),
            ("number", "O preço para estudantes é de R$ 3,50."),
        ),
        not_held=(
            ("swap", "O restaurante serve jantar das 11h às 14h."),
            ("date", "O restaurante serve almoço das 11h às 15h."),
            ("number", "O preço para estudantes é R$ 35,00."),
            ("invented", "O preço para servidores é R$ 3,50."),
        ),
    ),
    Case(
        "A garantia cobre defeitos de fabricação por 12 meses. Danos por mau uso não são cobertos.",
        held=(
            ("literal", "A garantia cobre defeitos de fabricação por 12 meses."),
            ("paraphrase", "Danos por mau uso não são cobertos pela garantia."),
            ("number", "A garantia é de doze meses para defeitos de fabricação."),
        ),
        not_held=(
            ("negation", "Danos por mau uso são cobertos."),
            ("unit", "A garantia cobre defeitos de fabricação por 12 anos."),
            ("negation", "A garantia não cobre defeitos de fabricação."),
            ("number", "A garantia cobre defeitos de fabricação por 24 meses."),
        ),
    ),
    Case(
        "Candidatos devem apresentar diploma, certidão de quitação eleitoral e duas fotos 3x4. A "
        "comissão divulgará o resultado no dia 20 de junho de 2025.",
        held=(
            ("literal", "Candidatos devem apresentar diploma e certidão de quitação eleitoral."),
            ("date", "O resultado será divulgado pela comissão em 20/06/2025."),
        ),
        not_held=(
            ("negation", "Candidatos não devem apresentar diploma."),
            ("date", "O resultado será divulgado em 20 de julho de 2025."),
            (
                "invented",
                "Candidatos devem apresentar diploma, passaporte e comprovante de vacinação.",
            ),
            ("modality", "Candidatos podem apresentar diploma."),
        ),
    ),
    Case(
        "A vacinação é gratuita para maiores de 60 anos. Os demais pagam R$ 90,00 por dose.",
        held=(
            ("literal", "A vacinação é gratuita para maiores de 60 anos."),
            ("number", "Os demais pagam noventa reais por dose."),
        ),
        not_held=(
            ("bound", "A vacinação é gratuita para menores de 60 anos."),
            ("number", "A vacinação é gratuita para maiores de 65 anos."),
            ("swap", "Maiores de 60 anos pagam R$ 90,00 por dose."),
            ("quantifier", "A vacinação é sempre gratuita."),
        ),
    ),
    Case(
        "O Tribunal de Contas aprovou as contas de 2021 e rejeitou as de 2022.",
        held=(
            ("literal", "O Tribunal de Contas aprovou as contas de 2021."),
            ("date", "O Tribunal de Contas rejeitou as contas de 2022."),
        ),
        not_held=(
            ("swap", "O Tribunal de Contas rejeitou as contas de 2021."),
            ("swap", "O Tribunal de Contas aprovou as contas de 2022."),
            ("name", "O Tribunal de Justiça aprovou as contas de 2021."),
        ),
    ),
    Case(
        "Para emitir a segunda via do boleto, acesse o sistema, informe o CNPJ e escolha o mês. O boleto "
        "vence em 48 horas.",
        held=(
            ("literal", "Para emitir a segunda via do boleto, acesse o sistema e informe o CNPJ."),
            ("number", "O boleto vence em quarenta e oito horas."),
        ),
        not_held=(
            (
                "invented",
                "Para emitir a segunda via do boleto, informe o CPF do responsável legal.",
            ),
            ("unit", "O boleto vence em 48 dias."),
            ("negation", "O boleto não vence em 48 horas."),
        ),
    ),
)

# Written after the rules, which were not changed for them.
UNSEEN = (
    Case(
        "A biblioteca empresta até 6 livros por 15 dias. O atraso gera multa de R$ 1,00 por dia e por "
        "livro.",
        held=(
            ("bound", "A biblioteca empresta até seis livros por 15 dias."),
            ("number", "A multa por atraso é de R$ 1,00 por dia e por livro."),
            ("paraphrase", "É possível pegar até 6 livros emprestados na biblioteca por 15 dias."),
        ),
        not_held=(
            ("number", "A biblioteca empresta até 16 livros por 15 dias."),
            ("bound", "A biblioteca empresta no mínimo 6 livros por 15 dias."),
            ("number", "A multa por atraso é de R$ 10,00 por dia e por livro."),
            ("negation", "O atraso não gera multa."),
        ),
    ),
    Case(
        "A Ouvidoria responde às manifestações em 30 dias, prorrogáveis por mais 30 mediante "
        "justificativa.",
        held=(
            ("literal", "A Ouvidoria responde às manifestações em 30 dias."),
            ("number", "O prazo da Ouvidoria, de trinta dias, é prorrogável por mais trinta."),
        ),
        not_held=(
            ("name", "A Corregedoria responde às manifestações em 30 dias."),
            ("number", "A Ouvidoria responde às manifestações em 20 dias."),
            ("negation", "A Ouvidoria não responde às manifestações em 30 dias."),
            ("unit", "A Ouvidoria responde às manifestações em 30 horas."),
        ),
    ),
    Case(
        "O aluno com menos de 75% de frequência está reprovado, mesmo que tenha nota superior a 7.",
        held=(
            ("literal", "O aluno com menos de 75% de frequência está reprovado."),
            (
                "bound",
                "Está reprovado o aluno que tem menos de setenta e cinco por cento de frequência.",
            ),
        ),
        not_held=(
            ("bound", "O aluno com mais de 75% de frequência está reprovado."),
            ("rival", "O aluno com menos de 75% de frequência está aprovado."),
            ("number", "O aluno com menos de 70% de frequência está reprovado."),
            ("negation", "O aluno com menos de 75% de frequência não está reprovado."),
        ),
    ),
    Case(
        "Ana Lúcia Sampaio é a encarregada de dados. O contato é encarregada@exemplo.gov.br, e o "
        "substituto é Rui Barros.",
        held=(
            ("name", "A encarregada de dados é Ana Lúcia Sampaio."),
            ("name", "Rui Barros é o substituto."),
            ("literal", "O contato é encarregada@exemplo.gov.br."),
        ),
        not_held=(
            ("swap", "O encarregado de dados é Rui Barros."),
            ("name", "A encarregada de dados é Ana Luísa Sampaio."),
            ("name", "O contato é dados@exemplo.gov.br."),
        ),
    ),
    Case(
        "A empresa fundada em 1987 em Caruaru emprega 320 pessoas e exporta para 14 países.",
        held=(
            ("date", "A empresa foi fundada em 1987."),
            ("number", "A empresa emprega 320 pessoas."),
            ("number", "A empresa exporta para quatorze países."),
            ("name", "A empresa foi fundada em Caruaru."),
        ),
        not_held=(
            ("swap", "A empresa exporta para 320 países."),
            ("date", "A empresa foi fundada em 1978."),
            ("name", "A empresa foi fundada em Campina Grande."),
            ("number", "A empresa emprega 14 pessoas."),
        ),
    ),
    Case(
        "O visitante deve se identificar na portaria e não pode fotografar o laboratório.",
        held=(
            ("literal", "O visitante deve se identificar na portaria."),
            ("literal", "O visitante não pode fotografar o laboratório."),
            ("paraphrase", "É proibido ao visitante fotografar o laboratório."),
        ),
        not_held=(
            ("modality", "O visitante pode se identificar na portaria."),
            ("negation", "O visitante pode fotografar o laboratório."),
            ("negation", "O visitante não precisa se identificar na portaria."),
            ("swap", "O visitante não pode se identificar na portaria."),
        ),
    ),
)
