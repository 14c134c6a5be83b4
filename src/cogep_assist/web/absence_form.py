"""The form that says when somebody is away, on one's own account and among the people."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from cogep_assist.core.access_absence import Absence
from cogep_assist.edge.validation_words import invalid_field


def read_absence(first: date | None, last: date | None, zone: ZoneInfo) -> Absence | None:
    """Return what was typed; None where both days are empty: nobody is away.

    Without a first day it begins today. Raises AppError("request_invalid").
    """
    if first is None and last is None:
        return None
    if last is None:
        raise invalid_field("ate", "está faltando")
    return Absence(first or datetime.now(zone).date(), last)


def absence_notice(absence: Absence | None) -> str:
    """Say what stands now."""
    if absence is None:
        return "Nenhuma ausência marcada: os chamados voltam a ser distribuídos como antes."
    days = f"{absence.first:%d/%m/%Y} a {absence.last:%d/%m/%Y}"
    return f"Ausência de {days} marcada. Nesses dias a fila não distribui chamados à pessoa."
