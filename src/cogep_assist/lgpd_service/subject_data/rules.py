"""What a table of the inventory says: whose its rows are, and what erasure makes of them.

Titles, grounds and reasons are read by people in plans and certificates, so they are Portuguese.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

ELIMINATION = "art. 18, VI (eliminação)"
REDACTION = "art. 18, IV e VI (texto de outra pessoa que cita o titular)"
ANONYMIZATION = "art. 16, IV, e art. 12 (estatística sem pessoa)"
ACCOUNTABILITY = "art. 16, I, e art. 6º, X (prestação de contas)"
SECURITY = "art. 7º, II, e art. 46 (segurança)"
# What stands for ``user:<id>`` and the like: a column that remembers who acted, by their label.
ACTOR = "actor"


class Fate(enum.StrEnum):
    """What becomes of a table's rows that are a subject's own."""

    ELIMINATE = "eliminate"
    ANONYMIZE = "anonymize"
    KEEP = "keep"
    # The rows are nobody's: whoever they name is taken out of them.
    REDACT = "redact"
    # Made from other rows: made anew, or removed, where those were redacted.
    REBUILD = "rebuild"


@dataclass(frozen=True, slots=True)
class Link:
    """A column by which rows belong to a subject: through rows of ``of``, or an actor's label.

    ``backwards``: the column is one of ``of``, and names the rows here. ``unless`` is a column
    that, filled in, says that the row is somebody else's.
    """

    column: str
    of: str
    backwards: bool = False
    unless: str | None = None


@dataclass(frozen=True, slots=True)
class TableRule:
    """One table of the inventory.

    ``emptied`` gives what anonymised columns hold afterwards, ``kept`` personal columns that
    stay and why. A column of ``opaque`` is read by nobody without a key, or holds only digests:
    no text is looked for in it. ``unexported`` says why a copy for the subject leaves the table
    out; "": it is in the copy.
    """

    title: str
    fate: Fate
    ground: str
    links: tuple[Link, ...] = ()
    why: str = ""
    emptied: Mapping[str, object] = field(default_factory=dict)
    kept: Mapping[str, str] = field(default_factory=dict)
    opaque: Mapping[str, str] = field(default_factory=dict)
    unexported: str = ""

    @property
    def exported(self) -> bool:
        """Whether a subject's own rows are in the copy that they get (art. 18, II and V)."""
        return not self.unexported


def of(table: str, column: str) -> Link:
    """Say that rows belong to whoever the row of ``table`` that a column names belongs to."""
    return Link(column, table)


def named_by(table: str, column: str) -> Link:
    """Say that rows belong to whoever the rows of ``table`` that name them belong to."""
    return Link(column, table, backwards=True)


def by_actor(column: str, *, unless: str | None = None) -> Link:
    """Say that rows belong to who acted, as a column remembers."""
    return Link(column, ACTOR, unless=unless)


def eliminated(
    title: str, *links: Link, opaque: Mapping[str, str] | None = None, unexported: str = ""
) -> TableRule:
    """Declare rows that go with their subject; other people's rows are redacted."""
    return TableRule(
        title, Fate.ELIMINATE, ELIMINATION, links, opaque=opaque or {}, unexported=unexported
    )


def redacted(title: str, *links: Link, opaque: Mapping[str, str] | None = None) -> TableRule:
    """Declare rows that may name anybody: an erasure rewrites them, whoever ``links`` lead to."""
    return TableRule(title, Fate.REDACT, REDACTION, links, opaque=opaque or {})


def rebuilt(title: str, why: str) -> TableRule:
    """Declare rows that are made of others, and made anew where those were redacted."""
    made = "é feito de outros registros, que estão na cópia"
    return TableRule(title, Fate.REBUILD, REDACTION, why=why, unexported=made)


def kept(title: str, ground: str, why: str, *links: Link, unexported: str = "") -> TableRule:
    """Declare rows that an erasure leaves as they are, on a legal ground."""
    return TableRule(title, Fate.KEEP, ground, links, why=why, unexported=unexported)


def acted_only(title: str) -> TableRule:
    """Declare rows that only remember who acted, by an id that leads to nobody once they went."""
    return TableRule(
        title,
        Fate.REDACT,
        ACCOUNTABILITY,
        why="guarda só o identificador de quem agiu, que deixa de levar a alguém",
        unexported="fala do trabalho da organização, e só guarda o identificador de quem agiu",
    )
