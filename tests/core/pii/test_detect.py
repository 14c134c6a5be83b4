"""Identifiers are found as people write them, with exact places, and nothing else is."""

import gc
import random
import time
from itertools import pairwise

import pytest

from cogep_assist.core.brazil.cnpj import normalize_cnpj
from cogep_assist.core.brazil.cpf import normalize_cpf
from cogep_assist.core.pii.check_digits import cnpj_checks, cpf_checks
from cogep_assist.core.pii.detect import detect
from cogep_assist.core.pii.finding import LABELS, Kind, Threshold

# A valid value of each kind in a sentence of its own; the part in brackets is personal.
SAID = {
    Kind.CPF: ("CPF [529.982.247-25]", "cpf [52998224725]", "C.P.F. nº [529 982 247 25]"),
    Kind.CNPJ: ("CNPJ [11.222.333/0001-81]", "CNPJ [12.ABC.345/01DE-35]", "cnpj [12abc34501de35]"),
    Kind.RG: ("RG [12.345.678-X]", "identidade [MG-12.345.678]", "RG nº [1.234.567 SSP/PA]"),
    Kind.NIS: ("PIS/PASEP [120.12345.67-2]", "NIS [12012345672]"),
    Kind.VOTER_ID: ("título de eleitor [0043 5687 0906]", "inscrição eleitoral [004356870906]"),
    Kind.DRIVING_LICENCE: ("CNH [98765432100]", "habilitação nº [98765432100]"),
    Kind.HEALTH_CARD: ("cartão SUS [898 0000 0004 3208]", "CNS [898000000043208]"),
    Kind.PASSPORT: ("passaporte [FX123456]",),
    Kind.SIAPE: ("SIAPE [1234567]", "matrícula SIAPE nº [0123456]"),
    Kind.BIRTH_DATE: (
        "nascida em [03/07/1984]",
        "DN: [03-07-84]",
        "nascimento: [1º de março de 1984]",
    ),
    Kind.PHONE: (
        "Ligue para [(91) 98765-4321]",
        "telefone [91987654321]",
        "WhatsApp [+55 91 98765-4321]",
        "celular [98765-4321]",
    ),
    Kind.EMAIL: (
        "E-mail: [josé.araújo@saude.gov.br].",
        "[ana_souza @ uol.com.br] é o meu",
        "escreva a [ana arroba uol.com.br]",
    ),
    Kind.CEP: ("CEP [66055-090]", "cep [66.055-090]", "CEP [66055090]"),
    Kind.ADDRESS: (
        "Moro na [Rua São João, 120, apto 31, Bairro Jardim América], perto da praça",
        "[Av. Nazaré, nº 1.020] fica longe",
    ),
    Kind.CARD: ("cartão de crédito [4111 1111 1111 1111]", "cartão [378282246310005]"),
    Kind.BANK_AGENCY: ("agência [1234-5]", "Ag.: [0123]"),
    Kind.BANK_ACCOUNT: ("conta corrente [123456-X]", "c/c [98765-4]"),
    Kind.PIX_KEY: ("chave pix [71b1c2d3-4e5f-4a6b-8c7d-9e0f1a2b3c4d]",),
    Kind.LICENCE_PLATE: ("placa [QEW1A23]", "veículo de placa [jvb-1234]"),
    Kind.RENAVAM: ("renavam [00639884962]",),
    Kind.COURT_CASE: ("autos nº [0001327-64.2018.8.26.0158]", "processo [00013276420188260158]"),
    Kind.ADMINISTRATIVE_CASE: ("SEI [23000.012345/2024-97]",),
    Kind.PROPERTY_CADASTRE: ("CIB [A3N8Z4F-Y]",),
    Kind.PROPERTY_TAX: ("inscrição do IPTU [123.456.7890-1]",),
    Kind.PROPERTY_REGISTRY_CODE: ("CNM [123456.2.0012345-13]",),
    Kind.PROPERTY_REGISTRATION: ("matrícula do imóvel [45.678]",),
    Kind.PROFESSIONAL_ID: ("advogada, [OAB/PA 12.345]", "Dr. da UTI, [CRM 5432-SP]"),
    Kind.PAYMENT_SLIP: (
        "Boleto [34191.79001 01043.510047 91020.150008 5 89110026000000]",
        "linha digitável [34191790010104351004791020150008589110026000000]",
    ),
    Kind.IP_ADDRESS: ("acesso do IP [189.45.12.7]", "conectou de [2804:14c:65a1:40::9f]"),
    Kind.DEVICE: ("IMEI do celular [490154203237518]", "celular com MAC [A4:83:E7:22:90:1F]"),
    Kind.LOCATION: ("veículo em [-1.455833, -48.503887]", "fica a [1°27'21\"S 48°30'14\"W]"),
}
CASES = [(kind, marked) for kind, sentences in SAID.items() for marked in sentences]


@pytest.mark.parametrize(("kind", "marked"), CASES, ids=[marked for _, marked in CASES])
def test_what_is_said_is_found_at_its_place_by_both_thresholds(kind: Kind, marked: str) -> None:
    text, place = unmarked(f"Bom dia! {marked}")
    for threshold in Threshold:
        found = detect(text, threshold)
        assert [(each.kind, each.start, each.end) for each in found] == [(kind, *place)]


def test_every_kind_has_a_label_and_a_case() -> None:
    assert set(LABELS) == set(Kind) == {*SAID, Kind.PERSON}


@pytest.mark.parametrize(
    "marked",
    [
        "CPF: [529.982\n247-25]",
        "CPF | [529.982.247-25] |",
        "CPF [529\u200b.982.247\u00ad-25]",
        "CPF [5２9.982.247–25]",
        "CPF [529.982.2A7-25]".replace("A", "4").replace("529", "S29"),
        "CPF [5 2 9 9 8 2 2 4 7 2 5]",
        "CPF [529.98\n2.247-25]",
        "CPF[52998224725]",
        "cpf=[529,982,247-25]",
        "CPF\u00a0[529.982.247\u201125]",
    ],
)
def test_a_cpf_survives_scanners_broken_lines_and_odd_characters(marked: str) -> None:
    text, place = unmarked(f"Olá, José: {marked}.")
    found = detect(text, Threshold.REPORT)
    assert [(each.kind, each.value) for each in found] == [(Kind.CPF, "52998224725")]
    assert (found[0].start, found[0].end) == place


def test_a_mistyped_number_beside_its_word_is_hidden_and_not_counted() -> None:
    for text in (
        "CPF 529.982.247-26",
        "CNPJ 11.222.333/0001-80",
        "cartão SUS 898 0000 0004 3209",
        "CPF ***.982.247-**",
    ):
        assert detect(text, Threshold.EGRESS), text
        assert not detect(text, Threshold.REPORT), text


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("CPF 120.12345.67-2", Kind.NIS),
        ("NIS 529.982.247-25", Kind.CPF),
        ("CNPJ 529.982.247-25", Kind.CPF),
        ("CPF 39189494856", Kind.DRIVING_LICENCE),
    ],
)
def test_check_digits_outweigh_a_wrong_word(text: str, kind: Kind) -> None:
    assert [each.kind for each in detect(text, Threshold.REPORT)] == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "Chamado #123456, patrimônio 004512, série BR7K2J9X1A, MAC 00:1B:44:11:3A:B7.",
        "IP 10.120.33.47, versão v12.4.101, erro 0x80070005, ORA-01234, KB5006609.",
        "Valor de R$ 91.364,21 em 12/03/2026 às 14h30, Lei nº 13.709/2018, art. 5º, c/c 359.",
        "Correlation ID: fb3d2015-bc17-4bb9-bb85-30c5cf1aaaa7, OID 1.3.6.1.1.1.1.8",
        "Um conjunto de 20 passagens, a estrada em 2019, na rua em 1997, de 2020-2021.",
        "NF-e 35240111222333000181550010000012341000012345",
        "retorno em 23/03/2024, às 14h, REF 31607545",
        "roteador 200.20, capítulo 1.2.3.4, versão 200.201.202.203, oid 1.3.6.1.4.1.9",
        '{"pix": null, "id": "fb3d2015-bc17-4bb9-bb85-30c5cf1aaaa7"}, 12.3456, 99.1234',
        "O pedido ABC-1234 e a norma ISO-9001 seguem; RFC-2616.",
        "",
    ],
)
def test_what_is_nobodys_is_left_alone(text: str) -> None:
    for threshold in Threshold:
        assert detect(text, threshold) == []


@pytest.mark.parametrize(
    ("text", "account"),
    [
        ("Agência e conta: 1234 / 56789-0", "56789-0"),
        ("conta poupança 013 00012345-6", "00012345-6"),
    ],
)
def test_the_second_number_of_a_bank_pair_is_hidden_too(text: str, account: str) -> None:
    found = detect(text, Threshold.EGRESS)
    assert account in [text[each.start : each.end] for each in found]
    assert len(found) == 2


def test_findings_never_overlap_and_egress_covers_what_report_names() -> None:
    rng = random.Random(6)
    pieces = [unmarked(marked)[0] for _, marked in CASES]
    for _ in range(200):
        text = rng.choice(["", "\n"]).join(
            rng.choice(pieces) + rng.choice(" ,;|\n") for _ in range(6)
        )
        hidden = detect(text, Threshold.EGRESS)
        assert all(one.end <= two.start for one, two in pairwise(hidden))
        for finding in detect(text, Threshold.REPORT):
            assert 0 <= finding.start < finding.end <= len(text)
            assert any(each.start <= finding.start <= finding.end <= each.end for each in hidden)


HOSTILE = (
    *(
        "a",
        "1",
        "1 ",
        "l.",
        "@",
        "a@a.",
        "\n",
        " ",
        "rua ",
        "Rua Aa ",
        "cpf 123 ",
        "***",
        "11.111.",
    ),
    *("AB.CDE.FGH/", "conta de o a ", "aaaaaaaa-aaaa-", "1\u200b", "a\u0301", "nasc 1/1/", "a-"),
    *("529.982.247-25 ", "cnpj OO.OOO.OOO/OOOO-OO ", "Rua A, 1, apto 1", "Quadra 1 bloco "),
)


@pytest.mark.parametrize("piece", HOSTILE)
def test_time_grows_with_the_length_of_a_hostile_text_and_no_faster(piece: str) -> None:
    small, large = (taken(piece * (length // len(piece))) for length in (6_000, 48_000))
    assert large < 8 * 4 * max(small, 0.002)


def test_a_megabyte_of_hostile_text_ends() -> None:
    rng = random.Random(7)
    text = "".join(rng.choices("0123456789OlI@. -/()\nabcA*rg", k=1_000_000))
    assert taken(text) < 30


def taken(text: str) -> float:
    # Collecting the garbage of a whole test run is no part of what is measured.
    gc.disable()
    try:
        began = time.process_time()
        detect(text, Threshold.EGRESS)
        return time.process_time() - began
    finally:
        gc.enable()


def unmarked(marked: str) -> tuple[str, tuple[int, int]]:
    start, end = marked.index("["), marked.rindex("]")
    return marked[:start] + marked[start + 1 : end] + marked[end + 1 :], (start, end - 1)


def test_digits_check_as_the_readers_of_typed_numbers_do() -> None:
    chance = random.Random(7)
    for _ in range(300):
        body = f"{chance.randrange(10**9):09}"
        for end in ("00", f"{chance.randrange(100):02}"):
            assert cpf_checks(body + end) == (normalize_cpf(body + end) is not None), body + end
    for body in ("112223330001", "000000000001", "999999999999"):
        right = [n for n in range(100) if cnpj_checks(f"{body}{n:02}")]
        assert right == [n for n in range(100) if normalize_cnpj(f"{body}{n:02}")], body
    assert not cpf_checks("1" * 11)


def test_signs_of_an_address_may_stand_apart() -> None:
    for text, found in {
        "fale com ana.lima @ saude.gov.br já": "ana.lima @ saude.gov.br",
        "fale com ana (arroba) saude.gov.br": "ana (arroba) saude.gov.br",
        "fale com ana  arroba  saude ponto gov ponto br": ("ana  arroba  saude ponto gov ponto br"),
        "fale com ana@intranet": "ana@intranet",
    }.items():
        [one] = detect(text, Threshold.EGRESS)
        assert (one.kind, text[one.start : one.end]) == (Kind.EMAIL, found)
    assert detect("às 9 @ sala", Threshold.EGRESS) == []
