"""Sign what must be proven later to somebody who trusts neither the database nor us.

Ed25519 (RFC 8032) under one key of the installation, derived from the master key, which the
database does not hold. What is signed is a JSON document in one canonical form, together with its
kind, so that a signature for one use is worth nothing for another. Whoever holds the public key
can check a document with any Ed25519 library, without this program and without the network.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from cogep_assist.core import secret_key

ALGORITHM = "Ed25519"
SIGNATURE = "signature"
KEY_ID_BYTES = 8
_ENCODER = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
)


def sign(kind: str, content: bytes) -> bytes:
    """Return the 64-byte signature of bytes of one kind ("receipt", "certificate", ...)."""
    return _private_key(secret_key.derive("signing")).sign(_message(kind, content))


def is_signed(kind: str, content: bytes, signature: bytes, key: bytes | None = None) -> bool:
    """Tell whether a signature is good under a 32-byte public key, or under this installation's."""
    try:
        public = Ed25519PublicKey.from_public_bytes(key or public_key())
        public.verify(signature, _message(kind, content))
    except (InvalidSignature, ValueError):
        return False
    return True


def public_key() -> bytes:
    """Return the 32 bytes that others check this installation's signatures with."""
    return _private_key(secret_key.derive("signing")).public_key().public_bytes_raw()


def key_id(key: bytes | None = None) -> str:
    """Return the short name of a public key, by which people compare keys."""
    return hashlib.sha256(key or public_key()).hexdigest()[: KEY_ID_BYTES * 2]


def sign_document(kind: str, document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a JSON document with its signature and the public key beside its own fields.

    Signed are the bytes ``cogep-assist:KIND\\n`` and the document without ``signature``, as JSON
    with sorted keys, no spaces, in UTF-8. Values are texts, whole numbers, truth values, lists and
    objects: fractions are written differently by different programs, and raise TypeError.
    """
    signature = sign(kind, canonical(document))
    return {
        **document,
        SIGNATURE: {
            "algorithm": ALGORITHM,
            "kind": kind,
            "key_id": key_id(),
            "public_key": base64.b64encode(public_key()).decode(),
            "value": base64.b64encode(signature).decode(),
        },
    }


def check_document(
    kind: str, document: Mapping[str, Any], trusted: bytes | None = None
) -> Mapping[str, Any] | None:
    """Return a signed document's own fields, or None where the signature is not good.

    It must have been made by the ``trusted`` public key, this installation's where none is given:
    the key that the document itself carries proves nothing.
    """
    fields = {name: value for name, value in document.items() if name != SIGNATURE}
    try:
        value = base64.b64decode(document[SIGNATURE]["value"], validate=True)
        content = canonical(fields)
    except (KeyError, TypeError, ValueError):
        return None
    return fields if is_signed(kind, content, value, trusted) else None


def canonical(document: Mapping[str, Any]) -> bytes:
    """Return the one way in which a document is written for signing and hashing."""
    _refuse_fractions(document)
    return _ENCODER.encode(document).encode()


def _message(kind: str, content: bytes) -> bytes:
    return f"cogep-assist:{kind}\n".encode() + content


@lru_cache(maxsize=4)
def _private_key(seed: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(seed)


def _refuse_fractions(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError("signed documents hold no fractions")
    if isinstance(value, Mapping):
        for inner in value.values():
            _refuse_fractions(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _refuse_fractions(inner)
