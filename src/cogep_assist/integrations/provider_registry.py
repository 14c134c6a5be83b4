"""Which providers of models may be asked, as the registry says at this moment."""

from typing import Any

import sqlalchemy as sa

from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import ModelProvider, RegisteredProvider
from cogep_assist.integrations.http_url import parse_url
from cogep_assist.integrations.privacy_gateway import Admission, ModelService

_NOW = sa.func.clock_timestamp()


class ProviderRegistry:
    """Reads the registry for each request, so that a withdrawal holds from the next one on."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def admission(self, service: ModelService) -> Admission:
        """Return what a service may be sent, and under what.

        The organisation's own service needs no entry; one in the registry may have personal data
        hidden from it too. Raises AppError("provider_not_registered"|"provider_registered_as_own"|
        "provider_expired") for an external one without a ground that is valid now (LGPD, art. 33).
        """
        host = parse_url(service.url).host
        row = await self._entry(host)
        if service.provider is ModelProvider.OWN:
            return Admission(masked=bool(row and row.masked and row.ownership == service.provider))
        if row is None:
            raise AppError("provider_not_registered", host=host)
        if row.ownership is not ModelProvider.EXTERNAL:
            raise AppError("provider_registered_as_own", host=host)
        if not row.valid:
            raise AppError("provider_expired", host=host, legal_entity=row.legal_entity)
        return Admission(
            masked=True,
            sensitive_allowed=row.sensitive_allowed,
            country=row.country,
            mechanism=row.mechanism.value,
        )

    async def _entry(self, host: str) -> sa.Row[*tuple[Any, ...]] | None:
        async with self._database.begin() as session:
            found = await session.execute(
                sa.select(
                    RegisteredProvider.ownership,
                    RegisteredProvider.legal_entity,
                    RegisteredProvider.masked,
                    RegisteredProvider.sensitive_allowed,
                    RegisteredProvider.country,
                    RegisteredProvider.mechanism,
                    (RegisteredProvider.expires_at > _NOW).label("valid"),
                ).where(RegisteredProvider.host == host, RegisteredProvider.withdrawn_at.is_(None))
            )
            return found.one_or_none()
