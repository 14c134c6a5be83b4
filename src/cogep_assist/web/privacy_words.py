"""What the pages about data protection call the states that they show, and with which colour."""

from cogep_assist.core.models import (
    AccessForm,
    AnswerDelivery,
    ConsentAct,
    ConsentChannel,
    ErasureOutcome,
    ErasureStatus,
    HeldType,
    HoldKind,
    IncidentStatus,
    IncidentStepKind,
    RepresentativeKind,
    RequestRegime,
    RequestStatus,
    RequestStepKind,
    RetentionRunStatus,
    TransferMechanism,
)
from cogep_assist.lgpd_service.legal.clock_notices import ClockNotice

REQUEST_STATUS = {
    RequestStatus.IDENTITY_PENDING: ("falta comprovar quem pede", "warn"),
    RequestStatus.RECEIVED: ("recebido", "info"),
    RequestStatus.IN_PROGRESS: ("em análise", "info"),
    RequestStatus.ANSWERED: ("respondido", "good"),
    RequestStatus.REFUSED: ("recusado", "bad"),
    RequestStatus.CANCELLED: ("cancelado", ""),
}
# The two forms and the two ways of art. 19, and the laws whose terms run beside it.
FORM_OPTIONS = (
    ("", "como a lei diz para este direito"),
    (AccessForm.SIMPLIFIED.value, "simplificada, na hora"),
    (AccessForm.COMPLETE.value, "clara e completa, em até 15 dias"),
)
DELIVERY_OPTIONS = (
    (AnswerDelivery.ELECTRONIC.value, "por meio eletrônico"),
    (AnswerDelivery.PRINTED.value, "em papel"),
)
REGIME_OPTIONS = (
    (RequestRegime.LGPD.value, "só LGPD"),
    (RequestRegime.LAI.value, "também pedido de acesso à informação (LAI)"),
    (RequestRegime.OMBUDSMAN.value, "também manifestação de ouvidoria"),
)
ERASURE_STATUS = {
    ErasureStatus.PLANNED: ("planejada", "warn"),
    ErasureStatus.CONFIRMED: ("confirmada", "info"),
    ErasureStatus.EXECUTING: ("em execução", "info"),
    ErasureStatus.EXECUTED: ("executada, conferindo", "info"),
    ErasureStatus.COMPLETED: ("concluída", "good"),
    ErasureStatus.CANCELLED: ("cancelada", ""),
}
ERASURE_OUTCOME = {
    ErasureOutcome.ELIMINATE: "eliminar",
    ErasureOutcome.REFUSE: "recusar, com o fundamento",
    ErasureOutcome.BLOCK_HELD: "bloquear: há uma guarda",
    ErasureOutcome.BLOCK_ARCHIVE: "bloquear: documento público no prazo de guarda",
    ErasureOutcome.BLOCK_ASKED: "bloquear: a pessoa pediu",
}
FATES = {
    "eliminate": ("eliminar", "bad"),
    "anonymize": ("anonimizar", "warn"),
    "redact": ("tarjar o que nomeia a pessoa", "warn"),
    "rebuild": ("refazer sem a pessoa", "warn"),
    "keep": ("conservar", "info"),
}
DOUBT_REASONS = {
    "part": "só uma parte do nome",
    "initials": "com iniciais",
    "spelling": "escrita de outro modo",
    "given": "só o prenome",
}
HOLD_KIND = {
    HoldKind.SUBJECT: "titular",
    HoldKind.TICKET: "chamado",
    HoldKind.DOCUMENT: "documento",
    HoldKind.TYPE: "tudo de um tipo",
}
RUN_STATUS = {
    RetentionRunStatus.PROPOSED: ("proposta", "warn"),
    RetentionRunStatus.APPROVED: ("espera a segunda pessoa", "info"),
    RetentionRunStatus.EXECUTED: ("executada", "good"),
    RetentionRunStatus.REJECTED: ("rejeitada", ""),
}
HELD_TYPE = {
    HeldType.CUSTOMER: "todos os clientes",
    HeldType.TICKET: "todos os chamados",
    HeldType.DOCUMENT: "todos os documentos",
    HeldType.CONVERSATION: "todas as conversas",
}
STEP = {
    RequestStepKind.RECEIVED: "pedido recebido",
    RequestStepKind.CODE_SENT: "código enviado",
    RequestStepKind.IDENTITY_PASSED: "identidade comprovada",
    RequestStepKind.IDENTITY_FAILED: "identidade não comprovada",
    RequestStepKind.LINKED: "ligado a um cliente",
    RequestStepKind.ASSIGNED: "entregue a uma pessoa",
    RequestStepKind.STARTED: "análise iniciada",
    RequestStepKind.NOTE: "nota interna",
    RequestStepKind.DOCUMENT_ADDED: "documento recebido",
    RequestStepKind.DOCUMENT_DELETED: "documento apagado depois de conferido",
    RequestStepKind.EXTENDED: "prazo prorrogado",
    RequestStepKind.ALERTED: "aviso de prazo enviado",
    RequestStepKind.NOTICE_SENT: "aviso a quem recebeu os dados",
    RequestStepKind.NOTICE_ACKNOWLEDGED: "aviso confirmado",
    RequestStepKind.ANSWERED: "respondido",
    RequestStepKind.REFUSED: "recusado com fundamento",
    RequestStepKind.CANCELLED: "cancelado",
    RequestStepKind.REOPENED: "retomado",
}
INCIDENT_STATUS = {
    IncidentStatus.OPEN: ("aberto", "warn"),
    IncidentStatus.ASSESSED: ("avaliado", "info"),
    IncidentStatus.COMMUNICATED: ("comunicado", "info"),
    IncidentStatus.CLOSED: ("encerrado", "good"),
}
INCIDENT_STEP = {
    IncidentStepKind.REGISTERED: "registrado",
    IncidentStepKind.KNOWN: "conhecimento de que atingiu dados pessoais",
    IncidentStepKind.CHANGED: "fatos atualizados",
    IncidentStepKind.ASSESSED: "avaliado",
    IncidentStepKind.DECIDED: "decidido",
    IncidentStepKind.NOTE: "nota",
    IncidentStepKind.SUBJECTS_SELECTED: "titulares reunidos",
    IncidentStepKind.AGENCY_TOLD: "comunicado à ANPD",
    IncidentStepKind.SUPPLEMENTED: "comunicação complementada",
    IncidentStepKind.SUBJECTS_TOLD: "titulares avisados",
    IncidentStepKind.PUBLIC_NOTICE: "aviso público",
    IncidentStepKind.PROOF_FILED: "declaração entregue",
    IncidentStepKind.ALERTED: "aviso de prazo enviado",
    IncidentStepKind.CLOSED: "encerrado",
}
MECHANISMS = {
    TransferMechanism.DOMESTIC: "no Brasil",
    TransferMechanism.ADEQUACY: "país adequado (art. 33, I)",
    TransferMechanism.SPECIFIC_CLAUSES: "cláusulas específicas (art. 33, II, a)",
    TransferMechanism.STANDARD_CLAUSES: "cláusulas-padrão (art. 33, II, b)",
    TransferMechanism.CORPORATE_RULES: "normas corporativas (art. 33, II, c)",
    TransferMechanism.SEALS_AND_CODES: "selos e códigos (art. 33, II, d)",
    TransferMechanism.AUTHORITY_CONSENT: "autorização da ANPD (art. 33, V)",
    TransferMechanism.SUBJECT_CONSENT: "consentimento específico (art. 33, VIII)",
}
CONSENT_ACT = {
    ConsentAct.GRANTED: "consentiu",
    ConsentAct.REFUSED: "não consentiu",
    ConsentAct.REVOKED: "revogou",
}
CONSENT_CHANNEL = {
    ConsentChannel.DESK: "no atendimento",
    ConsentChannel.PHONE: "por telefone",
    ConsentChannel.PAPER: "em papel",
    ConsentChannel.PORTAL: "na página",
    ConsentChannel.API: "por um programa",
}
REPRESENTATIVE = {
    RepresentativeKind.ATTORNEY.value: "procurador",
    RepresentativeKind.GUARDIAN.value: "pai, mãe ou tutor",
    RepresentativeKind.CURATOR.value: "curador",
    RepresentativeKind.HEIR.value: "herdeiro",
}


def clock_words(one: ClockNotice) -> str:
    """Say of a legal term when it ends or ended."""
    day = one.due_on.strftime("%d/%m/%Y")
    if one.late:
        return f"Venceu em {day}."
    if one.days_left <= 0:
        return "Vence hoje."
    return (
        f"Vence amanhã, {day}." if one.days_left == 1 else f"Vence em {one.days_left} dias, {day}."
    )
