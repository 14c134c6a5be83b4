"""Check digits of the identifiers, over digits alone.

Each function takes the characters without separators, of the right length, and tells
whether the number carries the check digits that its issuer gives.
"""

from operator import mul

_CADASTRE = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def cpf_checks(digits: str) -> bool:
    """Check a CPF as ``normalize_cpf`` does, which reads whatever people type and costs tenfold."""
    if len(set(digits)) == 1:
        return False
    first = _eleven(digits[:9], range(10, 1, -1))
    return digits[9:] == f"{first}{_eleven(digits[:10], range(11, 1, -1))}"


def cnpj_checks(digits: str) -> bool:
    """Check a CNPJ of digits alone, as ``normalize_cnpj`` does."""
    if len(set(digits)) == 1:
        return False
    weights = (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)
    first = _eleven(digits[:12], weights[1:])
    return digits[12:] == f"{first}{_eleven(digits[:13], weights)}"


def nis_checks(digits: str) -> bool:
    """Check a PIS, PASEP, NIS or NIT: one digit, modulo 11 (Caixa)."""
    weights = (3, 2, 9, 8, 7, 6, 5, 4, 3, 2)
    return digits[0] in "12" and _eleven(digits[:10], weights) == int(digits[10])


def voter_id_checks(digits: str) -> bool:
    """Check a voter's registration: state 01 to 28 and two digits (Res. TSE 23.659/2021)."""
    state = digits[8:10]
    if not "01" <= state <= "28":
        return False
    first = _voter_digit(_weighted(digits[:8], range(2, 10)), state)
    second = _voter_digit(_weighted(f"{state}{first}", (7, 8, 9)), state)
    return digits[10:] == f"{first}{second}"


def driving_licence_checks(digits: str) -> bool:
    """Check a CNH's registration number: two digits (Senatran's routine)."""
    if len(set(digits)) == 1:
        return False
    first, second = _weighted(digits[:9], range(9, 0, -1)) % 11, 0
    taken = 2 if first > 9 else 0
    second = _weighted(digits[:9], range(1, 10)) % 11
    # Issuers differ on a second remainder of ten after a first one of ten: both are taken.
    readings = {0} if second > 9 else {(second - taken) % 11, max(second - taken, 0)}
    return int(digits[9]) == first % 11 % 10 and int(digits[10]) in {d % 10 for d in readings}


def health_card_checks(digits: str) -> bool:
    """Check a CNS: definitive (1, 2) or provisional (7, 8, 9), weights 15 to 1, modulo 11."""
    if digits[0] in "12" and digits[11:14] not in {"000", "001"}:
        return False
    return digits[0] in "12789" and _weighted(digits, range(15, 0, -1)) % 11 == 0


def renavam_checks(digits: str) -> bool:
    """Check a Renavam: one digit, weights 3298765432, ten times the sum modulo 11."""
    total = _weighted(digits[:10], (3, 2, 9, 8, 7, 6, 5, 4, 3, 2))
    return len(set(digits)) > 1 and total * 10 % 11 % 10 == int(digits[10])


def card_checks(digits: str) -> bool:
    """Check a payment card: a network's first digits and Luhn (ISO/IEC 7812-1)."""
    return digits[0] in "23456" and len(set(digits)) > 1 and luhn_checks(digits)


def luhn_checks(digits: str) -> bool:
    """Check a number by Luhn: cards and devices (3GPP TS 23.003 for the IMEI)."""
    doubled = (int(digit) * 2 for digit in digits[-2::-2])
    total = sum(map(int, digits[::-2])) + sum(
        value - 9 if value > 9 else value for value in doubled
    )
    return total % 10 == 0


def court_case_checks(digits: str) -> bool:
    """Check a court case's number, zeros before it or not: modulo 97 (Res. CNJ 65/2008)."""
    digits = digits.zfill(20)
    moved = digits[:7] + digits[9:] + digits[7:9]
    return digits[13] != "0" and "1900" < digits[9:13] < "2100" and int(moved) % 97 == 1


def administrative_case_checks(digits: str) -> bool:
    """Check an NUP of 15, 17 or 21 digits: two digits, modulo 11 (Portaria 3/2003 and later)."""
    body = digits[:-2]
    first = _protocol_digit(body)
    return digits[-2:] == f"{first}{_protocol_digit(f'{body}{first}')}"


def registry_code_checks(digits: str) -> bool:
    """Check a CNM: modulo 97, base 10 (Provimento CNJ 143/2023)."""
    return digits[6] in "23" and int(digits) % 97 == 1


def cadastre_checks(characters: str) -> bool:
    """Check a CIB: one character, modulo 31 with letters, modulo 11 without (LC 214/2025)."""
    if any(character not in _CADASTRE for character in characters):
        return False
    if characters.isdigit():
        return _eleven(characters[:7], range(8, 1, -1)) == int(characters[7])
    values = [_CADASTRE.index(character) for character in characters[:7]]
    total = sum(value * weight for value, weight in zip(values, (4, 3, 9, 5, 7, 1, 8), strict=True))
    return _CADASTRE[total % 31] == characters[7]


def _weighted(digits: str, weights: "range | tuple[int, ...]") -> int:
    return sum(map(mul, map(int, digits), weights))


def _eleven(digits: str, weights: "range | tuple[int, ...]") -> int:
    rest = _weighted(digits, weights) % 11
    return 0 if rest < 2 else 11 - rest


def _voter_digit(total: int, state: str) -> int:
    rest = total % 11
    if rest == 0 and state in {"01", "02"}:
        return 1
    return rest % 10


def _protocol_digit(digits: str) -> int:
    return (11 - _weighted(digits[::-1], range(2, len(digits) + 2)) % 11) % 10
