"""The certificate of an erasure: counts, grounds and a signature; anybody can check it."""

from typing import Any

from cogep_assist.core.models import Erasure
from cogep_assist.core.signing import canonical, sign, sign_document

KIND = "erasure_certificate"


def certify(erasure: Erasure, result: dict[str, Any]) -> None:
    """Write the signed certificate into an erasure that came to its end.

    ``core.signing.check_document`` checks it, here or elsewhere, with the public key in it.
    """
    document: dict[str, Any] = {
        "type": KIND,
        "protocol": erasure.protocol,
        "outcome": erasure.outcome.value,
        "ground": erasure.plan.get("ground", ""),
        "references": erasure.plan.get("references", []),
        "until": erasure.plan.get("until"),
        "requested_at": erasure.created_at.isoformat(),
        "executed_at": erasure.executed_at.isoformat() if erasure.executed_at else None,
        "rows": result.get("rows", {}),
        "kept": [line for line in erasure.plan.get("tables", []) if line["fate"] == "keep"],
        "residue": result.get("residue", {}),
        "doubts": result.get("doubts", {"erase": 0, "keep": 0, "open": 0}),
        "preserved_sealed": result.get("preserved", 0),
        # Attachments that nobody here could read: locked, broken, or pictures without OCR.
        "unread_files": result.get("unread_files", 0),
        "backups_until": erasure.plan.get("backups_until"),
        "not_covered": ["backups", "external_servers", "operating_system_logs"],
    }
    erasure.certificate = sign_document(KIND, document)
    erasure.signature = sign(KIND, canonical(document))
