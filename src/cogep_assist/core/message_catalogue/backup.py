"""Messages of backup and restore."""

from cogep_assist.core.message import Message

MESSAGES: dict[str, Message] = {
    "backup_not_found": Message(
        404,
        "Esta cópia não está mais na pasta de cópias.",
        "Volte à lista de cópias; ela mostra as que existem agora.",
    ),
    "backup_running": Message(
        409,
        "Já há uma cópia sendo feita.",
        "Espere ela terminar; a página mostra o andamento.",
        retryable=True,
    ),
    "backup_exists": Message(
        409,
        "Já existe um arquivo em {path}.",
        "Escolha outro nome, ou repita com --overwrite para trocar aquele arquivo.",
    ),
    "backup_nothing_there": Message(
        404,
        "O banco ainda não tem o esquema do cogep: não há o que copiar.",
        "Confira --data-dir e DATABASE_URL; a base nasce no primeiro cogep up.",
    ),
    "backup_failed": Message(
        500,
        "A cópia parou: {cause}.",
        "Nada foi gravado. Corrija a causa e repita.",
    ),
    "backup_program_missing": Message(
        503,
        "O programa {program} não foi encontrado.",
        "Instale os programas cliente do PostgreSQL {needed} ou mais novo (postgresql-client).",
    ),
    "backup_program_too_old": Message(
        503,
        "O {program} desta máquina é do PostgreSQL {found}, e é preciso o {needed} ou mais novo.",
        "Instale os programas cliente do PostgreSQL {needed} e deixe-os primeiro no PATH.",
    ),
    "backup_not_a_backup": Message(
        422,
        "O arquivo não é uma cópia feita por cogep backup.",
        "Confira o nome do arquivo; nada foi tocado.",
    ),
    "backup_truncated": Message(
        422,
        "A cópia está cortada: o arquivo termina antes do fim.",
        "Copie-o de novo da origem, ou use outra cópia; nada foi tocado.",
    ),
    "backup_damaged": Message(
        422,
        "A cópia está danificada ou foi alterada: o conteúdo não confere com o selo.",
        "Copie-a de novo da origem, ou use outra cópia; nada foi tocado.",
    ),
    "backup_other_key": Message(
        403,
        "A cópia foi feita com outra chave-mestra e não pode ser aberta com esta.",
        "Use a chave da instalação de origem: o arquivo secret.key da pasta de dados dela, "
        "ou o valor de COGEP_SECRET_KEY. Nada foi tocado.",
    ),
    "backup_newer_format": Message(
        422,
        "A cópia foi feita por um cogep mais novo, em um formato que este não conhece.",
        "Atualize o cogep desta máquina e repita; nada foi tocado.",
    ),
    "backup_newer_release": Message(
        422,
        "A cópia é do cogep {release}, com o esquema {revision}, que este ainda não conhece.",
        "Atualize o cogep desta máquina e repita; nada foi tocado.",
    ),
    "restore_key_missing": Message(
        403,
        "Falta a chave-mestra da instalação que fez a cópia.",
        "Ponha o arquivo secret.key dela em {path}, ou defina COGEP_SECRET_KEY, e repita.",
    ),
    "restore_not_empty": Message(
        409,
        "O banco de destino já tem dados.",
        "Repita com --replace para trocá-los pelos da cópia, ou restaure em outra pasta "
        "com --data-dir.",
    ),
    "restore_confirmation_needed": Message(
        409,
        "Trocar os dados não tem volta, e não há quem confirme aqui.",
        "Repita com --replace --yes para confirmar.",
    ),
    "restore_cancelled": Message(
        409,
        "A restauração foi cancelada: a palavra de confirmação não confere.",
        "Nada foi tocado.",
    ),
    "restore_while_running": Message(
        409,
        "O cogep está em execução sobre este banco.",
        "Pare o cogep up, a API e os trabalhadores e repita; nada foi tocado.",
    ),
    "restore_needs_createdb": Message(
        403,
        "O usuário do banco não pode criar o banco ao lado, em que a cópia é conferida.",
        "Dê a ele o direito (ALTER ROLE usuário CREATEDB) e repita; nada foi tocado.",
    ),
    "restore_extension_missing": Message(
        503,
        "O servidor não deixa este usuário instalar a extensão vector em um banco novo.",
        "Como superusuário, rode CREATE EXTENSION vector no banco template1, que tem de estar em"
        " UTF-8, e repita.",
    ),
    "restore_database_busy": Message(
        409,
        "Outro programa continua ligado ao banco, e ele não pôde ser trocado.",
        "Feche as sessões abertas nele (psql, DBeaver) e repita; os dados são os de antes.",
    ),
    "restore_failed": Message(
        500,
        "A restauração parou: {cause}.",
        "Os dados de antes continuam como eram. Corrija a causa e repita.",
    ),
    "restore_programs_differ": Message(
        503,
        "O pg_restore do PostgreSQL {program} não restaurou no servidor {server}: {cause}.",
        "Instale os programas cliente do PostgreSQL {server} e repita; os dados são os de antes.",
    ),
    "restore_foreign_item": Message(
        422,
        "A cópia traz o que nenhuma cópia do COGEP Assist tem: {item}.",
        "Nada foi tocado. Use uma cópia feita por cogep backup, de origem que você conhece.",
    ),
    "restore_differs": Message(
        500,
        "Depois de restauradas, estas tabelas não conferem com a cópia: {tables}.",
        "Os dados de antes continuam como eram. Repita; se persistir, use outra cópia.",
    ),
}
