"""What a tool is: a porter, as a route is: whose act, how often, which arguments, one use-case."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict

from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.state import EdgeState


class Arguments(BaseModel):
    """What a tool takes: what it does not know is refused."""

    model_config = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: what it is called, who may use it and how often, what it takes and gives."""

    name: str
    title: str
    description: str
    act: Act
    rate: Rate
    arguments: type[BaseModel]
    reply: type[BaseModel]
    run: Callable[[EdgeState, Principal, Any], Awaitable[BaseModel]]
    # Whether using it leaves the base as it was; clients ask people before they use others.
    read_only: bool = True
