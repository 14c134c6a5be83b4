"""Messages that any room may need: settings, requests, access."""

from cogep_assist.core.message import Message

MESSAGES: dict[str, Message] = {
    "internal_error": Message(
        500,
        "Algo deu errado do nosso lado.",
        "Tente de novo em instantes; se continuar, informe ao suporte o código deste pedido.",
        retryable=True,
    ),
    "settings_invalid": Message(
        500, "A configuração {setting} não é válida: {reason}.", "Corrija o valor e inicie de novo."
    ),
    "database_url_invalid": Message(
        500,
        "DATABASE_URL não é um endereço de PostgreSQL válido ({reason}).",
        "Use a forma postgresql://usuario:senha@servidor:5432/banco.",
    ),
    "database_settings_incomplete": Message(
        500,
        "Há variáveis POSTGRES_* definidas, mas falta {missing}.",
        "Defina {missing}, ou use só DATABASE_URL, ou nenhuma delas para o PostgreSQL embutido.",
    ),
    "database_settings_disagree": Message(
        500,
        "DATABASE_URL e {field} não concordam: um diz {in_url}, o outro diz {in_field}.",
        "Deixe os dois iguais ou remova um deles do ambiente e do arquivo .env.",
    ),
    "database_unavailable": Message(
        503,
        "O banco de dados não respondeu.",
        "Tente de novo em instantes; quem administra pode ver a causa com “cogep doctor”.",
        retryable=True,
    ),
    "database_read_only": Message(
        503,
        "O banco de dados só aceita leituras agora.",
        "Tente de novo em instantes; quem administra confere se DATABASE_URL aponta para o servidor"
        " principal, e não para uma réplica.",
        retryable=True,
    ),
    "database_took_too_long": Message(
        503,
        "O banco de dados interrompeu o que foi pedido: passou do tempo que o servidor permite;"
        " nada foi mudado.",
        "Tente de novo; quem administra aumenta statement_timeout para o usuário do cogep, se isto"
        " se repete.",
        retryable=True,
    ),
    "schema_differs": Message(
        503,
        "O sistema está sendo atualizado: o banco e este processo são de versões diferentes.",
        "Tente de novo em instantes; quem administra reinicia o que ficou na versão anterior, que"
        " “cogep doctor” nomeia.",
        retryable=True,
    ),
    "acts_collided": Message(
        503,
        "Outra pessoa mexia nos mesmos dados no mesmo instante; nada foi mudado.",
        "Tente de novo.",
        retryable=True,
    ),
    "request_invalid": Message(
        422, "O pedido não está na forma esperada: {reason}.", "Corrija {field} e envie de novo."
    ),
    "body_invalid": Message(
        400, "O corpo do pedido não é um JSON válido.", "Confira a sintaxe e a codificação UTF-8."
    ),
    "too_many_members": Message(
        422,
        "O JSON do pedido tem mais de {limit} campos ou itens.",
        "Retire os que a referência da API não conhece, ou divida o pedido, e envie de novo.",
    ),
    "text_not_storable": Message(
        422,
        "O texto enviado contém um caractere que não se pode guardar (nulo ou incompleto).",
        "Retire o caractere, ou digite o texto em vez de colar, e envie de novo.",
    ),
    "body_too_large": Message(
        413,
        "O pedido passa do tamanho máximo de {limit_mib} MiB.",
        "Envie em partes menores ou peça a quem administra um limite maior.",
    ),
    "media_type_not_accepted": Message(
        415,
        "O tipo de conteúdo “{content_type}” não é aceito aqui.",
        "Use {expected}.",
    ),
    "content_encoding_not_accepted": Message(
        415,
        "O corpo veio compactado (“{encoding}”), e aqui só se lê o que vem como é.",
        "Envie-o sem Content-Encoding.",
    ),
    "not_found": Message(
        404, "Não encontramos o que foi pedido.", "Confira o endereço ou o identificador."
    ),
    "method_not_allowed": Message(
        405, "Este endereço não aceita o método {method}.", "Veja os métodos em /openapi.json."
    ),
    "not_authenticated": Message(
        401,
        "É preciso se identificar para usar este endereço.",
        "Envie “Authorization: Bearer CHAVE” ou abra o link de entrada que “cogep up” mostra.",
    ),
    "key_invalid": Message(
        401,
        "A chave informada não existe, foi revogada ou venceu.",
        "Crie outra com “cogep key create NOME --role PAPEL”.",
    ),
    "on_behalf_not_allowed": Message(
        403,
        "Esta credencial não pode agir em nome de outra pessoa.",
        "Crie uma chave com “--scope act_for_others” e os demais atos de que ela precisa, ou "
        "retire o cabeçalho On-Behalf-Of.",
    ),
    "on_behalf_person_unknown": Message(
        403,
        "Não há quem esta chave possa representar com este e-mail ou identificador.",
        "Confira o cabeçalho On-Behalf-Of: a pessoa precisa ter conta ativa, do papel da chave ou "
        "de solicitante. Letras com acento vão codificadas com %.",
    ),
    "role_not_allowed": Message(
        403,
        "Seu papel não permite este ato.",
        "Peça a quem administra um papel que o permita; com uma chave, confira também os escopos.",
    ),
    "origin_refused": Message(
        403,
        "O pedido veio de outro site e foi recusado.",
        "Recarregue a página do COGEP Assist e tente de novo.",
    ),
    "rate_limited": Message(
        429,
        "Muitos pedidos em pouco tempo.",
        "Espere {retry_after} s e tente de novo.",
        retryable=True,
    ),
    "idempotency_key_invalid": Message(
        400,
        "A chave de idempotência não é válida.",
        "Use de 1 a 200 caracteres ASCII visíveis em Idempotency-Key.",
    ),
    "idempotency_key_reused": Message(
        409,
        "Esta Idempotency-Key já foi usada com outro conteúdo.",
        "Use uma chave nova para um pedido novo.",
    ),
    "cursor_invalid": Message(
        400, "O cursor informado não é válido.", "Comece de novo, sem o parâmetro cursor."
    ),
    "sign_in_link_invalid": Message(
        403,
        "Este link de entrada não vale mais: já foi usado ou venceu.",
        "Peça outro com “cogep link” no computador em que o COGEP Assist roda.",
    ),
    "collection_not_found": Message(
        404,
        "A coleção “{name}” não existe ou não está ao seu alcance.",
        "Confira o nome; quem administra ou faz a curadoria pode criá-la enviando um documento.",
    ),
    "collection_name_invalid": Message(
        422,
        "O nome de coleção “{name}” não é válido.",
        "Use de 1 a 64 letras minúsculas, números, hífen ou sublinhado.",
    ),
    "document_not_found": Message(
        404,
        "Este documento não existe ou não está ao seu alcance.",
        "Confira o identificador.",
    ),
    "document_removed": Message(
        410, "Documento removido em {removed_on}.", "O texto citado não está mais disponível."
    ),
    "page_not_found": Message(
        404, "O documento não tem esta página.", "Abra o texto do documento."
    ),
    "own_files_too_many": Message(
        409,
        "Você já tem {limit} arquivos seus em uso.",
        "Cada um sai em um dia; pergunte sobre os que já enviou.",
    ),
    "original_not_kept": Message(
        404,
        "O arquivo original desta versão não foi guardado.",
        "Leia o texto: ele está inteiro na página do documento.",
    ),
    "version_not_found": Message(
        404, "Esta versão do documento não existe.", "Veja as versões em /documents/ID."
    ),
    "key_not_found": Message(404, "Não há chave ativa com este nome.", "Veja “cogep key list”."),
    "key_name_taken": Message(
        409, "Já existe uma chave ativa com o nome “{name}”.", "Escolha outro nome ou revogue-a."
    ),
    "if_match_invalid": Message(
        400,
        "O cabeçalho If-Match não está na forma esperada.",
        "Envie nele o ETag que veio na leitura, com as aspas.",
    ),
    "changed_meanwhile": Message(
        412,
        "Alguém alterou este registro depois que você o leu; nada foi mudado.",
        "Leia-o de novo, confira o que mudou e repita.",
    ),
}
