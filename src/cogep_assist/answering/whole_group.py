"""Where a list is asked for and a row or an item answers best: all of its table or list. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from cogep_assist.answering.choice import MOST_CHARACTERS, MOST_SENTENCES, Piece, Taken
from cogep_assist.answering.passage_units import Unit, UnitKind, names_columns
from cogep_assist.answering.question_type import Sought, asks_for_all, sought
from cogep_assist.answering.unit_scores import asked_terms
from cogep_assist.retrieval.hit import Hit
from cogep_assist.retrieval.portuguese import stem, words

MOST_ROWS = 12
MOST_ROW_CHARACTERS = 800
MOST_LIST_ITEMS = 15
MOST_LIST_CHARACTERS = 1_800
# A term that this share of the rows holds tells none of them apart.
_COMMON = 0.8
# What stands between two passages that follow each other.
_GAP = 2


@dataclass(frozen=True, slots=True)
class _Member:
    """A row or an item; ``passage`` and ``place`` say where it stands."""

    passage: int
    place: int
    text: str


@dataclass(frozen=True, slots=True)
class _Group:
    """A table or a list over the passages that hold it, in order."""

    members: list[_Member]
    # The header or the sentence that leads into it, which stands before the first of them.
    lead: _Member | None
    rows: bool

    @property
    def bounds(self) -> tuple[int, int]:
        """How many rows or items may be shown, and how many characters of them."""
        if self.rows:
            return MOST_ROWS, MOST_ROW_CHARACTERS
        return MOST_LIST_ITEMS, MOST_LIST_CHARACTERS


def names_cells(text: str, row: Unit) -> bool:
    """Tell whether each cell says its column's name, as the rows of spreadsheets do."""
    return row.kind is UnitKind.ROW and names_columns(text[row.start : row.end])


def without_false_headers(units: Sequence[list[Unit]], passages: Sequence[Hit]) -> list[list[Unit]]:
    """Return the units with no row as header where a table only goes on from another passage."""
    return [
        [replace(one, lead=None) if one.group == own[0].group else one for one in own]
        if _beside_it(place, -1, UnitKind.ROW, units, passages) is not None
        else own
        for place, own in enumerate(units)
    ]


def widened(
    question: str,
    chosen: Sequence[Taken],
    units: Sequence[Sequence[Unit]],
    passages: Sequence[Hit],
) -> list[Taken]:
    """Return what was chosen, with all of the best one's table or list where all is asked for.

    A question that names some of the rows gets those, if they are more than an answer holds. What
    does not fit is counted in ``more`` of the last.
    """
    found = _leading(chosen, units, passages) or _steps(question, chosen, units, passages)
    if found is None:
        return list(chosen)
    best, group = found
    if best.piece.whole_list:
        own = units[best.piece.passage]
        shown = sum(
            own[place].group == own[best.piece.units[-1]].group for place in best.piece.units
        )
        more = max(len(group.members) - shown, 0)
        return [replace(one, more=more) if one is best else one for one in chosen]
    if len(group.members) < 2:
        return list(chosen)
    if _is_step(question, best.piece, units):
        asked = group.members
    elif asks_for_all(question):
        asked = _asked_for(question, best.piece, group, passages)
    else:
        return list(chosen)
    several = len(asked) > MOST_SENTENCES or not _all_there(asked, chosen)
    if not asked or not several:
        return list(chosen)
    whole = _pieces(group, _fitting(group, asked))
    return [*whole, *_beside(chosen, whole, group, units)]


def _is_step(question: str, piece: Piece, units: Sequence[Sequence[Unit]]) -> bool:
    """Tell whether a step is what answers best how something is done: none stands alone."""
    return sought(question) is Sought.PROCEDURE and units[piece.passage][piece.units[-1]].numbered


def _all_there(members: Sequence[_Member], chosen: Sequence[Taken]) -> bool:
    there = {(one.piece.passage, place) for one in chosen for place in one.piece.units}
    return all((one.passage, one.place) in there for one in members)


def _leading(
    chosen: Sequence[Taken], units: Sequence[Sequence[Unit]], passages: Sequence[Hit]
) -> tuple[Taken, _Group] | None:
    """Return the best row, item or list: of what is best, or of what the answer has two of."""
    for one in chosen:
        if units[one.piece.passage][one.piece.units[-1]].group is None:
            continue
        group = _group(one.piece, units, passages)
        several = sum(_inside(group, other) for other in chosen) > 1
        if several or one is chosen[0] or one.piece.whole_list:
            return one, group
    return None


def _steps(
    question: str,
    chosen: Sequence[Taken],
    units: Sequence[Sequence[Unit]],
    passages: Sequence[Hit],
) -> tuple[Taken, _Group] | None:
    """Return a step that was chosen beside what is best, in the same passage."""
    for one in chosen:
        if one.piece.passage == chosen[0].piece.passage and _is_step(question, one.piece, units):
            return one, _group(one.piece, units, passages)
    return None


def _inside(group: _Group, taken: Taken) -> bool:
    last = taken.piece.passage, taken.piece.units[-1]
    return any((one.passage, one.place) == last for one in group.members)


def _group(piece: Piece, units: Sequence[Sequence[Unit]], passages: Sequence[Hit]) -> _Group:
    kind = units[piece.passage][piece.units[-1]].kind
    number = units[piece.passage][piece.units[-1]].group
    members = [*_members(piece.passage, number, units, passages)]
    first, last = piece.passage, piece.passage
    while (before := _beside_it(first, -1, kind, units, passages)) is not None:
        members = [*_members(before, units[before][-1].group, units, passages), *members]
        first = before
    while (after := _beside_it(last, 1, kind, units, passages)) is not None:
        members = [*members, *_members(after, units[after][0].group, units, passages)]
        last = after
    lead = None
    if kind is UnitKind.ITEM:
        place = units[members[0].passage][members[0].place].lead
        if place is not None:
            lead = _member(members[0].passage, place, units, passages)
    elif not names_cells(passages[members[0].passage].text, _unit(members[0], units)):
        lead = members.pop(0)
    return _Group(members, lead, kind is UnitKind.ROW)


def _members(
    passage: int, number: int | None, units: Sequence[Sequence[Unit]], passages: Sequence[Hit]
) -> Iterator[_Member]:
    for place, unit in enumerate(units[passage]):
        if unit.group == number:
            yield _member(passage, place, units, passages)


def _member(
    passage: int, place: int, units: Sequence[Sequence[Unit]], passages: Sequence[Hit]
) -> _Member:
    unit = units[passage][place]
    return _Member(passage, place, passages[passage].text[unit.start : unit.end])


def _unit(member: _Member, units: Sequence[Sequence[Unit]]) -> Unit:
    return units[member.passage][member.place]


def _beside_it(
    passage: int, way: int, kind: UnitKind, units: Sequence[Sequence[Unit]], passages: Sequence[Hit]
) -> int | None:
    """Return the passage that goes on with a table or list at a passage's edge, if it is there."""
    here = passages[passage]
    inner, outer = (0, -1) if way < 0 else (-1, 0)
    if not units[passage] or units[passage][inner].kind is not kind:
        return None
    for other, hit in enumerate(passages):
        gap = here.start - hit.end if way < 0 else hit.start - here.end
        next_to = hit.version_id == here.version_id and hit.heading == here.heading
        if next_to and 0 <= gap <= _GAP and other != passage and units[other]:
            return other if units[other][outer].kind is kind else None
    return None


def _asked_for(
    question: str, piece: Piece, group: _Group, passages: Sequence[Hit]
) -> list[_Member]:
    """Return the rows or items that a question asks for: those that it names, if it names some."""
    hit = passages[piece.passage]
    announced = _stems(f"{hit.title}\n{hit.heading}\n{group.lead.text if group.lead else ''}")
    held = [_stems(one.text) for one in group.members]
    best = next(
        (
            said
            for one, said in zip(group.members, held, strict=True)
            if (one.passage, one.place) == (piece.passage, piece.units[-1])
        ),
        set[str](),
    )
    naming = {
        term
        for term in best & set(asked_terms(question)) - announced
        if sum(term in said for said in held) < _COMMON * len(held)
    }
    return [one for one, said in zip(group.members, held, strict=True) if naming <= said]


def _fitting(group: _Group, asked: Sequence[_Member]) -> list[_Member]:
    most, room = group.bounds
    kept: list[_Member] = []
    for one in asked[:most]:
        room -= len(one.text) + 1
        if room < 0 and kept:
            break
        kept.append(one)
    return kept


def _pieces(group: _Group, shown: Sequence[_Member]) -> list[Taken]:
    """Return the pieces by passage: those of the first with the header or lead before them."""
    own: dict[int, list[int]] = {}
    for one in (*([group.lead] if group.lead else []), *shown):
        own.setdefault(one.passage, []).append(one.place)
    taken = [
        Taken(Piece(passage, tuple(places), True), headed=group.rows and _leads(group, passage))
        for passage, places in own.items()
    ]
    taken[-1] = replace(taken[-1], more=len(group.members) - len(shown))
    return taken


def _leads(group: _Group, passage: int) -> bool:
    return group.lead is not None and group.lead.passage == passage


def _beside(
    chosen: Sequence[Taken],
    whole: Sequence[Taken],
    group: _Group,
    units: Sequence[Sequence[Unit]],
) -> list[Taken]:
    """Return what else was chosen: what is best, and the others where there is room for them."""
    rest = [one for one in chosen if not _inside(group, one)]
    length = sum(
        units[one.piece.passage][place].end - units[one.piece.passage][place].start
        for one in (*whole, *rest)
        for place in one.piece.units
    )
    return rest if length <= MOST_CHARACTERS else [one for one in rest if one is chosen[0]]


def _stems(text: str) -> set[str]:
    return set(map(stem, words(text)))
