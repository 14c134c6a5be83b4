"""The identity provider of this installation, made once per process."""

from fastapi import Request

from cogep_assist.edge.state import edge_state
from cogep_assist.integrations.oidc import OidcProvider, provider_from_settings


def identity_provider(request: Request) -> OidcProvider | None:
    """Return the provider that is set, with what it knows already, or None."""
    state = request.app.state
    if not hasattr(state, "identity_provider"):
        state.identity_provider = provider_from_settings(edge_state(request).settings)
    found: OidcProvider | None = state.identity_provider
    return found
