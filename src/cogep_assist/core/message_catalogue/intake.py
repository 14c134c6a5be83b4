"""Messages about bringing documents in, jobs and collections."""

from cogep_assist.core.message import Message

MESSAGES: dict[str, Message] = {
    "passage_not_found": Message(
        404,
        "Este trecho não está mais na versão atual do documento.",
        "Uma versão nova entrou no lugar. Abra os trechos de novo e repita a mudança.",
    ),
    "passage_text_unfit": Message(
        400,
        "O texto de um trecho precisa ter de 1 a {most} letras.",
        "Para tirar o trecho das respostas, use “Não usar nas respostas”; para um texto maior, "
        "envie o documento de novo.",
    ),
    "passage_unchanged": Message(
        409, "O texto é o mesmo que já estava no trecho.", "Mude o texto antes de guardar."
    ),
    "item_refused": Message(
        422,
        "O item {index} (contando do zero) foi recusado, e com ele o pedido inteiro: {cause_text}",
        "{cause_remedy}",
    ),
    "too_many_items": Message(
        422,
        "O pedido traz {count} itens; o máximo é {limit}.",
        "Divida-o em pedidos menores.",
    ),
    "too_many_files": Message(
        422,
        "São mais de {limit} arquivos de uma vez.",
        "Envie em partes de até {limit}.",
    ),
    "no_file_fit": Message(
        422,
        "Nenhum dos {count} arquivos pôde ser recebido.",
        "Confira se não estão vazios nem grandes demais, e envie de novo.",
    ),
    "no_files": Message(
        422,
        "O pedido não traz nenhum arquivo.",
        "Escolha ao menos um arquivo; pela API, em um campo “file” de multipart/form-data.",
    ),
    "file_too_large": Message(
        413,
        "O arquivo “{name}” passa do tamanho máximo de {limit_mib} MiB.",
        "Reduza o arquivo ou peça a quem administra um limite maior.",
    ),
    "file_is_empty": Message(
        422, "O arquivo “{name}” está vazio.", "Confira o arquivo e envie de novo."
    ),
    "text_too_large": Message(
        413,
        "O texto passa do tamanho máximo de {limit_mib} MiB.",
        "Divida o texto ou envie-o como arquivo.",
    ),
    "metadata_too_large": Message(
        422,
        "Os metadados passam do limite de {limit_kib} KiB ou de {depth} níveis.",
        "Guarde neles só o que identifica o documento.",
    ),
    "multipart_invalid": Message(
        400,
        "O corpo multipart/form-data não está bem formado.",
        "Confira o limite (boundary) e envie com um cliente HTTP comum, como “curl -F”.",
    ),
    "intake_busy": Message(
        503,
        "Há pedidos demais chegando ao mesmo tempo.",
        "Espere {retry_after} s e envie de novo; nada deste pedido foi guardado.",
        retryable=True,
    ),
    "intake_full": Message(
        503,
        "A fila já tem {limit} tarefas à espera.",
        "Espere {retry_after} s e envie de novo; nada deste pedido foi guardado.",
        retryable=True,
    ),
    "queue_full_nobody_works": Message(
        503,
        "A fila já tem {limit} tarefas à espera e nenhum trabalhador a esvazia.",
        "Rode “cogep up” (ou repita com --wait, que faz o trabalho aqui); o limite é"
        " COGEP_INGEST_MAX_PENDING.",
        retryable=True,
    ),
    "storage_full": Message(
        507,
        "O disco do servidor está cheio; nada deste pedido foi guardado.",
        "Peça a quem administra que libere espaço; “cogep doctor” mostra onde.",
        retryable=True,
    ),
    "submission_refused": Message(
        422,
        "O banco de dados recusou este pedido; nada dele foi guardado.",
        "Confira o conteúdo; se continuar, informe ao suporte o código deste pedido.",
    ),
    "job_not_found": Message(
        404,
        "Esta tarefa não existe ou não está ao seu alcance.",
        "Confira o identificador; “cogep jobs” e GET /ingest listam as tarefas.",
    ),
    "job_not_retryable": Message(
        409,
        "Esta tarefa está {told}; só uma tarefa que falhou ou foi cancelada se tenta de novo.",
        "Para ler a fonte outra vez, envie-a de novo.",
    ),
    "no_addresses": Message(
        422, "Nenhum endereço foi escrito.", "Cole ao menos um endereço, um em cada linha."
    ),
    "address_refused": Message(
        422,
        "O endereço da linha {line}, “{address}”, não serve: {cause}",
        "{advice} Nenhum endereço foi para a fila ainda.",
    ),
    "too_many_addresses": Message(
        422, "São mais de {limit} endereços de uma vez.", "Envie em partes de até {limit}."
    ),
    "job_not_waiting": Message(
        409,
        "Esta tarefa não está mais na fila.",
        "Veja o estado dela: só uma tarefa que espera pode passar à frente.",
    ),
    "job_not_cancellable": Message(
        409,
        "Esta tarefa já terminou ({told}).",
        "Para retirar o documento, use “cogep documents delete ID” ou DELETE /documents/ID.",
    ),
    "job_content_gone": Message(
        409,
        "O conteúdo enviado com esta tarefa já não está guardado: fica 90 dias após uma falha.",
        "Envie o documento de novo.",
    ),
}
