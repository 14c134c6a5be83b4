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
    cipher = AESGCM(_key(purpose, context if own_key else None, age=0))
    return VERSION + nonce + cipher.encrypt(nonce, content, context.encode())


def unseal(purpose: str, sealed: bytes, context: str = "", *, own_key: bool = False) -> bytes:
    """Decrypt a value, under the master key or an older one.

    Raises AppError("sealed_unreadable") under another key or context.
    """
    owner = context if own_key else None
    for _ in range(2):
        for age in secret_key.ages():
            opened = _opened(_key(purpose, owner, age), sealed, context)
            if opened is not None:
                return opened
        # The key may have been exchanged since this process read it.
        if not secret_key.reread():
            break
    raise AppError("sealed_unreadable")


def sealed_anew(
    purpose: str, sealed: bytes, context: str = "", *, own_key: bool = False
) -> bytes | None:
    """Return a value sealed under the newest key; None where it is already.

    Raises AppError("sealed_unreadable").
    """
    key = _key(purpose, context if own_key else None, age=0)
    if _opened(key, sealed, context) is not None:
        return None
    return seal(
        purpose, unseal(purpose, sealed, context, own_key=own_key), context, own_key=own_key
    )


def _opened(key: bytes, sealed: bytes, context: str) -> bytes | None:
    nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        if sealed[:1] != VERSION:
            return None
        return AESGCM(key).decrypt(nonce, body, context.encode())
    except (InvalidTag, ValueError):
        return None


def _key(purpose: str, owner: str | None, age: int) -> bytes:
    key = secret_key.derive(f"sealed:{purpose}", age)
    return key if owner is None else hmac.digest(key, owner.encode(), "sha256")
