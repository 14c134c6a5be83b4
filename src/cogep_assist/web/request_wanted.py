"""What the forms say of a request beyond its right: purposes to revoke, a value to correct."""

from collections.abc import Sequence

from cogep_assist.core.models import SubjectRight
from cogep_assist.lgpd_service.requests.request_at_once import PURPOSES


def wanted_of(
    right: SubjectRight, purposes: Sequence[str] | None, name: str, value: str
) -> dict[str, str]:
    """Return what a request wants, as requests keep it; what its right has no use for is left."""
    if right is SubjectRight.CONSENT_REVOCATION and purposes:
        return {PURPOSES: ",".join(purposes)}
    if right is SubjectRight.CORRECTION and name.strip() and value.strip():
        return {name.strip(): value}
    return {}
