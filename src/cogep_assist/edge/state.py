"""What lives as long as the application does, within every request's reach."""

from dataclasses import dataclass, field

from fastapi import Request

from cogep_assist.answering.generate import AnswerWriter
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.model_choices import ModelWatch
from cogep_assist.edge.key_lookup import KeyLookup
from cogep_assist.edge.rate_limits import RateLimits


@dataclass(slots=True)
class EdgeState:
    """The parts that every face stands on; made as the application starts."""

    settings: Settings
    database: Database
    limits: RateLimits
    # Writes answers by a language model; None where answers are extracted.
    writer: AnswerWriter | None = None
    # What is chosen of models, followed; None where nobody follows.
    models: ModelWatch | None = None
    keys: KeyLookup = field(init=False)

    def __post_init__(self) -> None:
        self.keys = KeyLookup(self.database)


def edge_state(request: Request) -> EdgeState:
    """Return the application's parts."""
    state = request.app.state.edge
    assert isinstance(state, EdgeState)
    return state
