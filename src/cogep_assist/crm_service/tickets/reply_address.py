"""Addresses that tell by themselves what a reply is about: the inbox's, with a signed note.

``atendimento+<note>@orgao.gov.br``: the note is a ticket's id, or the hash of who wants no more
notices, with an HMAC under a key outside the database. It is written in base 32 without padding,
since mail servers may change the case of letters.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable
from uuid import UUID

from cogep_assist.core import secret_key

MAX_LOCAL_CHARS = 64
PROOF_BYTES = 7
TICKET, NO_NOTICES = b"t", b"n"


def reply_address(inbox: str, ticket_id: UUID) -> str | None:
    """Return the address of replies to a ticket; None where the inbox's name leaves no room."""
    return _noted(inbox, TICKET, ticket_id.bytes)


def unsubscribe_address(inbox: str, recipient: str) -> str | None:
    """Return the address by which somebody asks for no more notices."""
    return _noted(inbox, NO_NOTICES, _hash(recipient))


def ticket_of(inbox: str, addresses: Iterable[str]) -> UUID | None:
    """Return the ticket that one of the addresses is of, or None."""
    found = _read(inbox, addresses, TICKET)
    return None if found is None else UUID(bytes=found)


def asks_for_no_notices(inbox: str, addresses: Iterable[str], sender: str) -> bool:
    """Tell whether a sender wrote to the address that stops their own notices."""
    found = _read(inbox, addresses, NO_NOTICES)
    return found is not None and hmac.compare_digest(found, _hash(sender))


def is_own(inbox: str, address: str) -> bool:
    """Tell whether an address is the inbox's, with a note or without."""
    local, _, domain = address.lower().rpartition("@")
    own_local, _, own_domain = inbox.lower().rpartition("@")
    return domain == own_domain and (local == own_local or local.startswith(f"{own_local}+"))


def _noted(inbox: str, kind: bytes, content: bytes) -> str | None:
    local, _, domain = inbox.rpartition("@")
    note = base64.b32encode(kind + content + _proof(kind + content)).decode().rstrip("=").lower()
    noted = f"{local}+{note}"
    return f"{noted}@{domain}" if len(noted) <= MAX_LOCAL_CHARS else None


def _read(inbox: str, addresses: Iterable[str], kind: bytes) -> bytes | None:
    for address in addresses:
        if not is_own(inbox, address):
            continue
        note = address.rpartition("@")[0].rpartition("+")[2].upper()
        try:
            noted = base64.b32decode(note + "=" * (-len(note) % 8))
        except (binascii.Error, ValueError):
            continue
        said, proof = noted[:-PROOF_BYTES], noted[-PROOF_BYTES:]
        fits = hmac.compare_digest(proof, _proof(said))
        if fits and said[:1] == kind and len(said) == 17:
            return said[1:]
    return None


def _proof(said: bytes) -> bytes:
    return hmac.digest(secret_key.derive("mail-reply-address"), said, "sha256")[:PROOF_BYTES]


def _hash(address: str) -> bytes:
    return hashlib.sha256(address.lower().encode()).digest()[:16]
