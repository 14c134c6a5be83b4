"""What is said of a target that is near or was missed, on pages and in letters alike."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from cogep_assist.core.models import SlaStage, SlaTargetName

_NEAR = {
    SlaTargetName.FIRST_REPLY: "A primeira resposta precisa sair",
    SlaTargetName.RESOLUTION: "A solução precisa sair",
}
_MISSED = {
    SlaTargetName.FIRST_REPLY: "O prazo da primeira resposta acabou",
    SlaTargetName.RESOLUTION: "O prazo da solução acabou",
}


def deadline_words(
    target: SlaTargetName, stage: SlaStage, span: timedelta, due_at: datetime, zone: ZoneInfo
) -> str:
    """Say how long a target has left, or since when it is late, in time that counts and by date."""
    due = due_at.astimezone(zone).strftime("%d/%m/%Y às %H:%M")
    length = business_span(abs(span))
    if stage is SlaStage.MISSED:
        return f"{_MISSED[target]} há {length} de expediente, em {due}."
    return f"{_NEAR[target]} em {length} de expediente, até {due}."


def business_span(span: timedelta) -> str:
    """Write a length of business time, to the minute: "2 h 10 min"."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 60:
        return f"{minutes} min" if minutes else "menos de 1 min"
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if rest and hours < 100 else f"{hours} h"
