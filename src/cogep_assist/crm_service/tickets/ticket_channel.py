"""By which way a ticket came, as far as whoever opens it may say so."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from cogep_assist.core.models import TicketChannel


def _member(given: Any) -> Any:
    """Return a channel by the value that a program writes: a choice of members takes members."""
    return next((one for one in TicketChannel if one.value == given), given)


SaidChannel = Annotated[
    Literal[TicketChannel.WEB, TicketChannel.API, TicketChannel.PHONE], BeforeValidator(_member)
]
