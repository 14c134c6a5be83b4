"""What a parser is told about the document beside its bytes."""

from collections.abc import Callable
from dataclasses import dataclass, field

from cogep_assist.pipeline.parse.limits import ParseLimits


def _silent(_stage: str, _done: int, _total: int) -> None:
    return None


@dataclass(frozen=True)
class ParseContext:
    """Carry the name, the declared type, the limits and a way to tell progress (stage, n, of)."""

    name: str | None = None
    declared_type: str | None = None
    limits: ParseLimits = field(default_factory=ParseLimits)
    progress: Callable[[str, int, int], None] = _silent
