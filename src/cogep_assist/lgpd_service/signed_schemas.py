"""The documents that this installation signs, as the contract shows them."""

from typing import Any

from pydantic import BaseModel


class SignatureReply(BaseModel):
    """The signature of a document and the public key that checks it, both in base64."""

    algorithm: str
    kind: str
    key_id: str
    public_key: str
    value: str


class CheckpointDocument(BaseModel):
    """The end of the audit's chain, signed; the digests are hexadecimal."""

    number: int
    position: int
    previous: str
    body: str
    refused: list[str]
    sealed_at: str
    signature: SignatureReply


class ReceiptOfficer(BaseModel):
    """Whom a data subject turns to."""

    name: str
    email: str
    phone: str | None = None


class ReceiptObject(BaseModel):
    """What a receipt is of."""

    type: str
    id: str


class ReceiptDocument(BaseModel):
    """A signed receipt; ``facts`` are those of its kind."""

    format: str
    number: str
    kind: str
    issued_at: str
    issued_at_local: str
    time_zone: str
    organization: str
    officer: ReceiptOfficer | None
    legal_basis: str
    object: ReceiptObject
    facts: dict[str, str | int | bool | None]
    signature: SignatureReply


SIGNED_RECEIPT: dict[int | str, dict[str, Any]] = {200: {"model": ReceiptDocument}}
