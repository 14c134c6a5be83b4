"""Messages about personal data: what may leave, what may come in, who may be asked."""

from cogep_assist.core.message import Message

MESSAGES: dict[str, Message] = {
    "provider_not_registered": Message(
        503,
        "O serviço externo em {host} não está no registro de fornecedores, e por isso nada lhe é "
        "enviado.",
        "Registre o fornecedor com país, mecanismo do art. 33 da LGPD e validade: “cogep lgpd "
        "providers add”.",
        retryable=True,
    ),
    "provider_registered_as_own": Message(
        503,
        "{host} está no registro como modelo da própria organização, mas a configuração o trata "
        "como serviço externo, e por isso nada lhe é enviado.",
        "Se ele é mesmo da organização, diga-o também na configuração (COGEP_LLM_PROVIDER=own, "
        "COGEP_EMBED_PROVIDER_OWN=true ou COGEP_RERANK_PROVIDER_OWN=true); se não é, registre-o de "
        "novo sem --own.",
        retryable=True,
    ),
    "provider_expired": Message(
        503,
        "O amparo legal do envio a {legal_entity} ({host}) venceu, e por isso nada lhe é enviado.",
        "Renove o contrato e registre o fornecedor de novo com a nova validade.",
        retryable=True,
    ),
    "sensitive_data_refused": Message(
        503,
        "O texto traz dados sensíveis ({categories}), que não podem ir a este fornecedor.",
        "Atenda sem o modelo, ou registre o fornecedor com permissão para dados sensíveis se a "
        "base legal do art. 11 da LGPD o permitir.",
    ),
    "privacy_detector_down": Message(
        503,
        "A detecção de dados pessoais não está funcionando, e por isso nada foi enviado ao modelo.",
        "Tente de novo em instantes; “cogep doctor” e os registros mostram a causa.",
        retryable=True,
    ),
    "personal_data_left": Message(
        503,
        "Restou no texto um dado pessoal que não pôde ser ocultado, e por isso nada foi enviado.",
        "Reescreva o pedido sem o dado, ou atenda sem o modelo.",
    ),
    "personal_data_refused": Message(
        422,
        "O documento traz dados pessoais que esta coleção não aceita: {kinds}.",
        "Retire os dados do documento e envie-o de novo, ou mude a política da coleção: “cogep "
        "collections set NOME --personal-data redact”.",
    ),
    "pii_sets_not_found": Message(
        404,
        "Não há textos rotulados (*.jsonl) em {path}.",
        "Dê a pasta que os contém.",
    ),
    "pii_set_unreadable": Message(
        422,
        "Um conjunto de textos rotulados em {path} não pôde ser lido ({reason}).",
        "Cada linha deve ser um JSON com “text” e “spans” (start, end, type).",
    ),
    "pii_text_unreadable": Message(
        422,
        "O arquivo {path} não pôde ser lido como texto UTF-8 ({reason}).",
        "Converta-o para texto, ou envie-o com “cogep ingest” a uma coleção que avisa de dados "
        "pessoais.",
    ),
    "provider_exists": Message(
        409,
        "Já há um fornecedor em uso registrado para {host}.",
        "Retire o atual antes de registrar outro: “cogep lgpd providers withdraw”.",
    ),
    "provider_not_found": Message(
        404,
        "Não há fornecedor em uso com esse identificador.",
        "Veja a lista com “cogep lgpd providers list”.",
    ),
    "notice_sensitive_data_refused": Message(
        503,
        "Esta resposta foi extraída dos documentos: a pergunta ou as fontes trazem dados "
        "sensíveis, que não vão ao modelo.",
        "As fontes são as mesmas.",
    ),
    "notice_privacy_detector_down": Message(
        503,
        "Esta resposta foi extraída dos documentos: a proteção de dados pessoais não está "
        "funcionando, e nada foi enviado ao modelo.",
        "As fontes são as mesmas; pergunte de novo mais tarde se quiser um texto corrido.",
    ),
    "notice_provider_not_registered": Message(
        503,
        "Esta resposta foi extraída dos documentos: o fornecedor do modelo não está registrado.",
        "Quem administra o sistema vê o que fazer com “cogep doctor”.",
    ),
    "notice_provider_expired": Message(
        503,
        "Esta resposta foi extraída dos documentos: o amparo legal do envio ao modelo venceu.",
        "Quem administra o sistema vê o que fazer com “cogep doctor”.",
    ),
    "notice_personal_data_left": Message(
        503,
        "Esta resposta foi extraída dos documentos: restaria no envio ao modelo um dado pessoal.",
        "As fontes são as mesmas.",
    ),
}
