"""However a person's values are written, they are found; nobody else's are."""

import base64

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
    "/busca?nome=Joana+D%27%C3%81vila+Concei%C3%A7%C3%A3o+de+Souza&x=1",
)
OTHERS = (
    "Joana Souza",
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


def test_a_name_of_one_word_is_never_looked_for() -> None:
    patterns = SubjectPatterns([KnownValue(ValueKind.NAME, "Madonna")])
    assert patterns.empty
    assert not patterns.names("Madonna")
