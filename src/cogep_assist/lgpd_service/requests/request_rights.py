"""The rights of arts. 18 to 20 as people read them, and what each asks of the organisation."""

from collections.abc import Mapping
from dataclasses import dataclass

from cogep_assist.core.models import AccessForm, RequestRegime, SubjectRight


@dataclass(frozen=True, slots=True)
class RightFacts:
    """A right's name, where it is written, what it means, and the rule of its term."""

    title: str
    article: str
    meaning: str
    rule: str = "subject_right"


RIGHTS: Mapping[SubjectRight, RightFacts] = {
    SubjectRight.CONFIRMATION: RightFacts(
        "Confirmação de tratamento",
        "LGPD, art. 18, I",
        "Saber se a organização trata dados seus.",
        "access_simplified",
    ),
    SubjectRight.ACCESS: RightFacts(
        "Acesso aos dados",
        "LGPD, art. 18, II, e art. 19",
        "Receber os dados que a organização tem sobre você.",
        "access_complete",
    ),
    SubjectRight.CORRECTION: RightFacts(
        "Correção",
        "LGPD, art. 18, III",
        "Corrigir dados incompletos, inexatos ou desatualizados.",
    ),
    SubjectRight.ANONYMIZATION: RightFacts(
        "Anonimização",
        "LGPD, art. 18, IV",
        "Tornar anônimos dados desnecessários, excessivos ou tratados contra a lei.",
    ),
    SubjectRight.RESTRICTION: RightFacts(
        "Bloqueio",
        "LGPD, art. 18, IV",
        "Suspender o tratamento de dados desnecessários, excessivos ou tratados contra a lei.",
    ),
    SubjectRight.EXCESS_ERASURE: RightFacts(
        "Eliminação de dados excessivos",
        "LGPD, art. 18, IV",
        "Eliminar dados desnecessários, excessivos ou tratados contra a lei.",
    ),
    SubjectRight.PORTABILITY: RightFacts(
        "Portabilidade",
        "LGPD, art. 18, V",
        "Levar seus dados a outro fornecedor, em formato aberto.",
    ),
    SubjectRight.ERASURE: RightFacts(
        "Eliminação de dados consentidos",
        "LGPD, art. 18, VI, e art. 16",
        "Eliminar dados tratados com o seu consentimento.",
    ),
    SubjectRight.SHARING: RightFacts(
        "Com quem os dados foram compartilhados",
        "LGPD, art. 18, VII",
        "Saber com quais entidades seus dados foram compartilhados.",
    ),
    SubjectRight.CONSENT_INFORMATION: RightFacts(
        "Não consentir e as consequências",
        "LGPD, art. 18, VIII",
        "Saber que pode não consentir e o que isso muda.",
        "access_simplified",
    ),
    SubjectRight.CONSENT_REVOCATION: RightFacts(
        "Revogação do consentimento",
        "LGPD, art. 18, IX, e art. 8º, § 5º",
        "Retirar um consentimento dado, com efeito imediato.",
        "consent_revocation",
    ),
    SubjectRight.OPPOSITION: RightFacts(
        "Oposição",
        "LGPD, art. 18, § 2º",
        "Opor-se a tratamento feito sem o seu consentimento, se descumpre a lei.",
    ),
    SubjectRight.TRANSFER_CLAUSES: RightFacts(
        "Cláusulas de transferência internacional",
        "LGPD, art. 33, e Res. CD/ANPD 19/2024",
        "Receber na íntegra as cláusulas que amparam o envio de dados a outro país.",
        "transfer_clauses",
    ),
    SubjectRight.AUTOMATED_REVIEW: RightFacts(
        "Revisão de decisão automatizada",
        "LGPD, art. 20",
        "Pedir que uma pessoa reveja uma decisão tomada só por um programa.",
        "automated_review",
    ),
    SubjectRight.OTHER: RightFacts(
        "Outro assunto de proteção de dados",
        "LGPD, art. 18",
        "Falar com o encarregado sobre o tratamento dos seus dados.",
    ),
}
FORM_RULES: Mapping[AccessForm, str] = {
    AccessForm.SIMPLIFIED: "access_simplified",
    AccessForm.COMPLETE: "access_complete",
}
# The two forms of art. 19, and which one is meant where none is said.
FORMS: Mapping[SubjectRight, AccessForm] = {
    SubjectRight.CONFIRMATION: AccessForm.SIMPLIFIED,
    SubjectRight.ACCESS: AccessForm.COMPLETE,
}
REGIME_RULES: Mapping[RequestRegime, str] = {
    RequestRegime.LAI: "lai",
    RequestRegime.OMBUDSMAN: "ombudsman",
}
# Those whose fulfilment is told at once to whom the data were shared with (art. 18, par. 6).
TOLD_TO_RECIPIENTS = frozenset(
    {
        SubjectRight.CORRECTION,
        SubjectRight.ANONYMIZATION,
        SubjectRight.RESTRICTION,
        SubjectRight.EXCESS_ERASURE,
        SubjectRight.ERASURE,
    }
)


def form_of(right: SubjectRight, form: AccessForm | None) -> AccessForm | None:
    """Return the form of an answer: of confirmation and access alone, as asked or as usual."""
    usual = FORMS.get(right)
    return None if usual is None else form or usual


def rules_of(
    right: SubjectRight, form: AccessForm | None, regime: RequestRegime
) -> tuple[str, ...]:
    """Return the rules whose terms run for a request; that of the regime runs beside the LGPD's."""
    first = RIGHTS[right].rule if form is None else FORM_RULES[form]
    second = REGIME_RULES.get(regime)
    return (first,) if second is None else (first, second)
