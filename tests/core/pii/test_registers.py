"""Tables, forms, JSON, transcripts and signatures: what tells a value there is not a sentence."""

from cogep_assist.core.pii.detect import PERSONAL, detect
from cogep_assist.core.pii.finding import Kind, Threshold


def found(text: str, threshold: Threshold = Threshold.EGRESS) -> dict[str, Kind]:
    """What is found in a text, by its surface."""
    findings = detect(text, threshold, detectors=PERSONAL)
    return {text[each.start : each.end]: each.kind for each in findings}


def test_the_head_of_a_column_tells_what_is_under_it_until_the_table_ends() -> None:
    tables = (
        "nome;nasc;fone;conta\nUirá Kopenawá;03/07/1984;32331234;12345-6\nfim da lista",
        "NOME\tDT_NASC\tTEL\tCONTA\nUirá Kopenawá\t03/07/1984\t32331234\t12345-6",
        (
            "| Nome | Data de nascimento | Telefone | Conta |\n|---|:-:|---|---|\n"
            "| Uirá Kopenawá | 03/07/1984 | 32331234 | 12345-6 |"
        ),
        'nome,dt_nasc,celular,conta\n"Uirá Kopenawá","03/07/1984",32331234,"12345-6"',
    )
    told = {
        "Uirá Kopenawá": Kind.PERSON,
        "03/07/1984": Kind.BIRTH_DATE,
        "32331234": Kind.PHONE,
        "12345-6": Kind.BANK_ACCOUNT,
    }
    for table in tables:
        assert found(table, Threshold.REPORT) == told, table
    # Things have names and numbers too; a table ends with another count of cells.
    for table in ("codigo;nome;preco\n12345678;Parafuso;10", "cpf;nome\n\n12;34\nx;Parafuso;9"):
        assert found(table, Threshold.REPORT) == {}, table


def test_a_key_tells_a_name_that_no_list_has() -> None:
    for text in (
        '{"nome": "uirá kopenawá"}',
        "<paciente>Uirá Kopenawá</paciente>",
        "Responsável legal: Kopenawá, Uirá\nTurma 3",
        "titular='Uirá Kopenawá'",
        "Nome da mãe (biológica):\tUirá Kopenawá",
    ):
        assert list(found(text).values()) == [Kind.PERSON], text
    for text in ("Responsável: a definir", "Cliente: sem rede desde ontem", "titular: -"):
        assert found(text) == {}, text


def test_dictated_digits_are_the_number_that_they_spell() -> None:
    dictated = "cinco dois nove, nove oito dois, dois quatro sete traço dois cinco"
    assert found(f"meu cpf é {dictated}", Threshold.REPORT) == {dictated: Kind.CPF}
    assert found("nove oito sete seis cinco quatro três dois um") != {}
    assert found("um dois três e já: dois pra lá, dois pra cá, meia hora") == {}


def test_a_telephone_is_hidden_from_its_first_sign() -> None:
    for number in ("+55 (91) 98765-4321", "0xx91 3233-1234", "0055 91 98765 4321"):
        assert list(found(f"telefone: {number}")) == [number]
    assert found("fala com ela: 3233-1234, pode ligar à noite") == {"3233-1234": Kind.PHONE}


def test_a_birth_date_behind_a_patient_and_in_one_piece_is_hidden() -> None:
    assert "03/07/1984" in found("Pcte Ana Souza, 03/07/1984, leito 12")
    assert found("data de nascimento: 03071984") == {"03071984": Kind.BIRTH_DATE}
    assert found("o prazo, 03/07/2026, leito 12") == {}


def test_an_address_behind_its_word_needs_no_capitals() -> None:
    for address in ("estrada do coqueiro, 458", "quadra 65 lote 5", "rod. br-316, 1782"):
        assert list(found(f"o endereço é {address} e fica longe")) == [address]


def test_a_pix_key_is_told_from_the_id_beside_it() -> None:
    key, other = "71b1c2d3-4e5f-4a6b-8c7d-9e0f1a2b3c4d", "81b1c2d3-4e5f-4a6b-8c7d-9e0f1a2b3c4d"
    assert list(found(f'{{"pix": "{key}", "id": "{other}"}}')) == [key]
    assert list(found(f"manda o pix pra {key.replace('-', '')}")) == [key.replace("-", "")]
    assert found(f"sha {key.replace('-', '')}") == {}


def test_a_rare_family_name_goes_on_and_a_place_named_after_somebody_is_nobodys() -> None:
    assert "Maria Souza da Xkwelenpotó" in found("A servidora Maria Souza da Xkwelenpotó saiu.")
    for place in ("Hospital Doutor João Pereira", "Teatro Castro Alves", "Escola Clara Machado"):
        assert found(f"A reunião será no {place}, às 8h.", Threshold.REPORT) == {}, place
    assert found("<aluno><nascimento>2010</nascimento></aluno>") == {}
