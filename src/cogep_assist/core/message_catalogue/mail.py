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
}
