"""Whether a clause is denied, allowed or demanded as the clauses are that say the same. Pure."""

from collections.abc import Iterable, Sequence

from cogep_assist.answering.grounding_claim import Clause
from cogep_assist.answering.grounding_synonyms import covered, groups_of
from cogep_assist.retrieval.portuguese import words


def clause_holds(clause: Clause, said: Sequence[Clause], context: frozenset[str]) -> bool:
    """Compare what is denied, allowed or demanded with the clause here that says the same.

    ``context`` are the stems of the headings.
    """
    if not clause.stems:
        return True
    scored = [(_share(clause, other), other) for other in said if other.stems]
    best = max((share for share, _ in scored), default=0.0)
    if not best:
        return clause.negated == any(other.negated for other in said)
    nearest = _excepted(clause, [other for share, other in scored if share == best])
    nearest = _repeated(clause, [other for _, other in scored], nearest) or nearest
    if _speaks_of_another(clause, nearest, said, context):
        return False
    denied = frozenset[str]().union(*(other.denied for other in said))
    agreeing = [other for other in nearest if _agree(clause, other, denied)]
    return len(agreeing) == len(nearest) or _literal(clause, agreeing, denied)


def _speaks_of_another(
    clause: Clause, nearest: Sequence[Clause], said: Sequence[Clause], context: frozenset[str]
) -> bool:
    """Tell whether what is said of one thing is claimed of another that stands beside it."""
    opening = clause.opening
    if opening is None or covered(opening, context, groups_of(context)):
        return False
    beside = any(covered(opening, c.stems, c.groups) for c in said)
    return beside and all(
        other.opening is not None
        and not covered(opening, other.stems, other.groups)
        and not covered(other.opening, clause.stems, clause.groups)
        for other in nearest
    )


def _share(clause: Clause, other: Clause) -> float:
    return sum(covered(word, other.stems, other.groups) for word in clause.stems) / len(
        clause.stems
    )


def _excepted(clause: Clause, nearest: list[Clause]) -> list[Clause]:
    """Leave out "exceto X" where nothing is claimed of X."""
    kept = [
        other
        for other in nearest
        if not other.excepted
        or any(covered(word, clause.stems, clause.groups) for word in other.excepted)
    ]
    return kept or nearest


def _repeated(clause: Clause, said: Sequence[Clause], nearest: Sequence[Clause]) -> list[Clause]:
    """Return the clauses told whole that speak of what the nearest ones do not.

    "às teóricas, facultativa" has few words in common with a claim, and is what it is about.
    """
    return [
        other
        for other in said
        if all(covered(word, clause.stems, clause.groups) for word in other.stems)
        and any(
            all(not covered(word, n.stems, n.groups) for n in nearest if n is not other)
            for word in other.stems
        )
    ]


def _polarity_agrees(clause: Clause, other: Clause, denied: frozenset[str]) -> bool:
    """Compare what is denied, word by word where "não" and "sem" alone deny.

    ``denied`` is what all clauses deny: "sem justificativa" may be another's "se não houver".
    """
    if not (clause.plainly and other.plainly):
        return clause.negated == other.negated
    for word in clause.denied:
        if covered(word, other.denied, groups_of(other.denied)):
            continue
        if covered(word, other.stems, other.groups):
            return False
        if not other.denied and not covered(word, denied, groups_of(denied)):
            return False
    return all(
        not any(covered(word, clause.stems, clause.groups) for word in denial)
        or covered(denial[0], clause.denied, groups_of(clause.denied))
        or (clause.denied and not covered(denial[0], clause.stems, clause.groups))
        for denial in other.denials
        if denial
    )


def _agree(clause: Clause, other: Clause, denied: frozenset[str]) -> bool:
    if not _polarity_agrees(clause, other, denied) or not _marks_agree(clause.marks, other.marks):
        return False
    if clause.modality is None:
        return not (clause.certain and other.modality == "permit" and not other.certain)
    if clause.modality == other.modality:
        return True
    if any(word.startswith(root[:5]) for root in other.able for word in clause.stems):
        return clause.modality == "permit"
    # Norms demand in the plain indicative: "o registro é feito" is told as "deve ser feito".
    return other.modality is None and len(clause.stems) > 1


def _marks_agree(claimed: frozenset[str], said: frozenset[str]) -> bool:
    if not {mark for mark in claimed if mark[0] != "*"} <= said:
        return False
    if "*all" in claimed and "*some" in said - claimed:
        return False
    return not any(
        one in claimed and other in said and one not in said
        for one, other in (
            ("*before", "*after"),
            ("*after", "*before"),
            ("*from", "*until"),
            ("*until", "*from"),
        )
    )


def _literal(clause: Clause, nearest: Iterable[Clause], denied: frozenset[str]) -> bool:
    """Tell whether a clause repeats one of these to the word."""
    mine = words(clause.text)
    return any(words(other.text) == mine and _agree(clause, other, denied) for other in nearest)
