"""The words of requests: what is kept of what people type, and what each value is called."""

import unicodedata
from collections.abc import Mapping
from enum import Enum

from cogep_assist.core.brazil.cpf import normalize_cpf
from cogep_assist.core.brazil.email_address import normalize_email
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    AccessForm,
    IdentityMethod,
    RequestChannel,
    RequestOutcome,
    RequestStatus,
)

MAX_NAME_CHARS = 200
MAX_TEXT_CHARS = 20_000
LABELS: Mapping[Enum, str] = {
    AccessForm.SIMPLIFIED: "simplificada",
    AccessForm.COMPLETE: "completa",
    RequestChannel.PORTAL: "página pública",
    RequestChannel.DESK: "atendimento",
    RequestChannel.API: "API",
    RequestStatus.IDENTITY_PENDING: "à espera da comprovação de identidade",
    RequestStatus.RECEIVED: "recebido",
    RequestStatus.IN_PROGRESS: "em andamento",
    RequestStatus.ANSWERED: "respondido",
    RequestStatus.REFUSED: "recusado com fundamento",
    RequestStatus.CANCELLED: "cancelado",
    RequestOutcome.GRANTED: "atendido",
    RequestOutcome.PARTIAL: "atendido em parte",
    RequestOutcome.NO_DATA: "não há dados do titular",
    RequestOutcome.NOT_THE_CONTROLLER: "a organização não é o agente de tratamento",
    IdentityMethod.EMAIL_CODE: "código enviado por e-mail",
    IdentityMethod.TICKET_CODE: "protocolo e código de um chamado",
    IdentityMethod.ACCOUNT: "entrada na própria conta",
    IdentityMethod.DOCUMENT_SHOWN: "documento apresentado",
    IdentityMethod.KNOWN_IN_PERSON: "reconhecimento pessoal",
}


def label(value: Enum) -> str:
    """Return what a value is called, in Portuguese."""
    return LABELS[value]


def printable(text: str) -> str:
    """Return a text on one line, without what no font draws."""
    return " ".join("".join(_visible(text)).split())


def clean_name(text: str, field: str = "name") -> str:
    """Return a name on one line. Raises AppError("text_missing"|"text_too_long")."""
    name = printable(text)
    if not name:
        raise AppError("text_missing", field=field)
    if len(name) > MAX_NAME_CHARS:
        raise AppError("text_too_long", field=field, maximum=MAX_NAME_CHARS)
    return name


def clean_text(text: str, field: str, *, obligatory: bool = True) -> str:
    """Return a text of several lines. Raises AppError("text_missing"|"text_too_long")."""
    cleaned = "".join(_visible(text.replace("\r\n", "\n"))).strip()
    if obligatory and not cleaned:
        raise AppError("text_missing", field=field)
    if len(cleaned) > MAX_TEXT_CHARS:
        raise AppError("text_too_long", field=field, maximum=MAX_TEXT_CHARS)
    return cleaned


def clean_email(text: str | None) -> tuple[str | None, str | None]:
    """Return an address as typed and as it compares. Raises AppError("email_invalid")."""
    if text is None or not text.strip():
        return None, None
    key = normalize_email(text)
    if key is None:
        raise AppError("email_invalid")
    return text.strip(), key


def clean_cpf(text: str | None) -> str | None:
    """Return a CPF's eleven digits. Raises AppError("cpf_invalid")."""
    if text is None or not text.strip():
        return None
    digits = normalize_cpf(text)
    if digits is None:
        raise AppError("cpf_invalid")
    return digits


def _visible(text: str) -> list[str]:
    hidden = {"Cc", "Cf", "Cs"}
    return [c for c in text if c in "\n\t" or unicodedata.category(c) not in hidden]
