"""Messages of the command line."""

from cogep_assist.core.message import Message

MESSAGES: dict[str, Message] = {
    "command_failed": Message(
        500,
        "O comando parou por um erro inesperado ({kind}).",
        "Repita com COGEP_LOG_LEVEL=DEBUG no ambiente para ver a causa.",
    ),
    "path_not_found": Message(404, "Não há arquivo ou pasta em {path}.", "Confira o caminho."),
    "path_of_other_kind": Message(
        422,
        "Em {path} há uma pasta onde deve estar um arquivo, ou o contrário.",
        "Confira o caminho.",
    ),
    "path_not_permitted": Message(
        403,
        "O sistema não deixou abrir {path}.",
        "Confira as permissões do arquivo e da pasta.",
    ),
    "path_read_only": Message(
        503,
        "{path} está em um disco montado só para leitura.",
        "Monte-o para escrita ou escolha outro lugar.",
    ),
    "system_refused": Message(
        500,
        "O sistema recusou o acesso a {path} ({reason}).",
        "Confira o disco e a rede em que ele está; o registro do sistema (dmesg, Visualizador de"
        " Eventos) diz mais.",
    ),
    "schema_behind": Message(
        503,
        "O esquema do banco está na revisão {found} e este cogep pede a {expected}.",
        "Rode “cogep db upgrade” e repita.",
    ),
    "schema_behind_running": Message(
        503,
        "O cogep foi atualizado, e o que está em execução em {path} ainda é o de antes.",
        "Pare-o com Ctrl-C e inicie-o de novo com “cogep up”: o esquema do banco é levado ao desta"
        " versão.",
    ),
    "schema_ahead": Message(
        503,
        "O esquema do banco está na revisão {found}, que este cogep ainda não conhece.",
        "Atualize o cogep desta máquina para a mesma versão que migrou o banco.",
    ),
    "nothing_to_ingest": Message(
        422,
        "Nenhum arquivo que o cogep saiba ler foi encontrado.",
        "Extensões lidas: {extensions}.",
    ),
    "target_not_found": Message(
        404,
        "“{target}” não é um endereço http(s) nem um arquivo ou pasta que exista.",
        "Confira o caminho; endereços começam com http:// ou https://.",
    ),
    "expiry_invalid": Message(
        422,
        "“{value}” não é uma validade.",
        "Use uma data, como 2027-12-31, ou um número de dias, como 90d.",
    ),
    "id_ambiguous": Message(
        409,
        "“{prefix}” é o começo de mais de um identificador.",
        "Informe mais caracteres do identificador.",
    ),
    "id_invalid": Message(
        422,
        "“{value}” não é um identificador, nem o começo de um.",
        "Copie-o da lista de “cogep jobs” ou “cogep documents list”.",
    ),
    "confirmation_needed": Message(
        409,
        "Remover um documento não tem volta, e não há quem confirme aqui.",
        "Repita com --yes para confirmar.",
    ),
}
