"""Messages about webhooks and their deliveries."""

from cogep_assist.core.message import Message

MESSAGES: dict[str, Message] = {
    "webhook_not_found": Message(
        404,
        "Esse webhook não existe.",
        "Veja os que existem com “cogep webhooks list” ou GET /webhooks.",
    ),
    "webhook_name_taken": Message(
        409,
        "Já existe um webhook com esse nome.",
        "Escolha outro nome ou mude o que existe.",
    ),
    "webhook_event_unknown": Message(
        422,
        "Não existe o evento “{name}”.",
        "Use nomes de GET /webhooks/events.",
    ),
    "webhook_field_unknown": Message(
        422,
        "Nenhum dos eventos escolhidos tem o campo “{name}”.",
        "Use campos de GET /webhooks/events; só os que não identificam pessoas servem de filtro.",
    ),
    "webhook_not_active": Message(
        409,
        "O webhook não está ativo, e por isso nada foi enviado.",
        "Repita a verificação do endereço (challenge) ou retome o webhook, e então reenvie.",
    ),
    "webhook_challenge_unmet": Message(
        502,
        "O endereço respondeu, mas não repetiu a palavra da verificação.",
        "O endereço deve responder 200 com o valor de “challenge” que recebeu no corpo.",
        retryable=True,
    ),
    "webhook_refused": Message(
        502,
        "O endereço do webhook recusou a entrega ({reply}).",
        "Veja a resposta no registro de entregas e corrija o sistema que recebe.",
        retryable=True,
    ),
    "webhook_timeout": Message(
        504,
        "O endereço do webhook não respondeu em {seconds} s.",
        "Responda 200 logo ao receber e trabalhe depois.",
        retryable=True,
    ),
    "delivery_held": Message(
        409,
        "O webhook está pausado; a mensagem espera, na ordem.",
        "Corrija o endereço e retome o webhook.",
    ),
    "webhook_not_paused": Message(
        409,
        "O webhook não está pausado nem desativado.",
        "Não é preciso retomá-lo.",
    ),
}
