"""The legal bases of Lei 13.709/2018, arts. 7 and 11, by the code that records keep."""

from collections.abc import Mapping
from typing import Any

from cogep_assist.core.errors import AppError

LEGITIMATE_INTEREST = "7-IX"
LEGAL_BASES: Mapping[str, str] = {
    "7-I": "art. 7º, I: consentimento",
    "7-II": "art. 7º, II: cumprimento de obrigação legal ou regulatória",
    "7-III": "art. 7º, III: execução de políticas públicas pela administração",
    "7-IV": "art. 7º, IV: estudos por órgão de pesquisa",
    "7-V": "art. 7º, V: execução de contrato ou de procedimentos preliminares",
    "7-VI": "art. 7º, VI: exercício regular de direitos em processo",
    "7-VII": "art. 7º, VII: proteção da vida ou da incolumidade física",
    "7-VIII": "art. 7º, VIII: tutela da saúde",
    "7-IX": "art. 7º, IX: interesse legítimo",
    "7-X": "art. 7º, X: proteção do crédito",
    "11-I": "art. 11, I: consentimento específico e destacado",
    "11-II-a": "art. 11, II, a: cumprimento de obrigação legal ou regulatória",
    "11-II-b": "art. 11, II, b: execução de políticas públicas",
    "11-II-c": "art. 11, II, c: estudos por órgão de pesquisa",
    "11-II-d": "art. 11, II, d: exercício regular de direitos",
    "11-II-e": "art. 11, II, e: proteção da vida ou da incolumidade física",
    "11-II-f": "art. 11, II, f: tutela da saúde",
    "11-II-g": "art. 11, II, g: prevenção à fraude e segurança do titular",
}
LIA_FIELDS: Mapping[str, str] = {
    "purpose": "Finalidade e situação concreta",
    "necessity": "Necessidade e dados mínimos",
    "balancing": "Balanceamento com os direitos do titular",
    "safeguards": "Salvaguardas e transparência",
}


def check_basis(code: str, *, sensitive: bool, lia: Mapping[str, Any] | None) -> None:
    """Refuse a base that the law does not give.

    Sensitive data have the bases of art. 11 alone, which knows no legitimate interest; that base
    needs its assessment (art. 10). Raises AppError("legal_basis_unknown"|
    "legal_basis_not_for_sensitive"|"lia_missing").
    """
    if code not in LEGAL_BASES:
        raise AppError("legal_basis_unknown", basis=code, known=", ".join(LEGAL_BASES))
    if sensitive and not code.startswith("11-"):
        raise AppError("legal_basis_not_for_sensitive", basis=code)
    if code == LEGITIMATE_INTEREST:
        missing = [name for name in LIA_FIELDS if not str((lia or {}).get(name) or "").strip()]
        if missing:
            raise AppError("lia_missing", fields=", ".join(missing))
