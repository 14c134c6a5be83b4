"""What a span of a passage says, and where a claim departs from it. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from cogep_assist.answering.grounding_claim import (
    Claim,
    Piece,
    content_stems,
    read_claim,
)
from cogep_assist.answering.grounding_conditions import drops_a_condition
from cogep_assist.answering.grounding_exchanges import (
    exchanges_numbers,
    trades_a_link,
    turns_a_cause,
)
from cogep_assist.answering.grounding_joints import (
    drops_an_only,
    ends_on_another_day,
    trades_a_joint,
)
from cogep_assist.answering.grounding_mixed import mixes, one_statement
from cogep_assist.answering.grounding_numbers import Number
from cogep_assist.answering.grounding_polarity import clause_holds
from cogep_assist.answering.grounding_roles import (
    compares_unasked,
    drops_a_prefix,
    names_another_day,
    trades_a_role,
    turns_round,
    wrong_range,
)
from cogep_assist.answering.grounding_rows import Sentence, Stretch, read_sentences
from cogep_assist.answering.grounding_synonyms import RIVALS, covered, groups_of
from cogep_assist.answering.grounding_words import BOUNDS
from cogep_assist.retrieval.portuguese import fold

_DURATIONS = frozenset(("dia", "hora", "minuto", "semana", "mes", "ano"))
_PARTICLES = frozenset(("de", "da", "do", "das", "dos", "e"))


@dataclass(frozen=True, slots=True)
class Coverage:
    """Shares of a claim's words: in the span with its headings, and in the span itself."""

    total: float
    own: float


def coverage(claim: Claim, own: frozenset[str], around: frozenset[str]) -> Coverage:
    """Return how much of what a claim says is said by a span's words, and by those around it."""
    if not claim.stems:
        return Coverage(1.0, 1.0)
    own_groups = groups_of(own)
    missing = {word for word in claim.stem_set if not covered(word, own, own_groups)}
    around_groups = groups_of(around)
    lacking = {word for word in missing if not covered(word, around, around_groups)}
    count = len(claim.stem_set)
    return Coverage(1 - len(lacking) / count, 1 - len(missing) / count)


@dataclass(frozen=True)
class Evidence:
    """A span read as a claim is, and the words of its headings."""

    said: Claim
    context: frozenset[str]
    context_names: frozenset[str]
    elsewhere: tuple[str, ...] = ()
    asked: frozenset[str] = frozenset()

    @cached_property
    def _held(self) -> tuple[frozenset[str], frozenset[str]]:
        return self.said.stem_set, self.said.groups

    @cached_property
    def _held_with_context(self) -> tuple[frozenset[str], frozenset[str]]:
        held = self.said.stem_set | self.context
        return held, groups_of(held)

    @cached_property
    def _all_names(self) -> frozenset[str]:
        return frozenset(bare_words(self.said.text)) | self.context_names

    @cached_property
    def _initials(self) -> str:
        return "".join(word[0] for word in bare_words(self.said.text) if word not in _PARTICLES)

    def contradiction(self, claim: Claim) -> str | None:
        """Return what a claim says otherwise than this span, or None."""
        # Each is made only where all before it hold: the last ones cost most.
        checks: tuple[tuple[str, Callable[[Claim], bool]], ...] = (
            ("number", self._numbers_hold),
            ("date", self._dates_hold),
            ("name", self._names_hold),
            ("rival", lambda one: not self._names_a_rival(one)),
            ("subject", self._subjects_hold),
            ("belonging", lambda one: self._numbers_belong(one) and self._names_belong(one)),
            ("polarity", self._polarity_holds),
            ("order", self._order_holds),
            ("condition", lambda one: not self._drops_a_condition(one)),
            ("joint", lambda one: not self._exchanges(one)),
            ("mixed", lambda one: not any(map(self._mixes, one.stretches))),
        )
        return next((name for name, holds in checks if not holds(claim)), None)

    def _polarity_holds(self, claim: Claim) -> bool:
        said, context = self.said.clauses, self.context
        return all(clause_holds(clause, said, context) for clause in claim.clauses)

    @cached_property
    def _sentences(self) -> tuple[Sentence, ...]:
        return read_sentences(self.said.text)

    def _drops_a_condition(self, claim: Claim) -> bool:
        told = self.asked.union(*(stretch.tokens for stretch in claim.stretches))
        return any(
            drops_a_condition(s, self._sentences, told) or drops_an_only(s, self._sentences)
            for s in claim.stretches
        )

    def _exchanges(self, claim: Claim) -> bool:
        """Tell whether what a text joins, orders or reasons is joined or ordered otherwise."""
        return any(
            exchanges(claim.text, self.said.text)
            for exchanges in (trades_a_joint, trades_a_link, exchanges_numbers, turns_a_cause)
        )

    def _mixes(self, stretch: Stretch) -> bool:
        return mixes(stretch, self._sentences, self.elsewhere, tuple(self.context))

    def _order_holds(self, claim: Claim) -> bool:
        """Refuse roles, comparisons and ranges turned round, and other days of the week."""
        return not (
            any(turns_round(stretch, self._sentences) for stretch in claim.stretches)
            or compares_unasked(claim.text, self.said.text)
            or wrong_range(claim.text, self.said.text)
            or any(trades_a_role(stretch, self._sentences) for stretch in claim.stretches)
            or drops_a_prefix(claim.text, self.said.text)
            or names_another_day(claim.text, self.said.text)
            or ends_on_another_day(claim.text, self.said.text)
        )

    def _numbers_hold(self, claim: Claim) -> bool:
        return all(self._tells(number) for number in claim.numbers)

    def _tells(self, number: Number) -> bool:
        same = [other for other in self.said.numbers if _same_number(number, other)]
        if number.unit and same and not any(other.unit for other in same):
            # A bare "7" is no "7 semanas" where the text says "7 dias" beside it.
            units = {o.unit for o in self.said.numbers if o.value == number.value}
            return units == {None}
        return bool(same)

    def _dates_hold(self, claim: Claim) -> bool:
        for date in claim.dates:
            told = [other for other in self.said.dates if date.told_by(other)]
            if not any(date.bound in (0, other.bound) for other in told):
                return False
        years = {date.year for date in self.said.dates}
        plain = {number.value for number in self.said.numbers}
        return all(
            d.day is not None or d.year is None or d.year in years | plain for d in claim.dates
        )

    def _names_hold(self, claim: Claim) -> bool:
        held_mails = self.said.text.lower()
        return all(mail in held_mails for mail in claim.mails) and all(
            name in self._all_names or self._abbreviates(name) or self._is_known_word(name)
            for name in claim.names
        )

    def _abbreviates(self, name: str) -> bool:
        return 2 <= len(name) <= 6 and name in self._initials

    def _is_known_word(self, name: str) -> bool:
        """Accept a plain word in capitals, such as "Servidores": it is covered as a word is."""
        found = read_claim(name.lower()).stem_set
        return bool(found) and all(covered(word, *self._held_with_context) for word in found)

    def _names_a_rival(self, claim: Claim) -> bool:
        held, _ = self._held_with_context
        for word in claim.stem_set - held:
            others = RIVALS.get(word)
            if others and not others.isdisjoint(self.said.stem_set):
                return True
        return False

    def _subjects_hold(self, claim: Claim) -> bool:
        """Demand of each clause that what it opens with is spoken of here."""
        return all(
            clause.opening is None or covered(clause.opening, *self._held_with_context)
            for clause in claim.clauses
        )

    def _numbers_belong(self, claim: Claim) -> bool:
        """Refuse a number that stands in another clause than the words that it is claimed of."""
        for piece in claim.pieces:
            for number in piece.numbers:
                holders = [p for p in self.said.pieces if _holds(p, number)]
                rivals = [
                    p
                    for p in self.said.pieces
                    if not _holds(p, number) and any(_alike(number, n) for n in p.numbers)
                ]
                if holders and all(_taken_from(piece, claim, h, rivals) for h in holders):
                    return False
        return True

    def _names_belong(self, claim: Claim) -> bool:
        """Refuse a name together with what is said of another name."""
        if all(one_statement(stretch, self._sentences) for stretch in claim.stretches):
            return True
        for name in claim.names:
            holders = [p for p in self.said.pieces if name in p.names]
            if not holders:
                continue
            missing = {
                word
                for word in claim.stem_set - {name}
                if not any(covered(word, p.stems, groups_of(p.stems)) for p in holders)
            }
            if missing <= claim.names and not any(p.names - claim.names for p in holders):
                continue
            for piece in self.said.pieces:
                strangers = piece.names - claim.names
                if name in piece.names or not strangers or len(piece.stems) < 2:
                    continue
                if any(covered(word, piece.stems, groups_of(piece.stems)) for word in missing):
                    return False
        return True


def read_evidence(
    text: str,
    around: str,
    elsewhere: tuple[str, ...] = (),
    asked: frozenset[str] = frozenset(),
) -> Evidence:
    """Read a span of a passage.

    ``around`` is its title, its headings and what leads into it; ``elsewhere`` the tokens of the
    whole passage; ``asked`` the stems of the question.
    """
    names = frozenset(bare_words(around))
    return Evidence(read_claim(text), content_stems(around), names, elsewhere, asked)


@lru_cache(maxsize=1024)
def bare_words(text: str) -> Sequence[str]:
    """Return the folded words and digits of a text, nothing left out."""
    return tuple("".join(c if c.isalnum() else " " for c in fold(text)).split())


def _same_number(claimed: Number, said: Number) -> bool:
    if not _same_value(claimed, said) or claimed.quality not in (None, said.quality):
        return False
    if claimed.bound == said.bound:
        return claimed.exclusive == said.exclusive or not claimed.bound
    if claimed.bound:
        return False
    # "até 30 dias" may be told as "30 dias"; "mais de 30" or "até R$ 30" may not as R$ 30.
    return not said.exclusive and said.unit in _DURATIONS


def _comparable(one: Number, other: Number) -> bool:
    if one.kind != other.kind:
        # "10" may be told of "R$ 10" no more than of "10%"; a bare number beside a unit may.
        return False
    return one.unit is None or other.unit is None or one.unit == other.unit


def _holds(piece: Piece, number: Number) -> bool:
    return any(_same_value(n, number) for n in piece.numbers)


def _same_value(one: Number, other: Number) -> bool:
    if {one.kind, other.kind} == {"plain", "percent"}:
        part, percent = (one, other) if one.kind == "plain" else (other, one)
        # "metade" is told as "50%"; "50" is not.
        return part.value < 1 and part.value * 100 == percent.value
    return one.value == other.value and _comparable(one, other)


def _alike(one: Number, other: Number) -> bool:
    """Tell whether two numbers answer the same kind of question; an hour is a time of day too."""
    clock = {
        one.kind if one.unit != "hora" else "time",
        other.kind if other.unit != "hora" else "time",
    }
    return _comparable(one, other) or clock == {"time"}


def _taken_from(piece: Piece, claim: Claim, holder: Piece, rivals: list[Piece]) -> bool:
    """Tell whether a number that one piece holds is claimed of what other pieces speak of."""
    mine = piece.stems if len(piece.stems) > 1 else claim.stem_set
    missing = {word for word in mine if not covered(word, holder.stems, holder.groups)}
    if any(not RIVALS.get(word, frozenset()).isdisjoint(holder.stems) for word in missing):
        return True
    mine_groups = groups_of(mine)
    if not rivals or all(covered(word, mine, mine_groups) for word in holder.stems - BOUNDS):
        return False
    # The holder speaks of something else, and what it lacks is spoken of beside another number.
    if any(covered(word, r.stems, r.groups) for word in missing for r in rivals):
        return True
    return _most(mine, rivals) > _most(mine, [holder])


def _most(stems: frozenset[str], pieces: Iterable[Piece]) -> float:
    def likeness(other: frozenset[str]) -> float:
        groups = groups_of(other)
        shared = sum(covered(word, other, groups) for word in stems)
        union = len(stems) + len(other) - shared
        return shared / union if union else 0.0

    return max((likeness(piece.stems) for piece in pieces), default=0.0)
