"""Encrypt small secrets that the database keeps, under keys that it does not hold.

AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce; purpose and context are authenticated,
so that a sealed value cannot be moved to another row or put to another use.
"""

import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cogep_assist.core import secret_key
from cogep_assist.core.errors import AppError

VERSION = b"\x01"
NONCE_BYTES = 12


def seal(purpose: str, content: bytes, context: str = "", *, own_key: bool = False) -> bytes:
    """Encrypt a value for one purpose and context (the id of its row, for example).

    With ``own_key`` each context has a key of its own, as a conversation has.
    """
    nonce = os.urandom(NONCE_BYTES)
    cipher = AESGCM(_key(purpose, context if own_key else None))
    return VERSION + nonce + cipher.encrypt(nonce, content, context.encode())


def unseal(purpose: str, sealed: bytes, context: str = "", *, own_key: bool = False) -> bytes:
    """Decrypt a value. Raises AppError("sealed_unreadable") under another key or context."""
    nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    cipher = AESGCM(_key(purpose, context if own_key else None))
    try:
        if sealed[:1] != VERSION:
            raise InvalidTag
        return cipher.decrypt(nonce, body, context.encode())
    except (InvalidTag, ValueError):
        raise AppError("sealed_unreadable") from None


def _key(purpose: str, owner: str | None) -> bytes:
    key = secret_key.derive(f"sealed:{purpose}")
    return key if owner is None else hmac.digest(key, owner.encode(), "sha256")
