"""Messages about the record of processing and impact reports."""

from cogep_assist.core.message import Message

MESSAGES: dict[str, Message] = {
    "legal_basis_unknown": Message(
        422, "A base legal “{basis}” não existe na LGPD.", "Use uma destas: {known}."
    ),
    "legal_basis_not_for_sensitive": Message(
        422,
        "A base legal “{basis}” não vale para dados sensíveis.",
        "Escolha uma das bases do art. 11 da LGPD, que não inclui o interesse legítimo.",
    ),
    "lia_missing": Message(
        422,
        "Interesse legítimo exige a avaliação do art. 10 da LGPD; falta: {fields}.",
        "Preencha finalidade, necessidade, balanceamento e salvaguardas em “lia”.",
    ),
    "activity_incomplete": Message(
        422, "Faltam dados da atividade: {fields}.", "Preencha-os e envie de novo."
    ),
    "activity_not_found": Message(
        404,
        "Não há atividade de tratamento “{key}”.",
        "Veja as que existem em /lgpd/ropa/activities.",
    ),
    "ropa_version_not_found": Message(
        404,
        "Não há versão {number} do registro de tratamento.",
        "Veja as que existem em /lgpd/ropa/versions.",
    ),
    "access_scope_missing": Message(
        422,
        "Diga de quem ou de qual endereço são os registros.",
        "Informe “user”, “ip” ou os dois.",
    ),
    "period_backwards": Message(
        422, "O período termina antes de começar.", "Informe “until” depois de “since”."
    ),
    "preservation_order_not_found": Message(
        404,
        "Esta ordem de preservação não existe.",
        "Veja as que existem em /lgpd/access-records/orders.",
    ),
    "output_needed": Message(
        400, "Um PDF não se lê no terminal.", "Dê um arquivo com “-o ARQUIVO”."
    ),
    "impact_report_not_found": Message(
        404, "Este relatório de impacto não existe.", "Veja os que existem em /lgpd/ripd."
    ),
    "impact_measure_incomplete": Message(
        422,
        "A medida “{measure}” está planejada sem dizer quem responde por ela ou para quando.",
        "Preencha quem responde e a data, ou deixe a situação em aberto.",
    ),
    "impact_report_approved": Message(
        409,
        "Este relatório de impacto já foi aprovado e não muda mais.",
        "Comece outro a partir do registro como está agora.",
    ),
}
