"""Names of persons that nobody told us are found in their context, and ordinary words are not."""

import gc
import importlib
import os
import subprocess
import sys
import time
from importlib.resources import files

import pytest

from cogep_assist.core.pii.detect import PERSONAL, detect
from cogep_assist.core.pii.finding import Kind, Threshold
from cogep_assist.core.pii.names.model_file import read_model
from cogep_assist.core.pii.person_names import find_person_names

MOST_BYTES = 5_000_000
MODEL = files("cogep_assist.core.pii.names").joinpath("names.model")

# What is between brackets is a person's name.
SAID = (
    "Bom dia, meu nome é [Tânia Guimarães Corrêa] e não consigo acessar o sistema.",
    "bom dia, meu nome é [tania guimaraes correa] e nao consigo acessar o sistema",
    "BOM DIA, MEU NOME É [TÂNIA GUIMARÃES CORRÊA] E NÃO CONSIGO ACESSAR O SISTEMA",
    "Falei com o [Waldisney Trevizoli] ontem sobre o notebook.",
    "A servidora [Maria da Conceição dos Santos] pediu férias em julho.",
    "Participaram da reunião [Jucilene Prado], [Otávio Benevides Neto] e [Kleber Zanatta].",
    "Atenciosamente,\n[Edivânia Sucupira]\nCoordenação de Patrimônio",
    "Responsável: [João P. Bittencourt], ramal 2231.",
    "Encaminhe-se ao Desembargador [Aristóteles Lima Thury] para ciência.",
    "paciente [raimundo nonato ferreira] sem prontuario na unidade",
    "oi, aqui é [rosineide], preciso de ajuda",
)
NOBODYS = (
    "A Escola Estadual José de Alencar fica perto do Hospital Santa Maria.",
    "O Windows Server e o Oracle Forms pararam em São José dos Campos e no Rio de Janeiro.",
    "A Lei Maria da Penha e a Lei Rouanet foram citadas no parecer da Secretaria de Educação.",
    "Clique em Configurações, depois em Rede e Internet, e escolha Salvar Como.",
    "o sistema ta fora do ar e ninguem consegue emitir a nota fiscal",
    "PORTARIA Nº 123: O DIRETOR DA RECEITA FEDERAL, NO USO DE SUAS ATRIBUIÇÕES, RESOLVE:",
    "Banco do Brasil, Caixa Econômica Federal, Itaú e Bradesco estão fora do ar.",
    "Atenciosamente,\nCentral de Serviços\nTribunal de Contas da União",
    "Prezados, segue em anexo o relatório de abril. Aguardo retorno. Obrigado!",
    "Reis e rainhas governaram Portugal. Dores nas costas. Neves e geadas na serra.",
    "Pires e xícaras do pregão. Barros e argilas.\nGuerra e paz entre as nações.",
    "",
    "\n\n 123 ¶ …",
)


def test_names_are_found_in_any_case_by_both_thresholds() -> None:
    for marked in SAID:
        parts = marked.replace("]", "[").split("[")
        text, names = "".join(parts), parts[1::2]
        for threshold in Threshold:
            found = [
                text[each.start : each.end]
                for each in detect(text, threshold, detectors=PERSONAL)
                if each.kind is Kind.PERSON
            ]
            if threshold is Threshold.REPORT:
                assert found == names, text
            else:
                assert all(any(name in each for each in found) for name in names), text


def test_who_is_told_once_is_found_where_nothing_announces_them() -> None:
    text = (
        "Meu nome é Waldisney Trevizoli Souza e perdi o crachá.\n\nO azul.\n\nWaldisney\n"
        "Hospital São Waldisney."
    )
    for threshold in Threshold:
        found = detect(text, threshold, detectors=(find_person_names,))
        told = [text[each.start : each.end] for each in found]
        assert told == ["Waldisney Trevizoli Souza", "Waldisney"], threshold


def test_places_bodies_products_and_laws_are_no_persons() -> None:
    for text in NOBODYS:
        found = detect(text, Threshold.REPORT, detectors=PERSONAL)
        assert [text[each.start : each.end] for each in found] == [], text


def test_two_kilobytes_with_names_take_milliseconds() -> None:
    text = " ".join(SAID).replace("[", "").replace("]", "")
    text = (text * (2_000 // len(text) + 1))[:2_000]
    detect(text, Threshold.EGRESS, detectors=PERSONAL)
    gc.disable()
    try:
        taken = []
        for number in range(20):
            began = time.process_time()
            detect(f"{number} {text}", Threshold.EGRESS, detectors=PERSONAL)
            taken.append(time.process_time() - began)
    finally:
        gc.enable()
    assert sorted(taken)[len(taken) // 2] < 0.06


def test_a_long_text_is_read_piece_by_piece_and_loses_no_name() -> None:
    text = "\n".join(["Falei com Tânia Guimarães Corrêa sobre o relatório do mês"] * 900)
    found = detect(text, Threshold.REPORT, detectors=(find_person_names,))
    assert [text[each.start : each.end] for each in found] == ["Tânia Guimarães Corrêa"] * 900


def test_the_model_is_small_and_holds_nothing_that_runs() -> None:
    file = MODEL.read_bytes()
    assert len(file) < MOST_BYTES
    content = read_model(file)
    assert len(content.features) == len(content.weights)
    for broken in (b"", b"PK\x03\x04", file[:8] + b"\x00\x00\x00\x02{}", file[:4_000]):
        with pytest.raises((ValueError, KeyError)):
            read_model(broken)


def test_detection_is_imported_without_the_model() -> None:
    code = (
        "import sys, cogep_assist.core.pii.redact, cogep_assist.core.pii.person_names as names;"
        "assert names._tagger.cache_info().currsize == 0"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env=dict(os.environ), timeout=60)
    assert importlib.import_module("cogep_assist.core.pii.person_names")
