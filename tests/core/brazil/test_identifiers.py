"""Register numbers, postal codes and addresses: one form for each, and nothing for what is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogep_assist.core.brazil.cep import format_cep, normalize_cep, state_of_cep
from cogep_assist.core.brazil.cnpj import format_cnpj, normalize_cnpj
from cogep_assist.core.brazil.cpf import format_cpf, mask_cpf, normalize_cpf
from cogep_assist.core.brazil.email_address import mailbox, normalize_email


def check_digits(values: list[int], weights: list[int]) -> int:
    """The modulo 11 of the registers, written down once more and apart."""
    left = sum(v * w for v, w in zip(values, weights, strict=True)) % 11
    return 0 if left < 2 else 11 - left


@given(st.text("0123456789", min_size=9, max_size=9))
def test_a_cpf_is_valid_with_its_own_check_digits_and_no_others(base: str) -> None:
    digits = [int(d) for d in base]
    first = check_digits(digits, list(range(10, 1, -1)))
    second = check_digits([*digits, first], list(range(11, 1, -1)))
    right = f"{base}{first}{second}"
    expected = None if len(set(right)) == 1 else right
    assert normalize_cpf(right) == expected
    assert normalize_cpf(f"{base}{(first + 1) % 10}{second}") is None
    assert normalize_cpf(f"{base}{first}{(second + 1) % 10}") is None
    if expected:
        assert normalize_cpf(format_cpf(right)) == right
        hidden = mask_cpf(right)
        assert hidden[:4] == "***."
        assert hidden[-2:] == "**"


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=12, max_size=12))
def test_a_cnpj_of_letters_and_digits_checks_by_ascii_minus_48(base: str) -> None:
    values = [ord(c) - 48 for c in base]
    weights = [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]
    first = check_digits(values, weights)
    second = check_digits([*values, first], [6, *weights])
    right = f"{base}{first}{second}"
    if base != "0" * 12:
        assert normalize_cnpj(format_cnpj(right).lower()) == right
    assert normalize_cnpj(f"{base}{first}{(second + 1) % 10}") is None


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("529.982.247-25", "52998224725"),
        (" 529 982 247 25 ", "52998224725"),
        ("529.982.247–25", "52998224725"),
        ("５２９９８２２４７２５", "52998224725"),
        *[(str(d) * 11, None) for d in range(10)],
        ("529.982.247-26", None),
        ("5299822472", None),
        ("529982247255", None),
        ("٥٢٩٩٨٢٢٤٧٢٥", None),
        ("52998224725'; DROP TABLE", None),
        ("", None),
    ],
)
def test_cpf_as_it_is_typed(typed: str, canonical: str | None) -> None:
    assert normalize_cpf(typed) == canonical


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("16.727.230/0001-97", "16727230000197"),
        ("12.ABC.345/01DE-35", "12ABC34501DE35"),
        ("12.abc.345/01de-35", "12ABC34501DE35"),
        ("00.000.000/0000-00", None),
        ("11.111.111/1111-11", None),
        ("16.727.230/0001-98", None),
        ("12.ABC.345/01DE-3A", None),
        ("12.ÁBC.345/01DE-35", None),
    ],
)
def test_cnpj_as_it_is_typed(typed: str, canonical: str | None) -> None:
    assert normalize_cnpj(typed) == canonical


@pytest.mark.parametrize(
    ("typed", "canonical", "state"),
    [
        ("01310-100", "01310100", "SP"),
        ("70.040-010", "70040010", "DF"),
        ("69900000", "69900000", "AC"),
        ("68900-073", "68900073", "AP"),
        ("00999-999", None, None),
        ("1310-100", None, None),
        ("01310-1000", None, None),
    ],
)
def test_cep(typed: str, canonical: str | None, state: str | None) -> None:
    assert normalize_cep(typed) == canonical
    if canonical:
        assert state_of_cep(canonical) == state
        assert normalize_cep(format_cep(canonical)) == canonical


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("Ana.Souza@Exemplo.Gov.BR", "ana.souza@exemplo.gov.br"),
        ("mailto:ana@exemplo.org", "ana@exemplo.org"),
        ("ana@ação.org.br", "ana@xn--ao-siap.org.br"),
        ("ana@empresa.local", "ana@empresa.local"),
        ("ana@localhost", None),
        ("ana@.local", None),
        ("ana@gm\u0430il.com", None),
        ("an\u0430@exemplo.org", None),
        ("joão@exemplo.org", None),
        ("ana@exemplo.org\r\nBcc: outro@exemplo.org", None),
        ("ana@exemplo.org, rui@exemplo.org", None),
        ("Ana <ana@exemplo.org>", None),
        ("@exemplo.org", None),
        ("a" * 300 + "@exemplo.org", None),
    ],
)
def test_email(typed: str, canonical: str | None) -> None:
    assert normalize_email(typed) == canonical


def test_one_mailbox_has_one_name() -> None:
    assert mailbox("ana.souza+loja@gmail.com") == mailbox("anasouza@googlemail.com")
    assert mailbox("ana.souza@exemplo.org") != mailbox("anasouza@exemplo.org")
    assert mailbox("ana+loja@exemplo.org") != mailbox("ana@exemplo.org")
