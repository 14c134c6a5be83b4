"""What a verification of the audit found."""

from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID


@dataclass(slots=True)
class CheckedCheckpoint:
    """A checkpoint kept outside the database, and whether the chain still holds it.

    ``restored_at``: when a restore, an act of its own, took off the links that it knows of.
    """

    name: str
    number: int | None
    position: int | None
    genuine: bool
    in_chain: bool = False
    sealed_at: str | None = None
    restored_at: str | None = None

    @property
    def good(self) -> bool:
        """Whether this installation signed it and the chain agrees, or a restore says why not."""
        return self.genuine and (self.in_chain or self.restored_at is not None)


@dataclass(slots=True)
class VerifyReport:
    """How many acts were looked at, and everything that is not as it was written.

    ``altered`` and ``refused`` rows were changed (the latter before they were sealed), ``missing``
    ones deleted, ``unsealed`` ones put in past the product; ``broken`` links were changed, removed
    or forged; ``cut`` counts the acts that a checkpoint knows of beyond the chain's end and that no
    restore explains.
    """

    checked: int = 0
    sealed: int = 0
    waiting: int = 0
    other_key: int = 0
    newest: int | None = None
    newest_of_another_key: bool = False
    altered: list[UUID] = field(default_factory=list)
    refused: list[UUID] = field(default_factory=list)
    missing: list[UUID] = field(default_factory=list)
    unsealed: list[UUID] = field(default_factory=list)
    broken: list[int] = field(default_factory=list)
    cut: int = 0
    checkpoints: list[CheckedCheckpoint] = field(default_factory=list)

    @property
    def intact(self) -> bool:
        """Whether every act that this installation can judge is there as it was written."""
        wrong = self.altered or self.refused or self.missing or self.unsealed or self.broken
        # Whoever lacks the key could have sealed everything anew under one of their own.
        vouched = not self.newest_of_another_key
        return not wrong and vouched and all(checkpoint.good for checkpoint in self.checkpoints)

    def as_json(self) -> dict[str, Any]:
        """Return the report as JSON values."""
        values = asdict(self)
        for name in ("altered", "refused", "missing", "unsealed"):
            values[name] = [str(event) for event in values[name]]
        return {"intact": self.intact, **values}
