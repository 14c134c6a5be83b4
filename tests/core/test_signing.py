"""Signed documents: checked by anybody with the public key, worth nothing once changed."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from cogep_assist.core import secret_key, signing
from cogep_assist.core.config import load_settings


@pytest.fixture(autouse=True)
def _key() -> None:
    secret_key.load(load_settings(secret_key="chave-de-teste-com-mais-de-trinta-e-dois-bytes"))


def test_a_signed_document_is_checked_and_a_changed_one_is_not() -> None:
    document = {"protocol": "LGPD-2026-000001", "órgão": "Prefeitura de Ouro", "itens": [1, True]}
    signed = signing.sign_document("receipt", document)
    assert signing.check_document("receipt", signed) == document
    assert signing.check_document("receipt", dict(reversed(signed.items()))) == document
    assert signing.check_document("certificate", signed) is None
    assert signing.check_document("receipt", {**signed, "itens": [2, True]}) is None
    assert signing.check_document("receipt", {**signed, "mais": None}) is None
    for broken in ({}, {"value": "não é base64"}, {"value": ""}, None, "x"):
        assert signing.check_document("receipt", {**document, "signature": broken}) is None
    assert signing.check_document("receipt", {**document, "itens": 0.5, "signature": {}}) is None


def test_the_stated_bytes_are_what_another_program_checks() -> None:
    signed = signing.sign_document("receipt", {"b": 1, "a": "é"})
    key = base64.b64decode(signed["signature"]["public_key"])
    assert key == signing.public_key()
    message = b"cogep-assist:receipt\n" + '{"a":"é","b":1}'.encode()
    Ed25519PublicKey.from_public_bytes(key).verify(
        base64.b64decode(signed["signature"]["value"]), message
    )


def test_another_installation_s_document_is_checked_with_its_key_alone() -> None:
    signed = signing.sign_document("receipt", {"a": 1})
    theirs, name = signing.public_key(), signing.key_id()
    secret_key.load(load_settings(secret_key="outra-chave-de-mais-de-trinta-e-dois-bytes"))
    assert signing.check_document("receipt", signed) is None
    assert signing.check_document("receipt", signed, theirs) == {"a": 1}
    assert signed["signature"]["key_id"] == name != signing.key_id()
    assert not signing.is_signed("receipt", b"x", b"curto", b"curta")


def test_fractions_are_refused() -> None:
    with pytest.raises(TypeError):
        signing.sign_document("receipt", {"a": [{"b": 0.5}]})
