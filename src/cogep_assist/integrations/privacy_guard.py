"""What stands guard at the gateway: the registry of providers, and what hides personal data."""

from uuid import UUID

from cogep_assist.core.config import Settings
from cogep_assist.core.customer_names import CustomerNames
from cogep_assist.core.db import Database
from cogep_assist.core.models import ModelKind
from cogep_assist.integrations.privacy_gateway import Admission, Mask, ModelService
from cogep_assist.integrations.privacy_masks import MarkerMask, TagMask
from cogep_assist.integrations.provider_registry import ProviderRegistry
from cogep_assist.integrations.pseudonym_vault import Vaults


class PrivacyGuard:
    """The guard of one process."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._registry = ProviderRegistry(database)
        self._names = CustomerNames(database)
        self._vaults = Vaults(database, settings.vault_hours)

    async def admission(self, service: ModelService) -> Admission:
        """Return what a service may be sent. Raises as ``ProviderRegistry.admission``."""
        return await self._registry.admission(service)

    def mask(
        self, service: ModelService, admission: Admission, conversation_id: UUID | None
    ) -> Mask:
        """Return what hides personal data in one request to a service."""
        if service.kind is ModelKind.CHAT:
            return MarkerMask(
                self._names, self._vaults, conversation_id, admission.sensitive_allowed
            )
        return TagMask(self._names, admission.sensitive_allowed)
