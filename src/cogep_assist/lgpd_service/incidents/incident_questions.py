"""Whether an incident must be told: the test of art. 5 of the regulation (Res. CD/ANPD 15/2024).

Risk or damage is relevant where the incident can significantly affect interests and fundamental
rights, and involves data of at least one of six kinds.
"""

from collections.abc import Mapping

from cogep_assist.core.errors import AppError

SIGNIFICANT: Mapping[str, str] = {
    "hinders_rights": "Pode impedir o exercício de direitos ou o uso de um serviço?",
    "causes_damage": "Pode causar dano material ou moral, como discriminação, violação à "
    "integridade física, à imagem ou à reputação, fraude financeira ou roubo de identidade?",
}
KINDS: Mapping[str, str] = {
    "sensitive": "Envolve dados pessoais sensíveis?",
    "vulnerable": "Envolve dados de crianças, de adolescentes ou de idosos?",
    "financial": "Envolve dados financeiros?",
    "authentication": "Envolve dados de autenticação em sistemas?",
    "secrecy": "Envolve dados protegidos por sigilo legal, judicial ou profissional?",
    "large_scale": "Envolve dados em larga escala?",
}
# Small agents lose the doubled terms here (Res. CD/ANPD 2/2022, art. 14, II, last part).
URGENT: Mapping[str, str] = {
    "integrity_or_security": "Pode comprometer a integridade física ou moral dos titulares, ou a "
    "segurança nacional?",
}
QUESTIONS: Mapping[str, str] = {**SIGNIFICANT, **KINDS, **URGENT}
DATA_KINDS: Mapping[str, str] = {
    "identification": "identificação (nome, CPF, RG ...)",
    "contact": "contato (e-mail, telefone, endereço)",
    "conversations": "conversas e chamados",
    "documents": "documentos e anexos",
    "sensitive": "dados sensíveis",
    "children": "dados de crianças e adolescentes",
    "elderly": "dados de idosos",
    "financial": "dados financeiros",
    "authentication": "dados de autenticação",
    "secrecy": "dados sob sigilo legal, judicial ou profissional",
    "location": "localização",
    "other": "outros",
}
HARMED: Mapping[str, str] = {
    "confidentiality": "confidencialidade",
    "integrity": "integridade",
    "availability": "disponibilidade",
    "authenticity": "autenticidade",
}


def checked_answers(answers: Mapping[str, bool]) -> dict[str, bool]:
    """Return complete answers.

    Raises AppError("incident_questions_missing"|"incident_question_unknown").
    """
    unknown = sorted(set(answers) - set(QUESTIONS))
    if unknown:
        raise AppError("incident_question_unknown", names=", ".join(unknown))
    missing = [key for key in QUESTIONS if key not in answers]
    if missing:
        fields = [{"field": key, "reason": "responda sim ou não"} for key in missing]
        raise AppError("incident_questions_missing", how_many=len(missing), fields=fields)
    return dict(answers)


def has_relevant_risk(answers: Mapping[str, bool]) -> bool:
    """Tell whether answers say that risk or damage is relevant: both halves of the test."""
    significant = any(answers[key] for key in SIGNIFICANT)
    return significant and any(answers[key] for key in KINDS)
