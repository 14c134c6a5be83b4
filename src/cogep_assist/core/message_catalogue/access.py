"""Messages about keys, sessions and the master key."""

from cogep_assist.core.message import Message

MESSAGES: dict[str, Message] = {
    "secret_key_too_short": Message(
        500,
        "A chave-mestra em {where} é curta demais.",
        "Use ao menos {minimum} bytes aleatórios, como a saída de “openssl rand -base64 48”.",
    ),
    "secret_key_exchanging": Message(
        409, "A chave-mestra está sendo trocada agora.", "Espere a outra troca terminar."
    ),
    "secret_key_in_setting": Message(
        409,
        "A chave-mestra vem de COGEP_SECRET_KEY, que este comando não escreve.",
        "Ponha uma chave nova em COGEP_SECRET_KEY e a de agora em COGEP_SECRET_KEY_OLDER, reinicie"
        " o serviço e rode “cogep master-key reseal”.",
    ),
    "secret_key_unreadable": Message(
        500,
        "Não foi possível ler nem criar a chave-mestra em {where} ({reason}).",
        "Dê a este usuário permissão na pasta dos dados, ou defina COGEP_SECRET_KEY.",
    ),
    "session_invalid": Message(
        401,
        "Sua sessão terminou.",
        "Abra um novo link de entrada; “cogep link” mostra um.",
    ),
    "key_name_invalid": Message(
        422,
        "O nome da chave não é válido.",
        "Use de 1 a 100 caracteres que se possam ler.",
    ),
    "expiry_in_past": Message(422, "A validade informada já passou.", "Informe uma data futura."),
    "csrf_token_invalid": Message(
        403,
        "O formulário venceu ou não veio desta página.",
        "Recarregue a página e envie de novo.",
    ),
}
