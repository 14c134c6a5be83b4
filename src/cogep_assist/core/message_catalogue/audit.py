"""Messages about the record of acts."""

from cogep_assist.core.message import Message

MESSAGES: dict[str, Message] = {
    "checkpoint_unreadable": Message(
        422,
        "{path} não é um ponto de controle do registro de atos.",
        "Use um arquivo escrito por “cogep audit checkpoint” ou o da pasta de dados.",
    ),
    "file_not_read": Message(
        500,
        "Não foi possível ler {path} ({reason}).",
        "Confira o caminho e se este usuário pode ler o arquivo.",
    ),
    "file_not_written": Message(
        500,
        "Não foi possível gravar {path} ({reason}).",
        "Escolha uma pasta em que este usuário possa escrever e que tenha espaço.",
    ),
    "audit_verification_running": Message(
        409,
        "O registro de atos já está sendo conferido.",
        "Espere alguns segundos e peça de novo.",
        retryable=True,
    ),
    "audit_empty": Message(
        409,
        "Ainda não há nenhum ato registrado e selado.",
        "Espere o primeiro ato; um trabalhador o sela em um segundo.",
    ),
}
