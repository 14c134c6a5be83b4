"""Messages about installing, starting and looking after the product."""

from cogep_assist.core.message import Message

MESSAGES: dict[str, Message] = {
    "data_dir_not_writable": Message(
        503,
        "Não é possível gravar na pasta de dados {path}.",
        "Dê ao usuário que roda o cogep permissão de escrita nela ou escolha outra com --data-dir.",
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
    "embedded_unsupported_platform": Message(
        503,
        "O PostgreSQL embutido não funciona nesta plataforma ({platform}).",
        "Use um PostgreSQL 15 ou mais novo com pgvector e defina DATABASE_URL.",
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
        "Restaure uma cópia com cogep restore em outra pasta (--data-dir) antes de apagar esta.",
    ),
    "embedded_other_version": Message(
        503,
        "A pasta {path} foi criada pelo PostgreSQL {found}; este cogep traz o {expected}.",
        "Faça cogep backup com a versão do cogep que a criou e cogep restore nesta.",
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
}
