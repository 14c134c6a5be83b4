"""Messages about models that run outside this process."""

from cogep_assist.core.message import Message

_EXTRACTED = "Enquanto isso, as respostas são extraídas dos documentos."

MESSAGES: dict[str, Message] = {
    "model_not_set": Message(
        409,
        "Nenhum modelo deste tipo está configurado.",
        "Escolha um em Ajustes, Modelos, ou defina {setting} no servidor e inicie de novo.",
    ),
    "model_set_by_server": Message(
        409,
        "O servidor já define este modelo, e o que o servidor define vale.",
        "Para escolher aqui, retire {setting} do ambiente ou do arquivo .env e inicie de novo.",
    ),
    "model_name_missing": Message(
        400, "Falta o nome do modelo.", "Escreva-o como o serviço o chama, como “llama3.1”."
    ),
    "model_key_unfit": Message(
        400,
        "A chave tem caracteres que não cabem em um cabeçalho HTTP.",
        "Copie a chave de novo, sem acentos nem quebras de linha.",
    ),
    "model_key_of_another_server": Message(
        409,
        "A chave guardada é de {host}, e não vai a outro servidor.",
        "Digite a chave do novo servidor, ou marque que a guardada deve ser apagada.",
    ),
    "model_address_internal": Message(
        400,
        "{host}:{port} fica na rede interna e não está liberado para esta página.",
        "Peça a quem cuida do servidor que o inclua em COGEP_MODEL_HOSTS.",
    ),
    "model_address_not_secure": Message(
        400,
        "Fora da rede interna, o endereço de um modelo precisa começar com https://.",
        "Use o endereço https:// de {host}; se ele fica na rede interna, peça que o incluam em "
        "COGEP_MODEL_HOSTS.",
    ),
    "llm_provider_not_own": Message(
        503,
        "O modelo de linguagem em {host} não está declarado como da própria organização, e por "
        "isso nada lhe é enviado.",
        "Se a organização o opera, defina COGEP_LLM_PROVIDER=own; se é de terceiros, external, e "
        "registre o fornecedor com “cogep lgpd providers add”.",
    ),
    "rerank_provider_not_own": Message(
        503,
        "O serviço de reordenação em {host} não está declarado como da própria organização, e por "
        "isso nada lhe é enviado.",
        "Se a organização o opera, declare-o nas configurações; se não, retire o endereço.",
    ),
    "llm_settings_incomplete": Message(
        503,
        "COGEP_LLM_URL está definida, mas falta {missing}.",
        "Defina {missing} ou retire COGEP_LLM_URL.",
    ),
    "llm_unavailable": Message(
        503,
        "O modelo de linguagem não respondeu.",
        f"{_EXTRACTED} “cogep doctor” diz a causa.",
        retryable=True,
    ),
    "llm_busy": Message(
        503,
        "O modelo de linguagem está ocupado com outras perguntas.",
        "Pergunte de novo em instantes; COGEP_LLM_CONCURRENCY diz quantas respostas são pedidas "
        "por vez.",
        retryable=True,
    ),
    "llm_timeout": Message(
        503,
        "O modelo de linguagem demorou demais.",
        f"{_EXTRACTED} COGEP_LLM_WAIT_SECONDS e COGEP_LLM_TOTAL_SECONDS dizem quanto se espera.",
        retryable=True,
    ),
    "llm_refused": Message(
        502,
        "O modelo de linguagem recusou o pedido (código {status}).",
        "Confira COGEP_LLM_MODEL e COGEP_LLM_API_KEY; “cogep doctor” mostra a situação.",
    ),
    "llm_failed": Message(
        502,
        "O serviço do modelo de linguagem relatou um erro seu no meio da resposta.",
        "Veja os registros desse serviço.",
    ),
    "llm_response_invalid": Message(
        502,
        "O modelo de linguagem deu uma resposta que não serve: {reason}.",
        "Confira se COGEP_LLM_URL aponta para um serviço compatível com /v1/chat/completions.",
    ),
    "llm_interrupted": Message(
        502,
        "A resposta do modelo de linguagem foi interrompida no meio.",
        "Pergunte de novo para tê-la inteira.",
        retryable=True,
    ),
    "llm_answer_cut": Message(
        502,
        "A resposta do modelo de linguagem chegou ao tamanho máximo e foi cortada.",
        "Aumente COGEP_LLM_MAX_TOKENS se isso for frequente.",
    ),
    "llm_nothing_supported": Message(
        502,
        "O modelo de linguagem escreveu frases que os documentos não sustentam, e elas foram "
        "retiradas.",
        "Veja os documentos mais próximos ou fale com um atendente.",
    ),
    "model_transfer_not_recorded": Message(
        503,
        "O envio ao modelo não pôde ser registrado, e por isso nada foi enviado.",
        "Confira o banco com “cogep doctor” e tente de novo.",
        retryable=True,
    ),
    # What the person who asked reads, beside the answer; the codes are those above.
    "notice_llm_provider_not_own": Message(
        503,
        "Esta resposta foi extraída dos documentos: o modelo de linguagem configurado não está "
        "declarado como da própria organização, e nada lhe foi enviado.",
        "Quem administra o sistema vê o que fazer com “cogep doctor”.",
    ),
    "notice_llm_misconfigured": Message(
        503,
        "Esta resposta foi extraída dos documentos: o modelo de linguagem está mal configurado.",
        "Quem administra o sistema vê a causa com “cogep doctor”.",
    ),
    "notice_llm_unavailable": Message(
        503,
        "Esta resposta foi extraída dos documentos: o modelo de linguagem não está disponível "
        "agora.",
        "As fontes são as mesmas; pergunte de novo mais tarde se quiser um texto corrido.",
    ),
    "notice_llm_busy": Message(
        503,
        "Esta resposta foi extraída dos documentos: o modelo de linguagem está ocupado.",
        "Pergunte de novo em instantes se quiser um texto corrido.",
    ),
    "notice_llm_timeout": Message(
        503,
        "Esta resposta foi extraída dos documentos: o modelo de linguagem demorou demais.",
        "Pergunte de novo mais tarde se quiser um texto corrido.",
    ),
    "notice_llm_interrupted": Message(
        502,
        "A resposta foi interrompida no meio; o que se lê foi conferido.",
        "Pergunte de novo para tê-la inteira.",
    ),
    "notice_llm_answer_cut": Message(
        502,
        "A resposta chegou ao tamanho máximo e foi cortada; o que se lê foi conferido.",
        "Faça uma pergunta mais específica.",
    ),
    "notice_llm_nothing_supported": Message(
        502,
        "O que o modelo de linguagem escreveu não se sustenta nos documentos e foi retirado.",
        "Veja os documentos mais próximos ou fale com um atendente.",
    ),
}
