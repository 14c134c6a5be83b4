"""What `cogep doctor` says: one sentence for the state, one for the remedy."""

from cogep_assist.core.message import Message
from cogep_assist.core.message_catalogue.doctor_database import well, wrong

SETTINGS = {
    "doctor_settings_embedded": well("Sem DATABASE_URL: o PostgreSQL embutido em {path} é usado."),
    "doctor_settings_external": well("O PostgreSQL de {host} é usado; as variáveis concordam."),
    "doctor_setting_unknown": wrong(
        "A variável {setting} não é conhecida e não tem efeito.",
        "Confira a grafia com cogep doctor, que lista todas, ou remova a variável.",
    ),
    "doctor_env_file_open": wrong(
        "O arquivo {path} guarda senhas e qualquer usuário da máquina pode lê-lo.",
        "Feche-o com chmod 600 {path}.",
    ),
    "doctor_database_host_is_broker": wrong(
        "DATABASE_URL aponta para {host}, que é o nome usual do Redis, não do PostgreSQL.",
        "Corrija o servidor em DATABASE_URL.",
    ),
    "doctor_command_ok": well("O comando cogep está no PATH: {path}."),
    "doctor_command_not_on_path": wrong(
        "O comando cogep não está no PATH: nenhum ambiente virtual está ativo neste terminal.",
        "Ative-o ({activate}) ou chame {program}.",
    ),
    "doctor_command_elsewhere": wrong(
        "O cogep do PATH ({found}) é de outra instalação; esta está em {folder}.",
        "Ative o ambiente virtual desta instalação ({activate}) ou chame {program}.",
    ),
}

QUEUE = {
    "doctor_worker_ok": well("Trabalhadores ativos: {count}; vagas em uso: {busy} de {capacity}."),
    "doctor_worker_stopped": well("O cogep não está em execução aqui; cogep up o inicia."),
    "doctor_worker_none": wrong(
        "Nenhum trabalhador está ativo neste banco.",
        "Rode cogep up, ou cogep worker onde a API roda à parte.",
    ),
    "doctor_worker_none_here": wrong(
        "Nenhum trabalhador desta máquina ({host}) está ativo neste banco; há em outras.",
        "Inicie-o aqui com cogep worker, ou veja no registro por que parou.",
    ),
    "doctor_worker_other_database": wrong(
        "Há um trabalhador nesta máquina (processo {pids}), mas ele serve outro banco.",
        "Inicie-o com o mesmo DATABASE_URL (ou --data-dir) da API.",
    ),
    "doctor_worker_other_schema": wrong(
        "O trabalhador {pid} em {host} conhece o esquema {found} e o banco está em {expected}:"
        " por isso não pega tarefas.",
        "Atualize o cogep naquela máquina e reinicie o trabalhador.",
    ),
    "doctor_worker_other_release": wrong(
        "O trabalhador {pid} em {host} roda a versão {found}; esta é a {expected}.",
        "Atualize e reinicie o que estiver mais antigo.",
    ),
    "doctor_worker_frozen": wrong(
        "O trabalhador {pid} em {host} está mudo há {seconds} s, embora seu processo exista.",
        "Reinicie-o; as tarefas dele são devolvidas à fila.",
    ),
    "doctor_key_ok": well("A chave-mestra é a que o banco conhece."),
    "doctor_key_not_yet": well("A chave-mestra é criada no primeiro início."),
    "doctor_key_missing": wrong(
        "Falta a chave-mestra em {path}: o que o banco guarda cifrado não abre sem ela.",
        "Devolva o arquivo de antes, ou defina COGEP_SECRET_KEY com a mesma chave da API.",
    ),
    "doctor_key_other": wrong(
        "A chave-mestra daqui não é a que o banco conhece: segundo fator, segredos de webhooks e de"
        " modelos e cópias de segurança não abrem com ela.",
        "Devolva a chave de antes (secret.key da pasta de dados, ou COGEP_SECRET_KEY) e reinicie.",
    ),
    "doctor_key_changed": wrong(
        "A chave-mestra foi trocada em {since}: segundo fator, segredos de webhooks e de modelos e"
        " cópias de segurança de antes não abrem com ela.",
        "Devolva a chave de antes e reinicie; se ela se perdeu, cadastre esses segredos de novo.",
    ),
    "doctor_key_two": wrong(
        "Duas chaves-mestras foram usadas neste banco nas últimas 24 horas.",
        "Dê a mesma COGEP_SECRET_KEY a todas as máquinas que dividem este banco.",
    ),
    "doctor_dpo_ok": well("Há encarregado designado."),
    "doctor_dpo_substitute": wrong(
        "O lugar de encarregado está vago; responde o substituto.",
        "Registre a designação com “cogep lgpd officer appoint” (LGPD, art. 41).",
    ),
    "doctor_dpo_vacant": wrong(
        "Ninguém é encarregado pelo tratamento de dados pessoais.",
        "Registre a designação com “cogep lgpd officer appoint” (LGPD, art. 41).",
    ),
    "doctor_terms_missed": wrong(
        "Há {count} prazos legais vencidos e não cumpridos.",
        "Veja os pedidos com “cogep lgpd requests list --pressing” e os incidentes com “cogep lgpd "
        "incidents list”.",
    ),
    "doctor_jobs_ok": well("Nenhuma tarefa espera além do normal ({count} na fila)."),
    "doctor_jobs_all_busy": well(
        "Todos os trabalhadores estão ocupados e a fila anda: {count} à espera, a mais antiga há"
        " {age}."
    ),
    "doctor_jobs_scheduled": well(
        "Tarefas que aguardam a hora de uma nova tentativa: {count}; a próxima em {next}."
    ),
    "doctor_jobs_retried": wrong(
        "Tarefas que aguardam nova tentativa: {count} (a próxima em {next}); a anterior falhou:"
        " {causes}",
        "Corrija a causa: a nova tentativa vem sozinha. Cada tarefa: cogep jobs show.",
    ),
    "doctor_jobs_in_order": wrong(
        "Tarefas que esperam outra, anterior, do mesmo documento: {count}; a anterior é, por"
        " exemplo, {job}.",
        "Veja o que a detém com cogep jobs show {job}; cogep jobs cancel {job} libera as outras.",
    ),
    "doctor_jobs_suspect": wrong(
        "Tarefas que já derrubaram um trabalhador e esperam para rodar sozinhas: {count}.",
        "Aguarde; na terceira queda são dadas por falhas, com a causa em cogep jobs show.",
    ),
    "doctor_jobs_stopped": wrong(
        "Há tarefas à espera ({count}, a mais antiga há {age}) e o cogep não está em execução.",
        "Rode cogep up.",
    ),
    "doctor_jobs_no_worker": wrong(
        "Há tarefas à espera ({count}, a mais antiga há {age}) e nenhum trabalhador está ativo.",
        "Rode cogep up, ou cogep worker onde a API roda à parte.",
    ),
    "doctor_jobs_other_database": wrong(
        "Há tarefas à espera ({count}, a mais antiga há {age}): o trabalhador desta máquina"
        " (processo {pids}) serve outro banco e nele não vê nenhuma.",
        "Inicie-o com o mesmo DATABASE_URL (ou --data-dir) da API.",
    ),
    "doctor_jobs_other_schema": wrong(
        "Há tarefas à espera ({count}, a mais antiga há {age}): os trabalhadores conhecem o esquema"
        " {found} e o banco está em {expected}.",
        "Atualize o cogep dos trabalhadores e reinicie-os.",
    ),
    "doctor_jobs_workers_idle": wrong(
        "Há tarefas à espera ({count}, a mais antiga há {age}): os trabalhadores se declaram"
        " impedidos ({reason}).",
        "Veja o registro do trabalhador e corrija a causa.",
    ),
    "doctor_jobs_workers_frozen": wrong(
        "Há tarefas à espera ({count}, a mais antiga há {age}): os trabalhadores existem, mas estão"
        " mudos.",
        "Reinicie os trabalhadores.",
    ),
    "doctor_jobs_unclaimed": wrong(
        "Há tarefas à espera ({count}, a mais antiga há {age}), embora haja trabalhadores livres.",
        "Reinicie os trabalhadores; se persistir, veja o registro deles.",
    ),
    "doctor_jobs_lease_expired": wrong(
        "Tarefas em mãos de um trabalhador que sumiu, que ninguém devolveu à fila: {count}.",
        "Inicie um trabalhador: ele as devolve à fila em segundos.",
    ),
    "doctor_jobs_failed": wrong(
        "Tarefas que falharam nas últimas 24 horas: {count}. {causes}",
        "Corrija a causa e repita com cogep jobs retry; todas: cogep jobs list --status failed.",
    ),
    "doctor_services_ok": well("Nenhum serviço de fundo está atrasado."),
    "doctor_services_late": wrong(
        "Serviços de fundo à espera há mais do que deviam: {kinds}.",
        "Veja se há um trabalhador ativo e o registro dele; eles rodam sozinhos assim que puderem.",
    ),
    "doctor_services_failed": wrong(
        "Serviços de fundo que falharam nas últimas 24 horas: {kinds}. {causes}",
        "Corrija a causa; as mensagens por entregar estão em “cogep outbox list”.",
    ),
}

OUTSIDE = {
    "doctor_broker_unused": well("Sem CELERY_BROKER_URL: a campainha é a do PostgreSQL."),
    "doctor_broker_ok": well("O Redis responde em {host}:{port}."),
    "doctor_broker_url": wrong(
        "CELERY_BROKER_URL não é um endereço de Redis.",
        "Use a forma redis://localhost:6379/0 (ou rediss:// com TLS).",
    ),
    "doctor_broker_compose_name": wrong(
        "O nome {host} do Redis não é conhecido nesta máquina: nomes assim só existem dentro do"
        " docker compose.",
        "Fora dos contêineres use redis://localhost:{port}/0 em CELERY_BROKER_URL.",
    ),
    "doctor_broker_host": wrong(
        "O servidor {host} do Redis não foi encontrado pelo nome.",
        "Confira CELERY_BROKER_URL e a rede (VPN, DNS).",
    ),
    "doctor_broker_down": wrong(
        "Ninguém responde em {host}:{port}, endereço do Redis.",
        "Inicie o Redis, ou remova CELERY_BROKER_URL para usar a campainha do PostgreSQL.",
    ),
    "doctor_broker_silent": wrong(
        "O Redis de {host}:{port} aceita a conexão, mas não responde: está parado ou"
        " sobrecarregado.",
        "Reinicie-o. Nada se perde: os trabalhadores olham a fila sozinhos, segundos depois.",
    ),
    "doctor_broker_password": wrong(
        "O Redis de {host}:{port} recusou a senha.", "Corrija a senha em CELERY_BROKER_URL."
    ),
    "doctor_broker_loading": wrong(
        "O Redis de {host}:{port} ainda está carregando.", "Aguarde alguns segundos e repita."
    ),
    "doctor_broker_other_program": wrong(
        "Quem responde em {host}:{port} não é um Redis.",
        "Corrija a porta em CELERY_BROKER_URL; a do Redis costuma ser 6379.",
    ),
    "doctor_pool_ok": well("Nenhum trabalhador do Celery bifurca processos neste Windows."),
    "doctor_pool_prefork": wrong(
        "Um trabalhador do Celery roda neste Windows com prefork, que ali não funciona.",
        "Inicie-o com --pool=solo ou --pool=threads, ou use cogep worker.",
    ),
    "doctor_disk_ok": well("Há {free_mb} MB livres para {path}."),
    "doctor_disk_little": wrong(
        "Restam só {free_mb} MB livres para {path}.", "Libere espaço em breve."
    ),
    "doctor_disk_full": wrong(
        "O disco de {path} está cheio ({free_mb} MB livres).", "Libere espaço agora."
    ),
    "doctor_timezone_ok": well("Fuso horário das pessoas: {timezone} (agora {now})."),
    "doctor_clock_ok": well("O relógio desta máquina e o do banco concordam."),
    "doctor_clock_skew": wrong(
        "O relógio desta máquina difere {seconds} s do relógio do banco.",
        "Acerte-o com NTP; prazos seguem o relógio do banco.",
    ),
    "doctor_ocr_ok": well("O tesseract lê páginas escaneadas em português."),
    "doctor_ocr_off": well("A leitura de páginas escaneadas está desligada (COGEP_PARSE_OCR)."),
    "doctor_ocr_missing": wrong(
        "O tesseract não está instalado: PDFs escaneados serão recusados com essa causa.",
        "Instale-o se precisar (Debian e Ubuntu: apt install tesseract-ocr tesseract-ocr-por).",
    ),
    "doctor_ocr_broken": wrong(
        "O tesseract ({path}) está instalado mas não roda.", "Reinstale o tesseract."
    ),
    "doctor_ocr_no_portuguese": wrong(
        "O tesseract está instalado sem o idioma português (por).",
        "Instale-o (Debian e Ubuntu: apt install tesseract-ocr-por).",
    ),
    "doctor_embedder_off": well("Sem vetores: a busca é feita pelas palavras."),
    "doctor_embedder_ok": well("Os vetores são de {model}: {came_back}, em {took_ms} ms."),
    "doctor_embedder_slow": wrong(
        "O modelo de vetores {model} leva {took_ms} ms: a busca espera {most_ms} ms por ele e "
        "segue só pelas palavras.",
        "Use uma máquina mais rápida ou um modelo menor.",
    ),
    "doctor_reranker_slow": wrong(
        "O reordenador {model} leva {took_ms} ms por quatro trechos: a busca espera {most_ms} ms "
        "ao todo e segue sem reordenar.",
        "Use uma máquina mais rápida ou um modelo menor, ou aumente COGEP_RERANK_SECONDS.",
    ),
    "doctor_vectors_filling": wrong(
        "Por ora, {embedded} de {passages} trechos têm vetor de {model}: a busca segue só pelas "
        "palavras.",
        "Espere o trabalhador terminar; acompanhe com “cogep db vectors”.",
    ),
    "doctor_vectors_refused": wrong(
        "O modelo {model} recusa {refused} trechos: eles são achados só pelas palavras.",
        "Veja quais são em Ajustes, Modelos; “cogep db vectors --retry” tenta de novo.",
    ),
    "doctor_reranker_off": well("Sem reordenador: os trechos ficam na ordem da busca."),
    "doctor_reranker_ok": well("O reordenador responde em {took_ms} ms: {came_back}."),
    "model_trial_slow": wrong(
        "O modelo não respondeu em {seconds} s.",
        "Veja a carga da máquina que o serve; a busca segue sem ele.",
    ),
    "doctor_llm_external": well(
        "O modelo em {host} é de um fornecedor externo: cada envio é conferido no registro de "
        "fornecedores (“cogep lgpd providers list”) e sai com os dados pessoais ocultados."
    ),
    "doctor_llm_off": well("Sem modelo de linguagem: as respostas são extraídas dos documentos."),
    "doctor_llm_ok": well("O modelo de linguagem responde em {host}:{port} ({model})."),
    "doctor_llm_local_found": well(
        "Sem modelo de linguagem configurado, mas o {server} responde nesta máquina ({models}). "
        "Para usá-lo: COGEP_LLM_URL=http://127.0.0.1:{port}/v1 COGEP_LLM_MODEL={model} "
        "COGEP_LLM_PROVIDER=own."
    ),
    "doctor_llm_not_declared": wrong(
        "O modelo de linguagem em {host} parece ser desta máquina ou rede, mas não está declarado "
        "como da própria organização; nada lhe é enviado.",
        "Se a organização o opera, defina COGEP_LLM_PROVIDER=own.",
    ),
    "doctor_llm_answers": well("O modelo de linguagem ({model}) respondeu em {took_ms} ms."),
    "doctor_llm_failed": wrong(
        "Respostas sem o modelo de linguagem nas últimas 24 horas: {answers} ({cause}); a última "
        "em {last}.",
        "O código diz a causa (docs/erros.md). Se o modelo responde agora, a falha passou; se ela "
        "volta, veja a saída do servidor do modelo nessa hora.",
    ),
    "doctor_llm_key_refused": wrong(
        "O modelo de linguagem em {host}:{port} recusou a chave.", "Confira COGEP_LLM_API_KEY."
    ),
    "doctor_llm_no_such_model": wrong(
        "O serviço em {host}:{port} não tem o modelo {model}; tem: {models}.",
        "Corrija COGEP_LLM_MODEL ou instale o modelo nesse serviço.",
    ),
    "doctor_llm_down": wrong(
        "O modelo de linguagem de {host}:{port} não responde.", "Inicie-o ou corrija COGEP_LLM_URL."
    ),
    "doctor_sandbox_strong": well("{sentence}"),
    "doctor_sandbox_partial": well("{sentence}"),
    "doctor_sandbox_weak": wrong(
        "{sentence}", "Receba só documentos de confiança, ou rode o trabalhador em Linux."
    ),
    "doctor_sandbox_unavailable": wrong(
        "{sentence}", "Documentos não podem ser lidos assim; veja o registro do trabalhador."
    ),
    "doctor_check_timeout": wrong(
        "A verificação {what} não terminou a tempo.", "Repita; se persistir, veja o registro."
    ),
    "doctor_check_database": wrong(
        "O banco respondeu com erro à verificação {what} ({kind}).",
        "Confira os direitos do usuário em DATABASE_URL.",
    ),
    "doctor_check_failed": wrong(
        "A verificação {what} falhou por um defeito nosso ({kind}).",
        "Rode com COGEP_LOG_LEVEL=DEBUG e informe o erro.",
    ),
    "doctor_check_unknown": Message(
        422, "Não há verificação com este nome: {names}.", "Há estas: {known}."
    ),
}

MESSAGES: dict[str, Message] = {**SETTINGS, **QUEUE, **OUTSIDE}
