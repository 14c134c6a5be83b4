"""Tell the name of a column from what stands in one: "Responsável" from "Ana". Pure."""

from cogep_assist.retrieval.portuguese import fold, words

_NAMES_TEXT = """
nome servidor funcionario colaborador aluno professor cliente fornecedor paciente morador socio
usuario responsavel titular chefe gestor contato cargo funcao setor unidade departamento secretaria
orgao area lotacao equipe curso disciplina turma cidade municipio uf estado pais bairro endereco cep
local sala bloco andar telefone ramal celular whatsapp email site data dia mes ano hora horario
periodo turno inicio fim prazo vigencia vencimento validade valor preco custo taxa tarifa salario
remuneracao total quantidade qtd percentual desconto multa codigo numero id matricula cpf cnpj rg
sigla significado descricao item produto servico tipo categoria classe modalidade situacao status
observacao obs documento requisito assunto tema titulo autor objeto finalidade motivo pergunta
resposta termo definicao conceito razao processo contrato edital vaga etapa fase atividade evento
"""
_NAMES = frozenset(_NAMES_TEXT.split())
_JOINING = frozenset(("de", "do", "da", "dos", "das", "por", "para", "no", "na", "e", "ou"))


def names_a_column(text: str) -> bool:
    """Tell whether a text is what columns are called: "Prazo", "Data de início", not "Sala 12"."""
    said = fold(text).strip(" :*").split()
    if not said or fold(said[0]).strip("-.:").replace("-", "") not in _NAMES:
        return False
    return len(said) == 1 or (len(said) > 2 and said[1] in _JOINING)


def name_columns(texts: list[str]) -> bool:
    """Tell whether half of some texts or more, and two different ones, are what columns are called.

    "Curso de Direito", "Curso de Letras" are things of one kind, and no names.
    """
    named = [text for text in texts if names_a_column(text)]
    kinds = {words(text)[0] for text in named if words(text)}
    return len(kinds) > 1 and 2 * len(named) >= len(texts)
