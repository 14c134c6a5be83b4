"""How likely two customers are one, and why. Pure: the same two, the same answer.

Evidence is added up in natural logarithms of odds (Fellegi and Sunter 1969): what two
records of one person share and two strangers seldom do speaks for, what one person has
only once speaks against.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cogep_assist.core.brazil.names import GENERATIONS, sound
from cogep_assist.core.brazil.nicknames import is_short_for
from cogep_assist.core.models import CustomerKind
from cogep_assist.crm_service.customers.word_distance import distance

# From here on, two are shown to a person as possible duplicates.
SUGGESTED = 0.6
PRIOR = -9.0
_COMMON_TEXT = """
adriana alessandra alex aline almeida alves amanda ana andrade andre antonia antonio aparecida
araujo barbosa barros batista bruna bruno camila cardoso carlos carvalho castro costa daniel
daniela dias eduardo edson fabio felipe fernanda fernandes fernando ferreira francisca francisco
freitas gabriel gomes goncalves gustavo jesus joao jorge jose josefa julia juliana julio leonardo
leticia lima lopes lucas luciana luis luiz machado marcelo marcia marcio marcos maria mariana
marques martins mateus matheus melo mendes miguel miranda monteiro moraes moreira moura nascimento
nunes oliveira patricia paula paulo pedro pereira pinto rafael ramos raimundo reis ribeiro ricardo
roberto rocha rodrigo rodrigues rosa sandra santana santos sebastiao silva silveira soares sousa
souza teixeira thiago tiago vanessa vieira vitor
"""
_COMMON = frozenset(_COMMON_TEXT.split())
_VERY_COMMON = frozenset(["ana", "jose", "joao", "maria", "oliveira", "santos", "silva", "souza"])


@dataclass(frozen=True, slots=True)
class Profile:
    """What is compared of a customer; words are the folded telling words of a name."""

    kind: CustomerKind
    names: tuple[tuple[str, ...], ...]
    cpf: str | None = None
    cnpj: str | None = None
    birth_date: date | None = None
    emails: frozenset[str] = frozenset()
    mailboxes: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    address: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Likeness:
    """How likely two are one, from 0 to 1, and the reasons for it."""

    score: float
    reasons: tuple[str, ...]

    @property
    def is_suggested(self) -> bool:
        """Whether a person should look at the two."""
        return self.score >= SUGGESTED


@dataclass(slots=True)
class _NameEvidence:
    weight: float
    reason: str | None


def compare(one: Profile, other: Profile) -> Likeness:
    """Compare two customers. A register number that differs ends the matter."""
    if one.kind is not other.kind or _differ(one.cpf, other.cpf) or _differ(one.cnpj, other.cnpj):
        return Likeness(0.0, ())
    names = max(
        (_compare_names(a, b, one.kind) for a in one.names for b in other.names),
        key=lambda evidence: evidence.weight,
    )
    weights = [PRIOR, names.weight, _kin(one, other)]
    reasons = [names.reason] if names.reason else []
    for weight, reason in (
        _mail(one, other),
        _phone(one, other),
        _birth(one.birth_date, other.birth_date),
        _address(one, other),
    ):
        weights.append(weight)
        if reason is not None:
            reasons.append(reason)
    return Likeness(1 / (1 + math.exp(-sum(weights))), tuple(reasons))


def _differ(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one != other


def _mail(one: Profile, other: Profile) -> tuple[float, str | None]:
    if one.emails & other.emails:
        return 8.0, "same_email"
    if one.mailboxes & other.mailboxes:
        return 7.5, "same_mailbox"
    return (-0.5 if one.emails and other.emails else 0.0), None


def _phone(one: Profile, other: Profile) -> tuple[float, str | None]:
    shared = one.phones & other.phones
    if shared:
        # A line of a house or an office is shared; a mobile seldom is.
        mobile = any(len(number) == 14 and number[5] == "9" for number in shared)
        return (7.0 if mobile else 6.0), "same_phone"
    return (-0.5 if one.phones and other.phones else 0.0), None


def _address(one: Profile, other: Profile) -> tuple[float, str | None]:
    if one.address is not None and one.address == other.address:
        return 3.5, "same_address"
    return 0.0, None


def _birth(one: date | None, other: date | None) -> tuple[float, str | None]:
    if one is None or other is None:
        return 0.0, None
    if one == other:
        return 7.0, "same_birth_date"
    if one.year == other.year and (one.day, one.month) == (other.month, other.day):
        return 5.0, "birth_date_swapped"
    if distance(one.isoformat(), other.isoformat(), 1) == 1:
        return 2.0, "birth_date_typo"
    return -7.0, None


def _compare_names(one: Sequence[str], other: Sequence[str], kind: CustomerKind) -> _NameEvidence:
    if kind is not CustomerKind.PERSON:
        return _compare_words(one, other, kind)
    return _compare_words(_without_kin(one), _without_kin(other), kind)


def _kin(one: Profile, other: Profile) -> float:
    """Weigh "Filho", "Júnior", "Neto": father and son share the rest of the name, and often
    the house and its telephone; only what one of them has alone outweighs that word."""
    mine, theirs = ({_kin_of(name) for name in profile.names} for profile in (one, other))
    if one.kind is not CustomerKind.PERSON or mine & theirs:
        return 0.0
    same = one.birth_date is not None and one.birth_date == other.birth_date
    return -4.0 if same or one.mailboxes & other.mailboxes else -16.0


def _kin_of(words: Sequence[str]) -> str | None:
    return next((GENERATIONS[word] for word in reversed(words) if word in GENERATIONS), None)


def _without_kin(words: Sequence[str]) -> Sequence[str]:
    return [word for word in words if word not in GENERATIONS] or words


def _compare_words(one: Sequence[str], other: Sequence[str], kind: CustomerKind) -> _NameEvidence:
    if not one or not other:
        return _NameEvidence(0.0, None)
    if list(one) == list(other):
        return _NameEvidence(sum(_bits(word) for word in one), "same_name")
    if [sound(word) for word in one] == [sound(word) for word in other]:
        both = zip(one, other, strict=True)
        return _NameEvidence(sum(min(_bits(a), _bits(b)) for a, b in both) - 0.3, "same_sound")
    if sorted(one) == sorted(other):
        return _NameEvidence(sum(_bits(word) for word in one) - 0.7, "swapped_names")
    few, many = sorted((one, other), key=len)
    return _aligned(few, many, kind)


def _aligned(few: Sequence[str], many: Sequence[str], kind: CustomerKind) -> _NameEvidence:
    """Pair each word of the shorter name with its best in the longer one."""
    free = list(range(len(many)))
    weight, reasons, places = 0.0, set(), []
    for place, word in enumerate(few):
        scored = [
            (*_compare_word(word, many[i], place == 0 or i == 0), -abs(i - place), i) for i in free
        ]
        if not scored:
            break
        likeness, reason, _, chosen = max(scored, key=lambda found: (found[0], found[2]))
        if likeness <= 0:
            weight -= 3.0
            places.append(-1)
            continue
        free.remove(chosen)
        places.append(chosen)
        weight += likeness
        reasons.add(reason)
    # Middle names are left out often; a whole surname less so.
    weight -= 0.4 * len(free)
    if kind is CustomerKind.PERSON:
        weight += _ends(few, many, places)
    return _NameEvidence(max(weight, -14.0), _reason(reasons, places))


def _ends(few: Sequence[str], many: Sequence[str], places: Sequence[int]) -> float:
    """Weigh what became of the first name and of the last, which tell people apart."""
    weight = 0.0
    if places[0] == -1:
        # Twins share the birth date, the surname and the house: this alone tells them apart.
        weight -= 12.0
    elif places[0] != 0 and len(few) == 1:
        weight -= 2.0
    if len(few) > 1 and len(many) - 1 not in places:
        # A name taken in marriage is added at the end; another one in its place is another's.
        weight -= 0.4 if -1 not in places else 1.5
    return weight


def _compare_word(one: str, other: str, may_be_nickname: bool) -> tuple[float, str]:
    if one == other:
        return _bits(one), "same"
    if sound(one) == sound(other):
        return min(_bits(one), _bits(other)) - 0.3, "same_sound"
    if len(one) == 1 or len(other) == 1:
        return (0.4, "initials") if one[0] == other[0] else (0.0, "")
    if may_be_nickname:
        if is_short_for(one, other) or is_short_for(other, one):
            return 1.2, "nickname"
        if _are_brother_and_sister(one, other):
            return 0.0, ""
    longest = max(len(one), len(other))
    allowed = 0 if longest < 4 else 1 if longest < 8 else 2
    far = distance(one, other, allowed) if allowed else 1
    if far <= allowed:
        return max(_bits(one), _bits(other)) - 0.5 * far - 0.2, "similar_name"
    return 0.0, ""


def _are_brother_and_sister(one: str, other: str) -> bool:
    """Tell Paulo from Paula, Luiz from Luiza and Maria from Mariana: one letter, two people."""
    short, long = sorted((one, other), key=len)
    if long.startswith(short):
        return True
    return short[:-1] == long[:-1] and {short[-1], long[-1]} == {"a", "o"}


def _reason(reasons: set[str], places: Sequence[int]) -> str | None:
    for reason in ("nickname", "initials", "similar_name", "same_sound"):
        if reason in reasons:
            return reason
    if "same" not in reasons:
        return None
    found = [place for place in places if place >= 0]
    return "swapped_names" if found != sorted(found) else "similar_name"


def _bits(word: str) -> float:
    if len(word) == 1:
        return 0.4
    if word in _VERY_COMMON:
        return 1.3
    return 2.2 if word in _COMMON else 3.2
