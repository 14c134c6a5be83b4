"""However a person's values are written, they are found; nobody else's are."""

import base64
import random
import unicodedata
from urllib.parse import quote

import psycopg
from sqlalchemy.engine import URL

from cogep_assist.core.db import conninfo
from cogep_assist.lgpd_service.subject_data.known_values import KnownValue, ValueKind
from cogep_assist.lgpd_service.subject_data.search_patterns import (
    SubjectPatterns,
    bytes_may_name,
    may_name,
)

JOANA = SubjectPatterns(
    [
        KnownValue(ValueKind.NAME, "Joana D'Ávila Conceição de Souza"),
        KnownValue(ValueKind.CPF, "09679290832"),
        KnownValue(ValueKind.EMAIL, "joana.souza@exemplo.org.br"),
        KnownValue(ValueKind.PHONE, "+5561987654321"),
        KnownValue(ValueKind.CODE, "MAT-448812"),
    ]
)
AS_BYTES = "convert_to(%(t)s, 'UTF8')"
WRITTEN = (
    "joana d'avila conceicao de souza",
    "JOANA D’ÁVILA CONCEIÇÃO DE SOUZA",
    "Joana  D'Ávila\nConceição de\tSouza",
    "Joana D'A\u0301vila Conceic\u0327a\u0303o de Souza",
    "Souza, Joana D'Ávila Conceição de",
    "Joana D. C. Souza",
    "Joana Davila Conceição de Souza",
    "declaracao_joana_d_avila_conceicao_de_souza.pdf",
    "096.792.908-32",
    "096 792 908 32",
    "09679290832",
    "id:x09679290832y",
    "9679290832",
    "JOANA.SOUZA@EXEMPLO.ORG.BR",
    "mailto:joana.souza%40exemplo.org.br",
    "(61) 98765-4321",
    "+55 61 8765 4321",
    "matrícula mat-448812",
    "x=" + base64.b64encode("olá, Joana D'Ávila Conceição de Souza!".encode()).decode(),
    "a " + b"cpf 09679290832 ok".hex(),
    "Joana D&#39;&Aacute;vila Concei&ccedil;&#227;o de Souza",
    "Joana D\\u2019\\u00c1vila Concei\\u00e7\\u00e3o de Souza",
    "Joana D'=C3=81vila Concei=C3=A7=C3=\n=A3o de Souza",
    "Joana D'=C1vila Concei=E7=E3o de Souza",
    "{\\rtf1 Joana D'\\'c1vila Concei\\'e7\\'e3o de Souza}",
    "Joana D'Ávila Conceição de Souza".encode().decode("latin-1"),
    "<b>Joana</b> <i>D'Ávila Conceição</i> de **Souza**",
    "joana.souza arroba exemplo ponto org ponto br",
    "joana.souza+lista@exemplo.org.br",
    "bounce+joana.souza=exemplo.org.br@lista.example",
    "zero nove meia, sete nove dois, nove zero oito, traço três dois",
    "=?utf-8?q?Joana_D=27=C3=81vila_Concei=C3=A7=C3=A3o_de_Souza?=",
    "=?utf-8?b?" + base64.b64encode("Joana D'Ávila Conceição de Souza".encode()).decode() + "?=",
    "Joana D'Ávila Concei-\nção de Souza",
    "Joa\u00ad\nna D'Ávila Conceição de Sou-\r\n   za",
    "SOUZA, Joana D. C. de",
    "Conceição de Souza, Joana D'Ávila",
    "de Souza, Joana D'Ávila Conceição",
    "O96.792.9O8-32",
    "cpf 0967929083Z",
    "(6l) 98765-43Z1",
    "/busca?nome=Joana+D%27%C3%81vila+Concei%C3%A7%C3%A3o+de+Souza&x=1",
)
OTHERS = (
    "Joana Souza",
    "Souza Conceição Joana",
    "Souza, Joana; Ávila, Conceição",
    "O97.792.9O8-32",
    "Joana D'Ávila Conceição de Souzaneto",
    "096.792.908-33",
    "10967929083 2",
    "joana.souza@exemplo.org",
    "(61) 98765-4322",
    "chamado 2026.000123-4",
)


def test_python_finds_every_way_of_writing_and_leaves_a_text_as_long_as_it_was() -> None:
    for text in WRITTEN:
        surrounded = f"Antes: {text}; depois."
        redacted = JOANA.redact(surrounded)
        assert redacted != surrounded, text
        assert len(redacted) == len(surrounded)
        assert not JOANA.names(redacted), redacted
        assert redacted.startswith("Antes: ")
        assert redacted.endswith("depois.")
    for text in OTHERS:
        assert not JOANA.names(text), text


def test_json_arrays_numbers_and_bytes_are_redacted() -> None:
    held = {"joana.souza@exemplo.org.br": ["Joana D'Avila Conceicao de Souza", 9679290832, True]}
    clean = JOANA.redact_value(held)
    assert not JOANA.names(str(clean))
    assert next(iter(clean.values()))[1:] == [None, True]
    for encoding in ("utf-8", "latin-1", "utf-16-le"):
        data = b"\xfe\x00" * 4 + "CPF 096.792.908-32 de Joana D'Ávila Conceição de Souza".encode(
            encoding
        )
        redacted = JOANA.redact_bytes(data)
        assert len(redacted) == len(data)
        assert JOANA.names_bytes(data)
        assert not JOANA.names_bytes(redacted)


def test_the_database_chooses_no_fewer_rows_than_python(database_url: URL) -> None:
    with psycopg.connect(conninfo(database_url)) as connection:
        for text in WRITTEN:
            found = connection.execute(
                f"SELECT {may_name('ROW(%(t)s::text, 1)::text')}, "
                f"{may_name('jsonb_build_object(0, %(t)s::text)::text')}, "
                f"{bytes_may_name(AS_BYTES)}",
                {"t": text, **JOANA.parameters},
            ).fetchone()
            assert found == (True, True, True), text
        for encoding in ("latin-1", "utf-16-le"):
            data = "Sra. Joana D'Ávila Conceição de Souza".encode(encoding)
            found = connection.execute(
                f"SELECT {bytes_may_name('%(d)s::bytea')}", {"d": data, **JOANA.parameters}
            ).fetchone()
            assert found == (True,), encoding


def _distorted(chance: random.Random, value: KnownValue) -> str:
    """Write a value as people, scanners and programs do, and worse."""
    text = value.text
    if chance.random() < 0.3:
        text = "".join(chance.choice((c.upper(), c.lower())) for c in text)
    if chance.random() < 0.3:
        text = unicodedata.normalize("NFD", text)
    if value.kind in {ValueKind.CPF, ValueKind.PHONE} and chance.random() < 0.6:
        gap = chance.choice((".", " ", "-", "\n", "</b>", "\u200b", "\u00ad.", "  ", "/"))
        text = "".join(c + (gap if chance.random() < 0.5 else "") for c in text)
    if value.kind in {ValueKind.NAME, ValueKind.ADDRESS}:
        text = text.replace(" ", chance.choice((" ", "\n", "  ", "_", "%20", ", ", "\t", "<br>")))
        text = text.replace("'", chance.choice(("'", "’", " ", "")))
    if chance.random() < 0.2:
        at = chance.randrange(len(text))
        text = text[:at] + chance.choice(("\u200b", "\u0301", "\ufeff", "-", "")) + text[at:]
    if chance.random() < 0.3:
        data = (chance.choice(("", "x", "olá ")) + text + chance.choice(("", "!"))).encode()
        encoded = (base64.b64encode(data).decode(), data.hex(), data.hex().upper(), quote(text))
        text = chance.choice(encoded)
    return chance.choice(("", "a", "1", "Sr. ", "id:")) + text + chance.choice(("", ".", "z", "9"))


def test_however_values_are_distorted_the_database_misses_nothing_that_python_finds(
    database_url: URL,
) -> None:
    """The short patterns tell candidates apart; the exact ones decide: none may be lost before."""
    chance = random.Random(20261130)
    subjects = (
        [
            KnownValue(ValueKind.NAME, "Zé Ó"),
            KnownValue(ValueKind.NAME, "Ñuño d'Ángelis"),
            KnownValue(ValueKind.CPF, "00000000191"),
            KnownValue(ValueKind.EMAIL, "a@b.co"),
            KnownValue(ValueKind.PHONE, "+556133334444"),
        ],
        [
            KnownValue(ValueKind.NAME, "Maria Auxiliadora Vasconcellos e Silva"),
            KnownValue(ValueKind.CNPJ, "12ABC34501DE35"),
            KnownValue(ValueKind.EMAIL, "m_a.silva+rh@orgao.gov.br"),
            KnownValue(ValueKind.ADDRESS, "Avenida W3 Sul 500"),
            KnownValue(ValueKind.CODE, "aaaaaa1"),
        ],
        [KnownValue(ValueKind.CODE, "1111111111"), KnownValue(ValueKind.EMAIL, "zzzzzzzz@zz.zz")],
    )
    with psycopg.connect(conninfo(database_url)) as connection:
        for values in subjects:
            patterns = SubjectPatterns(values)
            texts = [_distorted(chance, value) for value in values for _ in range(120)]
            rows = connection.execute(
                f"SELECT {may_name('t')}, {bytes_may_name(AS_BYTES.replace('%(t)s', 't'))} "
                "FROM unnest(%(ts)s::text[]) t",
                {"ts": texts, **patterns.parameters},
            ).fetchall()
            named = [patterns.names(text) for text in texts]
            lost = [
                t for t, n, found in zip(texts, named, rows, strict=True) if n and not all(found)
            ]
            assert lost == []
            # The distortions leave enough to be found, and spoil enough to be told from it.
            assert 0.2 < sum(named) / len(named) < 0.99


def test_a_name_of_one_word_is_never_looked_for() -> None:
    patterns = SubjectPatterns([KnownValue(ValueKind.NAME, "Madonna")])
    assert patterns.empty
    assert not patterns.names("Madonna")
