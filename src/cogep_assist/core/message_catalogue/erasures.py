"""Messages of erasures, copies, legal holds and retention."""

from cogep_assist.core.message import Message

MESSAGES: dict[str, Message] = {
    "subject_not_found": Message(
        404,
        "Não há titular com esse identificador.",
        "Confira o identificador do cliente, ou informe CPF, e-mail, telefone ou nome.",
    ),
    "subject_ambiguous": Message(
        409,
        "Os identificadores levam a {records} cadastros diferentes.",
        "Una os cadastros, se são da mesma pessoa, ou informe o identificador de um só.",
    ),
    "subject_identifier_invalid": Message(
        422, "O campo “{field}” não é válido.", "Confira o que foi digitado."
    ),
    "subject_without_identifiers": Message(
        422,
        "Nada do que foi informado identifica uma pessoa.",
        "Informe CPF, CNPJ, e-mail, telefone ou o nome completo.",
    ),
    "erasure_not_found": Message(
        404, "Não há eliminação com esse identificador.", "Veja a lista de eliminações."
    ),
    "erasure_not_planned": Message(
        409,
        "A eliminação {protocol} já foi confirmada ou cancelada.",
        "Faça um novo plano, se ainda for preciso.",
    ),
    "erasure_doubt_unknown": Message(
        422,
        "Não há grafia em dúvida com o número {number} nesta eliminação.",
        "Veja as grafias do plano e os seus números.",
    ),
    "erasure_protocol_differs": Message(
        422,
        "O protocolo digitado não é o desta eliminação.",
        "Para confirmar, digite o protocolo: {protocol}.",
    ),
    "erasure_changed": Message(
        409,
        "Desde o plano, o resultado mudou.",
        "Faça um novo plano: uma guarda legal ou um fundamento foi incluído ou encerrado.",
    ),
    "erasure_needs_second_person": Message(
        409,
        "Você já confirmou; são muitos registros, e outra pessoa precisa confirmar.",
        "Peça a outra pessoa que responde pela proteção de dados que confira e confirme.",
    ),
    "erasure_held": Message(
        409,
        "Uma guarda legal cobre o titular da eliminação {protocol}.",
        "A eliminação segue parada até que a guarda seja liberada por duas pessoas.",
    ),
    "erasure_residue": Message(
        500,
        "Restaram valores do titular em: {tables}.",
        "Rode “cogep lgpd erase resume”; se repetir, informe o suporte.",
        retryable=True,
    ),
    "legal_hold": Message(
        409,
        "Há uma guarda legal sobre este registro: ele não pode ser mudado nem apagado.",
        "Veja as guardas com “cogep lgpd hold list”; liberar uma pede duas pessoas.",
    ),
    "subject_fenced": Message(
        409,
        "Os dados deste titular estão bloqueados.",
        "Espere o fim da eliminação, ou peça ao encarregado.",
    ),
    "keeping_object_not_found": Message(
        404,
        "Não há cliente, chamado ou documento com esse identificador.",
        "Confira o tipo e o identificador.",
    ),
    "keeping_reference_missing": Message(
        422,
        "Falta dizer a lei, o contrato ou o código da tabela de temporalidade.",
        "É ele que explica por que o registro fica.",
    ),
    "keeping_address_invalid": Message(
        422,
        "Este endereço não é de um cliente, de um chamado ou de um documento.",
        "Abra a página do registro e cole o endereço dela inteiro.",
    ),
    "disposal_nothing_chosen": Message(
        422,
        "Nenhum registro da listagem foi escolhido.",
        "Marque os registros que o termo de eliminação nomeia.",
    ),
    "disposal_not_listed": Message(
        409,
        "Um dos registros não está na listagem de eliminação, ou está sob guarda legal.",
        "Abra a listagem de novo: só sai o que passou do prazo e não está sob guarda.",
    ),
    "keeping_not_found": Message(
        404, "Não há fundamento em vigor com esse identificador.", "Veja a lista de fundamentos."
    ),
    "hold_target_invalid": Message(
        422,
        "Uma guarda legal precisa de um motivo e de um só alvo.",
        "Informe o titular, o chamado, o documento ou o tipo, e por que os dados são guardados.",
    ),
    "hold_not_found": Message(
        404, "Não há guarda legal com esse identificador.", "Veja a lista de guardas."
    ),
    "hold_released": Message(
        409, "Esta guarda legal já foi liberada.", "Nada a fazer; uma guarda nunca é apagada."
    ),
    "hold_release_not_asked": Message(
        409,
        "Ninguém pediu a liberação desta guarda.",
        "Peça a liberação com o motivo; outra pessoa a concede.",
    ),
    "disposal_term_missing": Message(
        422,
        "Documento público só deixa a conservação com a autorização da instituição arquivística.",
        "Informe o número do termo de eliminação em “disposal_term” (Lei 8.159/1991, art. 9º).",
    ),
    "hold_needs_second_person": Message(
        403,
        "Quem pede a liberação de uma guarda não pode concedê-la.",
        "Peça a outra pessoa com o papel de encarregado ou administrador.",
    ),
    "selftest_scenario_missing": Message(
        404,
        "Não há um cenário em {path}.",
        "Informe a pasta com o arquivo cenario.json.",
    ),
    "export_not_found": Message(
        404,
        "Não há cópia com esse identificador, ou o prazo dela acabou.",
        "Faça uma nova cópia.",
    ),
    "retention_class_unknown": Message(
        404, "Não há classe de dados com esse nome.", "As classes são: {classes}."
    ),
    "retention_run_not_found": Message(
        404, "Não há execução de prazo com esse identificador.", "Veja a lista de execuções."
    ),
    "retention_run_closed": Message(
        409, "Esta execução já foi feita ou recusada.", "Veja a lista de execuções."
    ),
    "retention_needs_second_person": Message(
        403,
        "Esta execução leva muitos registros e pede a aprovação de uma segunda pessoa.",
        "Peça a outra pessoa com o papel de encarregado ou administrador.",
    ),
}
