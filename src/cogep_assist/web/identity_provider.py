"""The identity provider of this installation, made once per process."""

from typing import TYPE_CHECKING

from fastapi import Request

from cogep_assist.edge.state import edge_state

if TYPE_CHECKING:
    from cogep_assist.integrations.oidc import OidcProvider


def identity_provider(request: Request) -> "OidcProvider | None":
    """Return the provider that is set, with what it knows already, or None."""
    state, settings = request.app.state, edge_state(request).settings
    if not settings.oidc_preset and settings.oidc_issuer is None:
        return None
    if not hasattr(state, "identity_provider"):
        # Its cryptography is loaded where a provider is set.
        from cogep_assist.integrations.oidc import provider_from_settings  # noqa: PLC0415

        state.identity_provider = provider_from_settings(settings)
    found: OidcProvider | None = state.identity_provider
    return found
