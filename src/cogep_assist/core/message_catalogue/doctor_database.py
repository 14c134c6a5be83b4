"""What `cogep doctor` says about the database: the way to it, and its schema."""

from cogep_assist.core.message import Message


def well(text: str) -> Message:
    """Say that something is as it should be."""
    return Message(200, text, "")


def wrong(text: str, remedy: str) -> Message:
    """Say what is wrong and what to do about it."""
    return Message(503, text, remedy)


DATABASE = {
    "doctor_database_ok": well("O PostgreSQL {version} responde em {host}:{port}/{database}."),
    "doctor_database_direct": well("A conexão é direta, sem intermediário que troque de sessão."),
    "doctor_database_session_pooler": well(
        "Entre o cogep e o banco há um intermediário que mantém a sessão; ele serve."
    ),
    "doctor_database_password": wrong(
        "O PostgreSQL de {host}:{port} recusou a senha do usuário {user}.",
        "Corrija a senha em DATABASE_URL (ou POSTGRES_PASSWORD). Um contêiner guarda a senha da"
        " primeira vez em que foi criado: mudar a variável depois não a muda.",
    ),
    "doctor_database_no_password": wrong(
        "O PostgreSQL de {host}:{port} pede a senha do usuário {user} e nenhuma foi dada.",
        "Ponha a senha em DATABASE_URL (postgresql://usuario:senha@servidor:5432/banco).",
    ),
    "doctor_database_missing": wrong(
        "O PostgreSQL de {host}:{port} responde, mas o banco {database} não existe.",
        "Crie-o (createdb {database}) ou corrija o nome em DATABASE_URL.",
    ),
    "doctor_database_user": wrong(
        "O usuário {user} não existe no PostgreSQL de {host}:{port}.",
        "Crie-o ou corrija o usuário em DATABASE_URL.",
    ),
    "doctor_database_host_refused": wrong(
        "O PostgreSQL de {host}:{port} não aceita o usuário {user} a partir desta máquina.",
        "Acrescente uma linha a pg_hba.conf naquele servidor.",
    ),
    "doctor_database_full": wrong(
        "O PostgreSQL de {host}:{port} está com todas as conexões ocupadas.",
        "Feche conexões sem uso, aumente max_connections ou reduza COGEP_DATABASE_POOL_SIZE.",
    ),
    "doctor_database_room": wrong(
        "O banco aceita {room} conexões, e {processes} processos do cogep (a API e os"
        " trabalhadores) podem pedir até {needed}: quando faltam, quem pede recebe 503.",
        "Aumente max_connections no PostgreSQL (ou o limite do usuário e do banco) para mais de"
        " {needed}, ou ponha COGEP_DATABASE_POOL_SIZE={fitting} em todos os processos.",
    ),
    "doctor_database_starting": wrong(
        "O PostgreSQL de {host}:{port} está iniciando, se recuperando ou parando.",
        "Aguarde alguns segundos e repita.",
    ),
    "doctor_database_permission": wrong(
        "O usuário {user} não tem permissão de entrar no banco {database}.",
        "Conceda-a: GRANT CONNECT ON DATABASE {database} TO {user}.",
    ),
    "doctor_database_compose_name": wrong(
        "O nome {host} do PostgreSQL não é conhecido nesta máquina: nomes assim só existem dentro"
        " do docker compose.",
        "Fora dos contêineres use localhost e a porta publicada em DATABASE_URL.",
    ),
    "doctor_database_host": wrong(
        "O servidor {host} do PostgreSQL não foi encontrado pelo nome.",
        "Confira o nome em DATABASE_URL e a rede (VPN, DNS).",
    ),
    "doctor_database_other_program": wrong(
        "Quem responde em {host}:{port} não é um PostgreSQL: a porta é de outro programa.",
        "Corrija a porta em DATABASE_URL (ou POSTGRES_PORT); a do PostgreSQL costuma ser 5432.",
    ),
    "doctor_database_port": wrong(
        "Ninguém responde em {host}:{port}, mas há um PostgreSQL em {host}:{found}: a porta está"
        " errada.",
        "Ponha a porta {found} em DATABASE_URL (ou POSTGRES_PORT).",
    ),
    "doctor_database_down": wrong(
        "Ninguém responde em {host}:{port}: o PostgreSQL está parado ou a porta está errada.",
        "Inicie o PostgreSQL ou corrija a porta; sem DATABASE_URL o cogep usa o seu próprio.",
    ),
    "doctor_database_options_refused": wrong(
        "O intermediário em {host}:{port} (PgBouncer) recusa as opções com que o cogep se liga.",
        "Ponha ignore_startup_parameters = options na configuração dele, em modo de sessão, ou"
        " aponte DATABASE_URL direto para o PostgreSQL.",
    ),
    "doctor_database_none_serves": wrong(
        "Nenhum dos servidores de DATABASE_URL serve. {causes}",
        "Inicie um deles, ou promova a réplica; o cogep acha sozinho o que aceita gravações.",
    ),
    "doctor_database_no_tls": wrong(
        "O PostgreSQL de {host}:{port} não oferece TLS, e sslmode em DATABASE_URL o exige.",
        "Ligue o TLS no servidor (ssl = on, com certificado e chave) ou, só em uma rede em que"
        " confia, tire sslmode de DATABASE_URL.",
    ),
    "doctor_database_needs_tls": wrong(
        "O PostgreSQL de {host}:{port} só aceita o usuário {user} desta máquina com TLS.",
        "Ponha sslmode=verify-full e sslrootcert=ARQUIVO em DATABASE_URL, ou acrescente uma linha"
        " host a pg_hba.conf naquele servidor.",
    ),
    "doctor_database_authority_missing": wrong(
        "Falta o arquivo da autoridade que assina o certificado do PostgreSQL de {host}:{port}.",
        "Ponha em DATABASE_URL o caminho dele, legível por quem roda o cogep (sslrootcert=ARQUIVO),"
        " ou sslrootcert=system para as autoridades do sistema.",
    ),
    "doctor_database_certificate": wrong(
        "O certificado do PostgreSQL de {host}:{port} não é de uma autoridade em que se confie, ou"
        " venceu.",
        "Ponha em sslrootcert, em DATABASE_URL, o arquivo da autoridade que o assinou e confira a"
        " validade e o relógio desta máquina.",
    ),
    "doctor_database_certificate_name": wrong(
        "O certificado do PostgreSQL que responde em {host}:{port} é de outro nome.",
        "Use em DATABASE_URL um nome que está no certificado, ou peça um certificado com {host}.",
    ),
    "doctor_database_client_certificate": wrong(
        "O PostgreSQL de {host}:{port} pede um certificado do usuário {user} e não aceitou nenhum.",
        "Ponha sslcert=ARQUIVO e sslkey=ARQUIVO em DATABASE_URL; o nome (CN) do certificado é o do"
        " usuário, e a chave só pode ser lida por quem roda o cogep (chmod 600).",
    ),
    "doctor_database_refused": wrong(
        "O PostgreSQL de {host}:{port} recusou a conexão: {cause}.",
        "Confira DATABASE_URL e o registro do servidor.",
    ),
    "doctor_database_old": wrong(
        "O PostgreSQL {version} é antigo demais.",
        "Atualize-o para a versão {oldest} ou mais nova.",
    ),
    "doctor_database_encoding": wrong(
        "O banco {database} não usa UTF-8, e sim {encoding}: perderia letras acentuadas.",
        "Crie outro com ENCODING 'UTF8' e aponte DATABASE_URL para ele.",
    ),
    "doctor_database_standby": wrong(
        "O PostgreSQL de {host}:{port} é uma réplica só de leitura.",
        "Aponte DATABASE_URL para o servidor principal.",
    ),
    "doctor_database_read_only": wrong(
        "O PostgreSQL de {host}:{port}/{database} só aceita leituras: default_transaction_read_only"
        " está ligado.",
        "Desligue-o onde foi ligado: no servidor, no banco (ALTER DATABASE {database} RESET"
        " default_transaction_read_only) ou no usuário (ALTER ROLE {user} RESET ...).",
    ),
    "doctor_database_pooler": wrong(
        "Entre o cogep e o banco há um intermediário que troca de sessão a cada comando"
        " (PgBouncer em modo de transação): travas de sessão se perdem.",
        "Aponte DATABASE_URL direto para o PostgreSQL ou ponha o intermediário em modo de sessão.",
    ),
    "doctor_pgvector_ok": well("A extensão pgvector {version} está instalada."),
    "doctor_pgvector_old": wrong(
        "A extensão pgvector {version} é antiga demais.",
        "Atualize o pgvector do servidor para 0.7 ou mais novo e rode ALTER EXTENSION vector"
        " UPDATE.",
    ),
    "doctor_pgvector_not_created": wrong(
        "O servidor tem o pgvector {version}, mas ele não foi criado neste banco.",
        "Rode CREATE EXTENSION vector como administrador do banco e depois cogep db upgrade.",
    ),
    "doctor_pgvector_out_of_reach": wrong(
        "A extensão pgvector está no esquema {schema}, em que o usuário {user} não procura.",
        "Como administrador do banco: GRANT USAGE ON SCHEMA {schema} TO {user}; se o papel {role}"
        " já existe, também a ele; e ALTER ROLE {user} SET search_path = public, {schema}.",
    ),
    "doctor_pgvector_missing": wrong(
        "O servidor PostgreSQL não tem a extensão pgvector.",
        "Instale-a no servidor (pacote postgresql-NN-pgvector ou imagem pgvector/pgvector).",
    ),
    "doctor_needs_database": well("Não verificado ({what}): o banco de dados não respondeu."),
    "doctor_needs_schema": well("Não verificado ({what}): as tabelas não existem."),
    "doctor_database_not_created": well(
        "O banco embutido ainda não foi criado em {path}; cogep up o cria."
    ),
}

SCHEMA = {
    "doctor_schema_ok": well("O esquema está na revisão desta versão ({revision})."),
    "doctor_schema_missing": wrong(
        "O banco está vazio: as migrações não foram aplicadas.", "Rode cogep db upgrade."
    ),
    "doctor_schema_create_all": wrong(
        "Há {tables} tabelas sem registro de migração: foram criadas por create_all ou à mão e"
        " envelhecem em silêncio.",
        "Salve os dados, apague os esquemas ai, crm, lgpd e access e rode cogep db upgrade.",
    ),
    "doctor_schema_behind": wrong(
        "O banco está na revisão {found}, anterior à deste programa ({expected}).",
        "Rode cogep db upgrade.",
    ),
    "doctor_schema_ahead": wrong(
        "O banco está na revisão {found}, que este programa não conhece: o código é mais antigo"
        " que o banco.",
        "Atualize esta instalação do cogep para a mesma versão que migrou o banco.",
    ),
    "doctor_enums_ok": well("Os {count} tipos enumerados conferem com os modelos."),
    "doctor_enum_upper_case": wrong(
        "O tipo {type} tem rótulos em maiúsculas ({labels}); o código usa minúsculas.",
        "Renomeie cada um: ALTER TYPE {type} RENAME VALUE 'ROTULO' TO 'rotulo'.",
    ),
    "doctor_enum_elsewhere": wrong(
        "O tipo {type} foi criado fora do seu esquema, em {found}.",
        "Mova-o com ALTER TYPE ... SET SCHEMA, ou apague o que foi criado à mão e rode"
        " cogep db upgrade.",
    ),
    "doctor_enum_missing": wrong(
        "O tipo {type} não existe no banco.", "Rode cogep db upgrade; se persistir, cogep db check."
    ),
    "doctor_enum_label_missing": wrong(
        "O tipo {type} não tem os rótulos {labels}, que o código usa.",
        "Rode cogep db upgrade; se a revisão já é a última, ALTER TYPE {type} ADD VALUE.",
    ),
    "doctor_enum_label_extra": wrong(
        "O tipo {type} tem rótulos que o código não conhece: {labels}.",
        "Atualize esta instalação do cogep, ou desfaça o ALTER TYPE feito à mão.",
    ),
    "doctor_enum_order": wrong(
        "Os rótulos do tipo {type} estão em outra ordem que a dos modelos.",
        "Nada a fazer: o programa não depende da ordem.",
    ),
    "doctor_enum_column_missing": wrong(
        "A coluna {column} não existe no banco.", "Rode cogep db upgrade."
    ),
    "doctor_enum_column_text": wrong(
        "A coluna {column} é {found} no banco (native_enum=False), e não o tipo {type}.",
        "Converta-a: ALTER TABLE ... ALTER COLUMN ... TYPE {type} USING ...::text::{type}.",
    ),
    "doctor_enum_column_other": wrong(
        "A coluna {column} usa o tipo {found}, feito à mão, e não {type}.",
        "Converta-a: ALTER TABLE ... ALTER COLUMN ... TYPE {type} USING ...::text::{type};"
        " depois apague o outro tipo.",
    ),
    "doctor_roles_ok": well("O papel {role} existe, com os direitos certos e sem mais."),
    "doctor_role_missing": wrong(
        "O papel {role}, sob o qual o cogep roda, não existe neste servidor.",
        "Rode cogep db upgrade com um usuário que possa criar papéis.",
    ),
    "doctor_role_powerless": wrong(
        "O papel {role} não pode usar as tabelas, ou este usuário não pode assumi-lo.",
        "Rode cogep db upgrade com o dono do banco e conceda GRANT {role} TO o usuário.",
    ),
    "doctor_role_may_rewrite_audit": wrong(
        "O papel {role} pode alterar ou apagar a auditoria.",
        "Retire o direito: REVOKE UPDATE, DELETE ON lgpd.audit_event FROM {role}.",
    ),
    "doctor_drift_none": well("Tabelas, colunas e índices conferem com os modelos."),
    "doctor_drift": wrong(
        "O banco difere dos modelos em {count} pontos: {shown}.",
        "Desfaça o que foi mudado à mão, ou restaure o banco e rode cogep db upgrade.",
    ),
}

MESSAGES: dict[str, Message] = {**DATABASE, **SCHEMA}
