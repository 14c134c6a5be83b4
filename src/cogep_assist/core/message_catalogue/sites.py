"""Messages about sites that embed the question box, and their visitors."""

from cogep_assist.core.message import Message

MESSAGES: dict[str, Message] = {
    "site_not_found": Message(
        404,
        "Esse site não existe ou está desligado.",
        "Veja os que existem com “cogep site list”, GET /sites ou em Ajustes, Sites.",
    ),
    "site_name_taken": Message(
        409, "Já existe um site com esse nome.", "Escolha outro nome ou mude o que existe."
    ),
    "site_origin_invalid": Message(
        422,
        "“{origin}” não é o endereço de um site.",
        "Use esquema e nome, sem caminho, como https://www.orgao.gov.br; “https://*.orgao.gov.br” "
        "vale para todos os nomes abaixo deste.",
    ),
    "site_origin_refused": Message(
        403,
        "O site em que esta janela foi aberta não está autorizado a mostrá-la.",
        "Quem administra o COGEP Assist inclui o endereço do site em Ajustes, Sites.",
    ),
    "site_consent_changed": Message(
        409,
        "O texto de consentimento mudou desde que você o leu.",
        "Abra a janela de novo, leia o texto atual e confirme.",
    ),
    "site_visit_ended": Message(
        401,
        "Esta conversa terminou, pelo tempo ou porque o site foi desligado.",
        "Comece outra: feche a janela e abra-a de novo.",
    ),
}
