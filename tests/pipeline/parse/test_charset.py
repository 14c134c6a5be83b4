import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogep_assist.pipeline.parse.charset import declared_in_markup, declared_in_type, decode

SHORT = [
    "Férias",
    "não",
    "Ação e reação",
    "Coordenação de gestão de pessoas: férias, licenças e auxílios.",
    "José da Silva, nº 10, 3º andar, São Paulo",
    "A servidora Conceição pediu licença à chefia.",
    "ATENÇÃO: INSCRIÇÕES ATÉ AMANHÃ",
    "“Aspas” e travessão – de Word… R$ 5,00 ½",
    "Lei nº 8.112, art. 77, § 1º",
]


@pytest.mark.parametrize("text", SHORT)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "utf-16-le"])
def test_short_portuguese_is_read_in_every_usual_encoding(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding))[0] == text


@pytest.mark.parametrize("encoding", ["cp850", "mac-roman"])
def test_old_encodings_of_portuguese_are_recognised(encoding: str) -> None:
    text = "Coordenação de gestão de pessoas: férias, licenças, não há prazo único."
    assert decode(text.encode(encoding)) == (text, encoding)


@pytest.mark.parametrize(
    "label", ["utf-8", "windows-1251", "shift_jis", "utf-16", "absurdo", "utf-7"]
)
def test_a_label_that_lies_is_not_believed(label: str) -> None:
    text = "A concessão de férias não será interrompida sem autorização."
    assert decode(text.encode("cp1252"), declared=label)[0] == text
    assert decode(text.encode("utf-8"), declared=label)[0] == text


def test_an_honest_foreign_label_is_believed() -> None:
    text = "Правила внутреннего распорядка для сотрудников"
    assert decode(text.encode("cp1251"), declared="windows-1251") == (text, "cp1251")


def test_stray_cp1252_bytes_in_utf8_are_mended() -> None:
    data = "Seção 1: férias e licenças.\n".encode() * 5 + "Seção 2: fé\n".encode("cp1252")
    text, encoding = decode(data)
    assert encoding == "utf-8"
    assert text.endswith("Seção 2: fé\n")


def test_labels_are_found_in_markup_and_types() -> None:
    assert declared_in_markup(b'<meta charset="iso-8859-1">') == "iso-8859-1"
    assert declared_in_markup(b'<?xml version="1.0" encoding="UTF-16"?>') == "UTF-16"
    assert declared_in_type('text/html; charset="windows-1252"') == "windows-1252"
    assert declared_in_type(None) is None


@given(st.binary(max_size=400))
def test_any_bytes_decode_to_something(data: bytes) -> None:
    text, encoding = decode(data, declared="iso-8859-15")
    assert isinstance(text, str)
    assert encoding


@given(st.text(max_size=200))
def test_valid_utf8_is_never_read_otherwise(text: str) -> None:
    if "\x00" not in text:
        assert decode(text.encode(), declared="cp1252")[0] == text.removeprefix("\ufeff")
