"""Messages about mail and the outbox."""

from cogep_assist.core.message import Message

MESSAGES: dict[str, Message] = {
    "outbox_not_found": Message(
        404,
        "Essa mensagem não está na caixa de saída.",
        "Veja as mensagens com “cogep outbox list”.",
    ),
    "outbox_empty": Message(
        409,
        "O conteúdo desta mensagem já foi apagado, porque ela foi entregue.",
        "Faça de novo o que a gerou, como o convite ou o pedido de outra senha.",
    ),
    "outbox_topic_unknown": Message(
        500,
        "Este trabalhador não sabe entregar mensagens do tipo “{topic}”.",
        "Atualize todos os trabalhadores para a mesma versão.",
        retryable=True,
    ),
    "outbox_delivery_failed": Message(
        500,
        "A entrega falhou por um motivo inesperado.",
        "Será tentada de novo; o registro (log) do trabalhador diz a causa.",
        retryable=True,
    ),
    "mail_invalid": Message(
        422,
        "O endereço ou o assunto do e-mail não é válido.",
        "Corrija o e-mail da pessoa e envie de novo.",
    ),
    "mail_refused": Message(
        502,
        "O servidor de e-mail recusou a mensagem ({reply}).",
        "Confira o endereço da pessoa e o remetente em COGEP_MAIL_FROM.",
    ),
    "mail_credentials_refused": Message(
        502,
        "O servidor de e-mail não aceitou o usuário e a senha ({reply}).",
        "Corrija COGEP_SMTP_USER e COGEP_SMTP_PASSWORD.",
        retryable=True,
    ),
    "mail_security_missing": Message(
        502,
        "O servidor de e-mail não oferece a cifra ou a entrada pedida.",
        "Ajuste COGEP_SMTP_SECURITY ao que o servidor oferece.",
        retryable=True,
    ),
    "mail_unavailable": Message(
        503,
        "Não foi possível entregar o e-mail ({reply}).",
        "Confira COGEP_SMTP_HOST e COGEP_SMTP_PORT; a entrega será tentada de novo.",
        retryable=True,
    ),
    "imap_unavailable": Message(
        503,
        "Não foi possível ler a caixa de entrada ({reply}).",
        "Confira COGEP_IMAP_HOST, COGEP_IMAP_PORT e COGEP_IMAP_SECURITY; será tentado de novo.",
        retryable=True,
    ),
    "imap_credentials_refused": Message(
        502,
        "O servidor da caixa de entrada não aceitou o usuário e a senha.",
        "Corrija COGEP_IMAP_USER e COGEP_IMAP_PASSWORD.",
        retryable=True,
    ),
    "imap_folder_missing": Message(
        502,
        "A pasta “{folder}” não existe na caixa de entrada.",
        "Corrija COGEP_IMAP_FOLDER.",
        retryable=True,
    ),
    "imap_refused": Message(
        502,
        "O servidor da caixa de entrada recusou um comando ({reply}).",
        "Confira se o servidor fala IMAP4rev1; será tentado de novo.",
        retryable=True,
    ),
    "mail_not_found": Message(
        404,
        "Esse e-mail recebido não existe.",
        "Veja os que chegaram com “cogep mail list” ou GET /crm/mail.",
    ),
    "mail_content_gone": Message(
        409,
        "O conteúdo desse e-mail já foi apagado.",
        "Peça à pessoa que escreva de novo.",
    ),
    "mail_not_waiting": Message(
        409,
        "Esse e-mail já virou chamado.",
        "Abra o chamado para continuar.",
    ),
    "mail_inbox_missing": Message(
        409,
        "Este sistema não recebe e-mails.",
        "Ajuste COGEP_MAIL_INBOX com o endereço que recebe.",
    ),
    "mail_too_large": Message(
        413,
        "O e-mail passa do tamanho máximo de {limit_mib} MiB.",
        "Peça à pessoa que envie os anexos em partes, ou aumente COGEP_MAIL_MAX_BYTES.",
    ),
    "signature_invalid": Message(
        401,
        "A assinatura do pedido não confere, ou é de mais de cinco minutos.",
        "Assine “v1:<timestamp>:<corpo>” com o segredo de “cogep mail hook-secret”.",
    ),
}
