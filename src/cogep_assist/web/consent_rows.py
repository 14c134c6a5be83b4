"""What a person may decide, purpose by purpose, as pages show it."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.models import ConsentAct
from cogep_assist.core.principal import Principal
from cogep_assist.lgpd_service.consent.consent_purposes import Purpose, current_purposes
from cogep_assist.lgpd_service.consent.consents import Standing, consents_of

# What the buttons of the pages say of a purpose.
GRANT, REFUSE, REVOKE = "consentir", "recusar", "revogar"


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """One purpose and somebody's last word on it."""

    purpose: Purpose
    standing: Standing | None

    @property
    def stands(self) -> bool:
        """Whether a consent holds now."""
        return self.standing is not None and self.standing.stands

    @property
    def state(self) -> tuple[str, str]:
        """Return the state in words, and its colour."""
        if self.standing is None:
            return "ainda não decidido", ""
        if self.standing.stands:
            return "vale", "good"
        if self.standing.last.act is ConsentAct.GRANTED:
            return "o texto mudou: decida de novo", "warn"
        return ("revogado" if self.standing.last.act is ConsentAct.REVOKED else "recusado"), "warn"

    @property
    def is_new_text(self) -> bool:
        """Whether the words changed since the last decision (art. 8, par. 6)."""
        return self.standing is not None and self.standing.version < self.purpose.version.version


async def consent_rows(
    session: AsyncSession, principal: Principal, customer_id: UUID
) -> list[ConsentRow]:
    """Return every purpose that is asked for. Raises AppError("customer_not_found")."""
    said = {one.purpose: one for one in await consents_of(session, principal, customer_id)}
    purposes = await current_purposes(session)
    return [ConsentRow(one, said.get(one.purpose.key)) for one in purposes]
