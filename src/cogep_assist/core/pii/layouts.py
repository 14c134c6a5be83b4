"""How people group the digits of each identifier, and what tells a right one from a wrong one."""

from collections.abc import Callable
from dataclasses import dataclass

from cogep_assist.core.brazil.cep import state_of_cep
from cogep_assist.core.brazil.phone import AREA_CODES
from cogep_assist.core.pii import check_digits
from cogep_assist.core.pii.finding import Kind


@dataclass(frozen=True, slots=True)
class Layout:
    """One grouping: the separators between its groups; none for a number in one piece."""

    kind: Kind
    separators: str

    def drawn_as(self, separators: str) -> bool:
        """Tell whether separators are its own, line breaks and blanks counting for each."""
        return all(
            found == own or found in " \n"
            for found, own in zip(separators, self.separators, strict=True)
        )


@dataclass(frozen=True, slots=True)
class Proof:
    """A check of the digits alone; weak where chance passes more than one in fifty."""

    check: Callable[[str], bool]
    weak: bool


PROOFS = {
    Kind.CPF: Proof(check_digits.cpf_checks, weak=False),
    Kind.CNPJ: Proof(check_digits.cnpj_checks, weak=False),
    Kind.NIS: Proof(check_digits.nis_checks, weak=True),
    Kind.VOTER_ID: Proof(check_digits.voter_id_checks, weak=False),
    Kind.DRIVING_LICENCE: Proof(check_digits.driving_licence_checks, weak=False),
    Kind.RENAVAM: Proof(check_digits.renavam_checks, weak=True),
    Kind.HEALTH_CARD: Proof(check_digits.health_card_checks, weak=True),
    Kind.CARD: Proof(check_digits.card_checks, weak=True),
    Kind.COURT_CASE: Proof(check_digits.court_case_checks, weak=False),
    Kind.ADMINISTRATIVE_CASE: Proof(check_digits.administrative_case_checks, weak=False),
    Kind.PROPERTY_REGISTRY_CODE: Proof(check_digits.registry_code_checks, weak=False),
    Kind.CEP: Proof(lambda digits: state_of_cep(digits) is not None, weak=True),
    Kind.PHONE: Proof(lambda digits: national_number(digits) is not None, weak=True),
    Kind.PROPERTY_TAX: Proof(str.isdigit, weak=True),
}
# Numbers of eleven digits that are written for one another: the word may be wrong, the digits not.
LOOK_ALIKE = frozenset(
    {Kind.CPF, Kind.NIS, Kind.DRIVING_LICENCE, Kind.RENAVAM, Kind.CNPJ, Kind.HEALTH_CARD}
)
# Courts leave out the zeros before a case's number.
_SHORT_CASES = tuple(f"{length}-2.4.1.2.4" for length in range(1, 7))
_DRAWN = {
    Kind.CPF: ("3.3.3-2", "11", "9-2"),
    Kind.CNPJ: ("2.3.3/4-2", "14", "8/4-2", "12-2"),
    Kind.NIS: ("3.5.2-1", "11", "10-1"),
    Kind.VOTER_ID: ("4 4 4", "12", "8 2 2"),
    Kind.DRIVING_LICENCE: ("11", "9-2"),
    Kind.RENAVAM: ("11", "10-1"),
    Kind.HEALTH_CARD: ("3 4 4 4", "15"),
    Kind.CARD: ("4 4 4 4", "16", "4 6 5", "15", "4 6 4", "14"),
    Kind.COURT_CASE: ("7-2.4.1.2.4", "20", "7-2.4.3.4", *_SHORT_CASES),
    Kind.ADMINISTRATIVE_CASE: ("5.6/4-2", "17", "5.6/2-2", "15", "7.6/4-2", "21"),
    Kind.PROPERTY_REGISTRY_CODE: ("6.1.7-2", "16"),
    Kind.PROPERTY_TAX: ("3.3.4-1", "11"),
    Kind.CEP: ("5-3", "2.3-3", "8"),
    Kind.PHONE: (
        *("2)5-4", "2)4-4", "2)9", "2)8", "11", "10", "5-4", "4-4", "9", "8", "2)1 4-4", "1 4-4"),
        *("2 2)5-4", "2 2)4-4", "13", "12", "2 2)9", "2 2)8", "2 11", "2 10", "2 2)1 4-4"),
        *("3)5-4", "3)4-4", "3)9", "3)8", "3)1 4-4"),
        # Two zeros before a country: as some exchanges dial.
        *("4 2 5-4", "4 2 4-4", "4 2)5-4", "4 2)4-4"),
    ),
}


def _by_groups() -> dict[str, tuple[Layout, ...]]:
    found: dict[str, tuple[Layout, ...]] = {}
    for kind, drawings in _DRAWN.items():
        for drawing in drawings:
            groups, separators = _parts(drawing)
            found[groups] = (*found.get(groups, ()), Layout(kind, separators))
    return found


def _parts(drawing: str) -> tuple[str, str]:
    numbers = "".join(sign if sign.isdigit() else "," for sign in drawing).split(",")
    separators = "".join(sign for sign in drawing if not sign.isdigit())
    return "".join(chr(64 + int(number)) for number in numbers), separators


def national_number(digits: str) -> str | None:
    """Return area code and number as a telephone's digits may be read, or None.

    Without an area code the number alone is returned; 55, zeros before it and before the area
    are taken off.
    """
    if len(digits) in {14, 15} and digits.startswith("0055"):
        digits = digits[2:]
    if len(digits) in {12, 13} and digits.startswith("55"):
        digits = digits[2:]
    if len(digits) in {11, 12} and digits[0] == "0":
        digits = digits[1:]
    local = digits[2:] if len(digits) > 9 else digits
    if len(digits) > 9 and digits[:2] not in AREA_CODES:
        return None
    fits = (len(local) == 9 and local[0] == "9") or (len(local) == 8 and local[0] in "2345")
    return digits if fits else None


# Keyed by the lengths of the groups, one letter each: A for 1, B for 2.
LAYOUTS = _by_groups()
MOST_GROUPS = max(len(groups) for groups in LAYOUTS)
MOST_DIGITS = 21
