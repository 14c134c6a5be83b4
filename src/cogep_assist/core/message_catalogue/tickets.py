"""Messages of the desk: tickets, queues, protocols."""

from cogep_assist.core.message import Message

MESSAGES: dict[str, Message] = {
    "ticket_not_found": Message(
        404, "O chamado não existe.", "Confira o identificador na lista de chamados."
    ),
    "ticket_not_resolved": Message(
        409,
        "Só um chamado resolvido vira rascunho de artigo.",
        "Resolva o chamado primeiro: o que o resolveu é a resposta do artigo.",
    ),
    "nothing_suggested": Message(
        409,
        "Nada se sugere agora para o que você aceitou.",
        "Veja as sugestões em “classification”, ou mude o chamado à mão.",
    ),
    "article_not_found": Message(
        404, "O artigo não existe.", "Confira o identificador em GET /crm/articles."
    ),
    "article_not_in_state": Message(
        409,
        "O artigo está no estado “{status}” e não aceita isto.",
        "Um rascunho (draft) é aprovado, depois (reviewed) publicado; mudar o texto o traz "
        "de volta a rascunho.",
    ),
    "article_discarded": Message(
        409, "O artigo foi descartado e não muda mais.", "Faça outro rascunho do mesmo chamado."
    ),
    "article_without_answer": Message(
        409, "O artigo ainda não tem resposta.", "Escreva-a em “answer” e peça a aprovação de novo."
    ),
    "article_needs_other_eyes": Message(
        403,
        "Quem escreveu o artigo por último não o aprova.",
        "Peça a outra pessoa da curadoria, ou à administração.",
    ),
    "protocol_invalid": Message(
        422,
        "“{text}” não é um protocolo nem um identificador de chamado.",
        "Um protocolo é AAAA.NNNNNN-D, como 2026.000123-4; confira os algarismos.",
    ),
    "ticket_merged": Message(
        409,
        "Este chamado foi mesclado em outro e não muda mais.",
        "Continue no chamado {into}, ou desfaça a mescla.",
    ),
    "ticket_withheld": Message(
        403,
        "Este chamado traz dados sensíveis, e o texto dele não é mostrado a você.",
        "Passe-o a quem pode lê-los, ou peça o acesso a quem administra (LGPD, art. 11).",
    ),
    "ticket_move_not_allowed": Message(
        409,
        "Um chamado no estado “{before}” não pode passar a “{after}”.",
        "Veja os estados possíveis na documentação; um chamado fechado primeiro é reaberto.",
    ),
    "ticket_reason_missing": Message(
        422,
        "Passar de “{before}” a “{after}” pede um motivo.",
        "Escreva em “reason” por quê; o motivo fica na história do chamado.",
    ),
    "ticket_waiting_on_missing": Message(
        422,
        "Falta dizer por quem o chamado espera.",
        "Informe “waiting_on”: customer (o solicitante) ou third_party (um terceiro).",
    ),
    "ticket_waiting_on_unexpected": Message(
        422,
        "Só um chamado que aguarda diz por quem e até quando.",
        "Tire “waiting_on” e “until”, ou passe o chamado a “waiting”.",
    ),
    "ticket_reopen_too_late": Message(
        409,
        "Passaram mais de {days} dias desde o fim deste chamado.",
        "Abra um chamado novo e cite nele este protocolo.",
    ),
    "ticket_closed": Message(
        409,
        "Este chamado terminou há mais de {days} dias e não recebe mais mensagens.",
        "Abra um chamado novo e cite nele este protocolo.",
    ),
    "ticket_snooze_ended": Message(
        409, "Um chamado que terminou não se adia.", "Reabra-o primeiro, se ainda há o que fazer."
    ),
    "ticket_claimed_meanwhile": Message(
        409,
        "{by} já assumiu este chamado.",
        "Escolha outro da fila, ou peça que ele seja passado a você.",
    ),
    "claim_needs_person": Message(
        409,
        "Uma chave de integração não é uma pessoa e não assume chamados.",
        "Entre com o seu usuário, ou entregue o chamado a alguém com “assign”.",
    ),
    "assignee_not_found": Message(
        422,
        "Esta pessoa não atende nesta fila.",
        "Escolha alguém ativo da equipe da fila, ou mude o chamado de fila.",
    ),
    "mention_not_found": Message(
        422,
        "Uma das pessoas mencionadas não atende nesta fila.",
        "Mencione só quem pode ver o chamado.",
    ),
    "queue_not_found": Message(
        404, "A fila “{name}” não existe.", "Veja as filas em GET /crm/queues."
    ),
    "queue_is_default": Message(
        409,
        "A fila padrão não pode ser arquivada.",
        "Torne outra fila a padrão antes.",
    ),
    "ticket_link_to_itself": Message(
        422, "Um chamado não se relaciona a si mesmo.", "Informe o outro chamado."
    ),
    "ticket_link_turned": Message(
        409,
        "Os dois chamados já têm esta relação, no outro sentido.",
        "Desfaça a que existe antes de virá-la.",
    ),
    "ticket_link_not_found": Message(
        404, "Esta relação não existe.", "Veja as relações no próprio chamado."
    ),
    "entry_not_found": Message(
        404, "Uma das mensagens não é deste chamado.", "Leia o chamado de novo e repita."
    ),
    "ticket_split_takes_all": Message(
        422,
        "Ao menos uma mensagem deve ficar no chamado original.",
        "Escolha menos mensagens; para passar tudo a outra fila, mude a fila do chamado.",
    ),
    "rating_not_yours": Message(
        403, "Só quem abriu o chamado o avalia.", "Nada a fazer; a avaliação é do solicitante."
    ),
    "rating_too_early": Message(
        409, "O chamado ainda não terminou.", "Avalie quando ele estiver resolvido."
    ),
    "ticket_merge_with_itself": Message(
        422, "Um chamado não se mescla consigo mesmo.", "Informe o outro chamado."
    ),
    "ticket_merge_people_differ": Message(
        409,
        "Os dois chamados são de pessoas diferentes; uma leria o que a outra escreveu.",
        "Relacione-os como duplicados; se são a mesma pessoa, una antes os dois cadastros.",
    ),
    "ticket_merge_not_found": Message(
        404, "A mescla não existe.", "Veja o identificador na história do chamado."
    ),
    "ticket_merge_undone": Message(409, "Esta mescla já foi desfeita.", "Nada a fazer."),
    "ticket_merge_too_old": Message(
        409,
        "Passaram mais de {days} dias desde a mescla; não pode mais ser desfeita.",
        "Separe as mensagens em um chamado novo.",
    ),
    "ticket_merge_has_later": Message(
        409,
        "O chamado que ficou foi depois mesclado em outro.",
        "Desfaça antes a mescla mais nova.",
    ),
    "attachment_not_found": Message(
        404, "O anexo não existe.", "Abra o chamado de novo e escolha o anexo na lista."
    ),
    "attachment_refused": Message(
        422,
        "O arquivo “{name}” é um programa ou um atalho, e anexos assim não são guardados.",
        "Envie um documento, uma imagem ou um texto; se é preciso, dentro de um .zip.",
    ),
    "citation_not_found": Message(
        422,
        "Uma das fontes da resposta não existe mais ou não está ao seu alcance.",
        "Peça outra sugestão, ou envie a resposta sem as fontes.",
    ),
    "reply_not_found": Message(
        404, "A resposta não existe mais, ou não é sua.", "Abra o chamado de novo."
    ),
    "reply_sent": Message(
        409,
        "A resposta já saiu e não pode mais ser desfeita.",
        "Escreva outra resposta que corrija a primeira.",
    ),
    "ticket_moved_on": Message(
        412,
        "Chegou uma mensagem nova enquanto você escrevia.",
        "Leia a mensagem e envie de novo; o seu texto continua no campo.",
    ),
    "view_not_found": Message(404, "A visão não existe.", "Veja as visões em GET /crm/views."),
    "view_exists": Message(
        409, "Você já tem uma visão chamada “{name}”.", "Escolha outro nome, ou remova aquela."
    ),
    "macro_not_found": Message(
        404, "A macro “{name}” não existe.", "Veja as macros em GET /crm/macros."
    ),
    "template_not_found": Message(
        404, "O texto “{name}” não existe.", "Veja os textos em GET /crm/templates."
    ),
    "template_place_unknown": Message(
        422, "{place} não é um lugar que possa ser preenchido.", "Use um destes: {known}."
    ),
    "calendar_not_found": Message(
        404, "O calendário “{name}” não existe.", "Veja os calendários em GET /crm/calendars."
    ),
    "sla_policy_not_found": Message(
        404, "A meta “{name}” não existe.", "Veja as metas em GET /crm/sla-policies."
    ),
    "sla_without_target": Message(
        422,
        "A meta não promete nada.",
        "Informe em “targets”, por prioridade, os minutos até a primeira resposta ou a solução.",
    ),
    "ticket_status_not_found": Message(
        404,
        "Não há chamado com este protocolo e este código.",
        "Confira os dois, como vieram quando o chamado foi aberto; maiúsculas não importam.",
    ),
}
