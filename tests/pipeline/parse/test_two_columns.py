"""A sheet of two columns is a table under its heads, or names with what they mean."""

import pytest

from cogep_assist.pipeline.parse.context import ParseContext
from cogep_assist.pipeline.parse.dispatch import parse_document

HEADED = {
    "cities": ("Nome;Cidade", "Ana;Goiânia", "Bia;Recife"),
    "one kind of thing": ("Unidade;Responsável", "Unidade Centro;Ana", "Unidade Norte;Bia"),
    "courses": ("Curso;Coordenação", "Curso de Direito;Ana", "Curso de Letras;Bia", "Música;Ana"),
    "codes": ("Servidora;Sede", "Ana;DF", "Bia;SP"),
    "meanings": ("Sigla;Significado", "RH;Recursos Humanos", "TI;Tecnologia da Informação"),
    "amounts": ("Lanche;Custa", "Pão de queijo;R$ 2,00", "Café;R$ 3,00"),
    "answers": ("Pergunta;Resposta", "Posso parcelar?;Em três vezes", "Há multa?;Depois do dia 5"),
    "a form under heads": ("Item;Valor", "Data;23/11/2026", "Preço;R$ 9,00", "Sala;azul"),
    "marks": ("Documento exigido;Cópia autenticada", "RG;Sim", "Título de eleitor;Não"),
}
PAIRED = {
    "yes and no": ("Prazo;Sim", "Custo;Não", "Sala;Sim"),
    "short values": ("Órgão;RH", "Local;DF", "Setor;TI"),
    "a form": ("Razão social;Prefeitura", "Telefone;3333-1111", "CNPJ;11.222.333/0001-81"),
    "acronyms": ("RH;Recursos Humanos", "TI;Tecnologia da Informação"),
    "an edital": ("Objeto;Água mineral", "Vigência;18 meses", "Valor de referência;R$ 9,00"),
}


def read(lines: tuple[str, ...]) -> list[str]:
    parsed = parse_document("\n".join(lines).encode(), ParseContext(name="t.csv"))
    return parsed.text.splitlines()


@pytest.mark.parametrize("lines", HEADED.values(), ids=HEADED)
def test_rows_under_heads_say_them(lines: tuple[str, ...]) -> None:
    (name, what), *rows = (line.split(";") for line in lines)
    told = [f"{name}: {first} | {what}: {second}" for first, second in rows]
    assert read(lines) == told


@pytest.mark.parametrize("lines", PAIRED.values(), ids=PAIRED)
def test_names_and_what_they_mean_have_a_line_each(lines: tuple[str, ...]) -> None:
    told = [line.replace(";", ": ") for line in lines]
    assert read(lines) == told
