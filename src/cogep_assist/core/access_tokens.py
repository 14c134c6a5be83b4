"""Random credentials: what is given out, and the digest that is kept of it."""

import hashlib
import secrets

RANDOM_BYTES = 32
MAX_CREDENTIAL_CHARS = 200


def new_token() -> str:
    """Return 256 random bits as text."""
    return secrets.token_urlsafe(RANDOM_BYTES)


def token_hash(credential: str) -> bytes:
    """Return the SHA-256 of a credential: with 256 random bits there is nothing to guess."""
    return hashlib.sha256(credential.encode("utf-8", "surrogatepass")).digest()
