"""How sure a number is of being what its grouping, its check digits and its neighbours say."""

from typing import NamedTuple

from cogep_assist.core.pii.digit_runs import Piece
from cogep_assist.core.pii.finding import Kind
from cogep_assist.core.pii.layouts import LOOK_ALIKE, PROOFS

# What is beside the word and has its check digits; what has only one of the two.
SURE, LIKELY, DOUBTFUL, NOTHING = 0.95, 0.8, 0.5, 0.0
# Beside the word with wrong digits: nearly always the number, mistyped. Hidden, not counted.
MISTYPED = 0.6


class Sight(NamedTuple):
    """A number as it stands: what it may be, how it is written, what is told about it."""

    kind: Kind
    piece: Piece
    own: bool
    opening: str
    told: frozenset[Kind] | None

    @property
    def near(self) -> bool:
        """Tell whether a word beside it announces this kind."""
        return self.told is not None and self.kind in self.told

    @property
    def nobodys(self) -> bool:
        """Tell whether a word beside it announces a number that belongs to nobody."""
        return self.told is not None and not self.told


def weigh(sight: Sight, *, proven: bool) -> float:
    """Return a score between 0 and 1; 0 is no finding."""
    if sight.kind is Kind.PHONE:
        return _phone(sight, proven=proven)
    if sight.kind is Kind.CEP:
        return _cep(sight, proven=proven)
    if sight.kind is Kind.PROPERTY_TAX:
        return SURE if sight.near else NOTHING
    return _proven(sight) if proven else _unproven(sight)


def _proven(sight: Sight) -> float:
    if sight.near:
        return SURE
    if sight.piece.inside:
        return DOUBTFUL if sight.own else NOTHING
    if sight.own:
        return 0.9
    weak = PROOFS[sight.kind].weak
    if sight.told and sight.told & LOOK_ALIKE and sight.kind in LOOK_ALIKE:
        # The word says another number of the same look: two digits outweigh one.
        return 0.74 if weak else 0.78
    if sight.kind in {Kind.HEALTH_CARD, Kind.CARD} and sight.piece.separators:
        return DOUBTFUL if sight.nobodys else 0.72
    if weak:
        return NOTHING
    return DOUBTFUL if sight.nobodys or sight.kind is not Kind.CPF else 0.75


def _unproven(sight: Sight) -> float:
    if sight.near:
        return MISTYPED if not sight.piece.inside or sight.own else DOUBTFUL
    drawn = sight.own and sight.kind not in {Kind.CARD, Kind.RENAVAM, Kind.DRIVING_LICENCE}
    # Short drawings such as 9-2 are also part numbers and sums.
    if drawn and not sight.piece.inside and len(sight.piece.separators) > 1 and not sight.nobodys:
        return DOUBTFUL
    return NOTHING


def _cep(sight: Sight, *, proven: bool) -> float:
    if sight.piece.inside:
        return NOTHING
    if sight.near:
        return 0.9 if proven or sight.own else DOUBTFUL
    if not proven or not sight.own or sight.piece.misread:
        return NOTHING
    return 0.72 if sight.told is None else 0.45


def _phone(sight: Sight, *, proven: bool) -> float:
    area = len(sight.piece.digits) > 9
    signs = "".join(sight.piece.separators.split())
    if sight.piece.inside and not (proven and area and ")" in signs):
        return NOTHING
    if sight.near:
        drawn = sight.own and (area or signs)
        return 0.9 if proven else DOUBTFUL if drawn or (area and not signs) else NOTHING
    if not proven or sight.piece.misread:
        return NOTHING
    if area and (sight.opening.endswith("+") or (")" in signs and sight.opening.endswith("("))):
        return 0.85
    return NOTHING if sight.nobodys else _bare_phone(sight, signs, area=area)


def _bare_phone(sight: Sight, signs: str, *, area: bool) -> float:
    """Weigh a telephone that no word announces and no bracket opens."""
    mobile = sight.piece.digits[-9:-8] == "9"
    if area and signs == "-":
        return 0.75 if sight.told is None else DOUBTFUL
    if area and (mobile or (sight.piece.digits[0] == "0" and sight.own)):
        return NOTHING if sight.told and sight.told & LOOK_ALIKE else DOUBTFUL
    return 0.45 if mobile and signs == "-" else NOTHING
