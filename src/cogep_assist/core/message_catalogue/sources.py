"""Messages of the sources that are followed."""

from cogep_assist.core.message import Message

MESSAGES: dict[str, Message] = {
    "source_not_found": Message(
        404, "A fonte não existe.", "Confira o identificador com “cogep sources list”."
    ),
    "source_exists": Message(
        409,
        "Esta coleção já segue esse alvo.",
        "Veja a fonte com “cogep sources list”; remova-a antes de criar outra.",
    ),
    "source_paused": Message(
        409, "A fonte está em pausa.", "Retome-a com “cogep sources resume ID” e repita."
    ),
    "source_nothing_to_confirm": Message(
        409,
        "Nenhuma retirada desta fonte espera confirmação.",
        "Nada a fazer; veja a fonte com “cogep sources show ID”.",
    ),
    "source_folder_not_allowed": Message(
        403,
        "A pasta {path} não está aberta a fontes.",
        "O administrador abre pastas com COGEP_FOLDER_ROOTS; informe o caminho completo.",
    ),
    "source_folder_missing": Message(
        404,
        "A pasta {path} não existe na máquina do trabalhador, ou não pode ser lida.",
        "Confira o caminho e se o disco está montado; nada foi retirado da base.",
        retryable=True,
    ),
    "source_file_changed": Message(
        409,
        "O arquivo {name} mudou ou sumiu enquanto era lido.",
        "Ele é lido de novo na próxima visita.",
        retryable=True,
    ),
    "source_too_large": Message(
        413,
        "A fonte tem mais de {limit} documentos.",
        "Divida-a em fontes menores, ou aumente COGEP_SOURCE_MAX_ITEMS.",
    ),
    "source_name_too_long": Message(
        422, "O endereço ou o caminho é longo demais.", "Encurte-o; o limite é 2000 caracteres."
    ),
    "file_type_unknown": Message(
        415, "O tipo do arquivo não é lido.", "Converta-o para PDF, DOCX, ODT ou texto."
    ),
    "source_name_invalid": Message(
        422, "O nome do arquivo não é texto válido.", "Renomeie o arquivo."
    ),
    "source_not_a_file": Message(
        422, "Não é um arquivo comum.", "Atalhos não são seguidos; ponha o arquivo na pasta."
    ),
    "source_job_cancelled": Message(
        409,
        "A leitura deste documento foi cancelada.",
        "Ele é lido de novo na próxima visita da fonte.",
    ),
    "sitemap_invalid": Message(
        422,
        "O sitemap não pôde ser lido: {reason}.",
        "Confira o endereço: ele deve dar um sitemap (XML, .gz ou lista de endereços).",
    ),
    "sitemap_too_deep": Message(
        422, "Há sitemaps demais, ou aninhados demais.", "Siga diretamente o sitemap que importa."
    ),
    "sitemap_other_host": Message(
        422,
        "O endereço é de outro site que o do sitemap.",
        "Siga também o sitemap daquele site, se ele deve entrar na base.",
    ),
    "schedule_not_understood": Message(
        422,
        "“{schedule}” não é um horário que o cogep entenda.",
        "Exemplos: “a cada 6 horas”, “todo dia às 03:00”, “toda segunda e quinta às 8h”, "
        "“dias úteis às 7h30”, “todo dia 1 às 6h”, ou cron: “0 3 * * 1-5”.",
    ),
    "schedule_too_frequent": Message(
        422,
        "O intervalo entre visitas deve ser de ao menos {minutes} minutos.",
        "Escolha um intervalo maior.",
    ),
    "schedule_never": Message(
        422, "“{schedule}” não acontece em dia nenhum.", "Confira o dia e o mês."
    ),
}
