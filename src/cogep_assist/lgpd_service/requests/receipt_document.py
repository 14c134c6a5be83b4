"""A receipt as people read it: the same facts as the signed JSON, in Portuguese, as a PDF."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from cogep_assist.core import signing
from cogep_assist.core.models import ReceiptKind
from cogep_assist.core.pdf_document import render_pdf
from cogep_assist.core.pdf_parts import Facts, Heading, Part, Words

TITLES: Mapping[str, str] = {
    ReceiptKind.REQUEST_RECEIVED.value: "Comprovante de pedido do titular",
    ReceiptKind.REQUEST_ANSWERED.value: "Comprovante de resposta ao titular",
    ReceiptKind.REQUEST_REFUSED.value: "Comprovante de recusa fundamentada",
    ReceiptKind.REQUEST_CANCELLED.value: "Comprovante de cancelamento de pedido",
    ReceiptKind.CONSENT_GRANTED.value: "Comprovante de consentimento",
    ReceiptKind.CONSENT_REFUSED.value: "Comprovante de recusa de consentimento",
    ReceiptKind.CONSENT_REVOKED.value: "Comprovante de revogação de consentimento",
    ReceiptKind.ERASURE_DONE.value: "Certificado de eliminação",
}
# In the order in which they are read; a fact that is not here is in the JSON alone.
FACTS: Mapping[str, str] = {
    "protocol": "Protocolo",
    "right": "Direito exercido",
    "form": "Forma",
    "requester": "Titular",
    "representative": "Representante",
    "channel": "Recebido por",
    "received_at": "Recebido em",
    "status": "Situação",
    "outcome": "Resultado",
    "due_on": "Prazo",
    "deadline": "Fundamento do prazo",
    "ground": "Fundamento da recusa",
    "purpose": "Finalidade",
    "version": "Versão do texto",
    "text_sha256": "SHA-256 do texto",
    "act": "Ato",
    "guardian": "Responsável",
    "appeal": "Se discordar",
}
LONG: Mapping[str, str] = {
    "description": "Pedido",
    "text": "Texto apresentado",
    "consequences": "Consequências de não consentir",
    "best_interest": "Melhor interesse da criança ou do adolescente",
    "answer": "Resposta",
    "reason": "Motivo",
}


def receipt_pdf(signed: Mapping[str, Any]) -> bytes:
    """Return a signed receipt as a PDF. Takes some milliseconds: call it in a thread."""
    document = {name: value for name, value in signed.items() if name != signing.SIGNATURE}
    digest = hashlib.sha256(signing.canonical(document)).hexdigest()
    title = TITLES.get(str(signed["kind"]), "Comprovante")
    footer = f"{signed['number']} · SHA-256 {digest}"
    return render_pdf(title, list(_parts(signed, digest)), footer=footer)


def _parts(signed: Mapping[str, Any], digest: str) -> Iterator[Part]:
    facts: Mapping[str, Any] = signed["facts"]
    officer = signed["officer"] or {}
    contact = [officer.get("name"), officer.get("email"), officer.get("phone")]
    yield Facts(
        [
            ("Número", str(signed["number"])),
            ("Organização", str(signed["organization"]) or "(não informada)"),
            ("Emitido em", f"{_moment(signed['issued_at_local'])} ({signed['time_zone']})"),
            ("Em UTC", _moment(signed["issued_at"])),
            ("Base legal", str(signed["legal_basis"])),
            ("Encarregado", " · ".join(part for part in contact if part) or "(sem designação)"),
        ]
    )
    yield Facts([(label, _plain(facts[name])) for name, label in FACTS.items() if facts.get(name)])
    for name, label in LONG.items():
        if facts.get(name):
            yield Heading(label)
            yield Words(str(facts[name]))
    signature = signed.get(signing.SIGNATURE) or {}
    yield Heading("Conferência")
    yield Words(
        "Este documento é a forma legível do arquivo JSON de mesmo número, que é o assinado. "
        "Para conferir o JSON sem internet: cogep lgpd receipt verify ARQUIVO."
    )
    yield Facts(
        [
            ("SHA-256", digest),
            ("Assinatura", f"{signature.get('algorithm')}, chave {signature.get('key_id')}"),
            ("Valor", str(signature.get("value"))),
        ]
    )


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return _moment(value) if value[4:5] == "-" and value[7:8] == "-" else value
    if isinstance(value, list):
        return "; ".join(str(one) for one in value)
    return str(value)


def _moment(text: str) -> str:
    """Write an ISO date or moment as people do; any other text stays as it is."""
    try:
        if len(text) == len("2026-11-29"):
            return f"{date.fromisoformat(text):%d/%m/%Y}"
        return f"{datetime.fromisoformat(text):%d/%m/%Y %H:%M:%S}"
    except ValueError:
        return text
