"""What a page says to do where an error's own words speak to programs and to the command line.

The catalogue's remedies serve the API and the commands as well ("Veja as filas em GET …"). Whoever
looks at a page has neither: here stands what they do instead, by the error's code.
"""

from collections.abc import Mapping

_TO_THE_LIST = (
    "Volte à lista e confira: pode ter sido removido há pouco, ou o endereço está errado."
)
_ADMIN_SEES = "Quem administra vê a causa em Ajustes, Saúde."
_OWN_SETTINGS = "Isso se corrige na configuração do servidor: avise quem cuida dele."
_MODELS = "Confira o endereço, o nome do modelo e a chave em Ajustes, Modelos."
_MAIL = "Isso se corrige na configuração de e-mail do servidor: avise quem cuida dele."
_WORDS_ONLY = f"Os resultados valem. {_ADMIN_SEES}"
_EXTRACTED = "Enquanto isso, as respostas são extraídas dos documentos."
_FROM_THE_LIST = "Escolha um item da lista que a página mostra."
_RELOAD = "Abra a página de novo e repita."

# What happened, where that too is told in a program's words.
TEXTS: Mapping[str, str] = {
    "backup_newer_format": "A cópia é de uma versão mais nova do programa.",
    "backup_not_a_backup": "O arquivo não é uma cópia desta base.",
    "body_invalid": "O que foi enviado não chegou inteiro.",
    "cursor_invalid": "O endereço desta parte da lista não vale mais.",
    "database_settings_disagree": "A configuração do banco de dados se contradiz.",
    "database_url_invalid": "O endereço do banco de dados não vale.",
    "embed_settings_disagree": "A configuração dos vetores se contradiz.",
    "embed_settings_incomplete": "A configuração do serviço de vetores está incompleta.",
    "erasure_not_found": "Esta eliminação não existe.",
    "export_not_found": "Esta cópia não existe, ou o prazo dela acabou.",
    "hold_not_found": "Esta guarda legal não existe.",
    "idempotency_key_reused": "Este envio já foi feito, com outro conteúdo.",
    "if_match_invalid": "Esta página ficou velha.",
    "keeping_not_found": "Este fundamento não está em vigor.",
    "keeping_object_not_found": "Não há cliente, chamado ou documento assim.",
    "llm_settings_incomplete": "A configuração do modelo de linguagem está incompleta.",
    "method_not_allowed": "Este endereço não abre desta forma.",
    "multipart_invalid": "O arquivo não chegou inteiro.",
    "no_files": "Nenhum arquivo foi escolhido.",
    "not_authenticated": "É preciso entrar para abrir esta página.",
    "on_behalf_person_unknown": "Não há quem se possa representar com este e-mail.",
    "protocol_invalid": "“{text}” não é o protocolo de um chamado.",
    "provider_not_found": "Este fornecedor não está em uso.",
    "receipt_unreadable": "“{name}” não é um comprovante.",
    "rerank_settings_disagree": "A configuração do reordenador se contradiz.",
    "retention_run_not_found": "Esta execução de prazo não existe.",
    "schedule_not_understood": "“{schedule}” não é um horário que se entenda.",
    "subject_ambiguous": "O que foi escrito leva a {records} cadastros diferentes.",
    "subject_not_found": "Não há titular com esses dados.",
    "too_many_members": "O que foi enviado tem campos demais.",
}

REMEDIES: Mapping[str, str] = {
    # The way in, and what every page may meet.
    "body_invalid": _RELOAD,
    "content_encoding_not_accepted": _RELOAD,
    "cursor_invalid": "Volte ao começo da lista.",
    "database_read_only": f"Tente de novo em instantes. {_ADMIN_SEES}",
    "database_took_too_long": f"Tente de novo em instantes. {_ADMIN_SEES}",
    "database_unavailable": f"Tente de novo em instantes. {_ADMIN_SEES}",
    "document_not_found": "Confira o endereço; o documento pode ter sido removido da base.",
    "idempotency_key_invalid": _RELOAD,
    "if_match_invalid": _RELOAD,
    "key_invalid": "Peça outra chave a quem administra, em Ajustes, Chaves.",
    "key_not_found": "Veja as chaves ativas em Ajustes, Chaves.",
    "method_not_allowed": "Ele é o de um botão ou de um formulário: comece pela página dele.",
    "not_authenticated": "Entre com e-mail e senha, ou pelo link que você recebeu.",
    "not_found": "Confira o endereço. O que estava aqui pode ter mudado de lugar.",
    "on_behalf_not_allowed": "Entre com a sua própria conta.",
    "on_behalf_person_unknown": "Confira se a pessoa tem conta ativa em Ajustes, Pessoas.",
    "oidc_not_set": "Entre com e-mail e senha.",
    "schema_differs": "Tente de novo em instantes; quem administra reinicia o que ficou na versão "
    "anterior.",
    "sealed_unreadable": _OWN_SETTINGS,
    "secret_key_unreadable": _OWN_SETTINGS,
    "session_invalid": "Entre de novo para continuar.",
    "sign_in_link_invalid": "Peça outro link a quem administra o sistema.",
    "too_many_members": "Envie em partes menores.",
    # Documents, jobs, sources.
    "address_not_public": "Se for um site da sua organização, peça a quem administra que o libere; "
    "ou baixe o documento e envie-o como arquivo.",
    "database_disk_full": "Avise quem cuida do servidor: o disco precisa de espaço. Depois, tente "
    "de novo.",
    "gap_not_found": "Volte às lacunas em aberto: esta pode ter sido juntada a outra.",
    "job_not_cancellable": "Para tirar o documento da base, use “Remover da base” em Documentos.",
    "job_not_found": "Veja as tarefas em Conhecimento, Fila; as antigas saem da lista.",
    "lease_expired": "Use “Tentar de novo”. Se repetir, avise quem cuida do servidor.",
    "multipart_invalid": "Escolha o arquivo de novo e envie outra vez.",
    "no_files": "Escolha ao menos um arquivo e envie.",
    "parser_start_failed": "A tarefa será tentada de novo sozinha. " + _ADMIN_SEES,
    "personal_data_refused": "Retire os dados do documento e envie-o de novo, ou mude em Ajustes, "
    "Coleções, o que esta coleção faz com dados pessoais.",
    "question_set_not_found": "Volte à Avaliação e veja os conjuntos que há.",
    "queue_full_nobody_works": "Avise quem cuida do servidor: nenhum trabalhador está ativo. O que "
    "já está na fila não se perde.",
    "response_too_large": "Divida o documento, ou peça a quem administra um limite maior.",
    "source_exists": "Abra a fonte que já existe, em Fontes; para começar outra, remova-a antes.",
    "source_folder_not_allowed": "Escreva o caminho completo, ou peça a quem cuida do servidor que "
    "abra esta pasta.",
    "source_not_found": _TO_THE_LIST,
    "source_nothing_to_confirm": "Nada a fazer aqui.",
    "source_paused": "Use “Retomar” e depois visite-a.",
    "source_too_large": "Divida-a em fontes menores, ou peça a quem administra um limite maior.",
    "storage_full": "Avise quem cuida do servidor: o disco precisa de espaço.",
    "synonym_exists": "Mude o que já existe, na lista de Sinônimos.",
    "synonym_not_found": _TO_THE_LIST,
    "url_port_not_allowed": "Use um endereço sem porta, ou peça a quem administra que libere "
    "{host}:{port}.",
    "worker_crashed": "Veja se o arquivo abre no seu computador. Se abrir, use “Tentar de novo”; "
    "se não, salve-o de novo no programa de origem e envie a cópia.",
    "worker_schema_mismatch": _OWN_SETTINGS,
    # Search and models.
    "embed_provider_not_own": _OWN_SETTINGS,
    "embed_refused": _MODELS,
    "embed_response_invalid": _MODELS,
    "embed_settings_incomplete": _OWN_SETTINGS,
    "llm_answer_cut": "Se isso for frequente, peça a quem administra um tamanho maior de resposta.",
    "llm_busy": "Pergunte de novo em instantes.",
    "llm_provider_not_own": _OWN_SETTINGS,
    "llm_refused": _MODELS,
    "llm_response_invalid": _MODELS,
    "llm_settings_incomplete": _OWN_SETTINGS,
    "llm_timeout": _EXTRACTED,
    "llm_unavailable": f"{_EXTRACTED} {_ADMIN_SEES}",
    "model_address_internal": "Peça a quem cuida do servidor que libere este endereço.",
    "model_address_not_secure": "Use o endereço https:// de {host}; se ele fica na rede interna, "
    "peça a quem cuida do servidor que o libere.",
    "model_transfer_not_recorded": f"Tente de novo em instantes. {_ADMIN_SEES}",
    "notice_llm_misconfigured": _ADMIN_SEES,
    "notice_llm_provider_not_own": _ADMIN_SEES,
    "notice_provider_expired": "Quem cuida dos dados pessoais o renova em LGPD, Transferências.",
    "notice_provider_not_registered": "Quem cuida dos dados pessoais o registra em LGPD, "
    "Transferências.",
    "onnx_folder_missing": _OWN_SETTINGS,
    "privacy_detector_down": f"Tente de novo em instantes. {_ADMIN_SEES}",
    "provider_exists": "Retire o atual antes de registrar outro.",
    "provider_not_found": _TO_THE_LIST,
    "provider_not_registered": "Registre o fornecedor em LGPD, Transferências, com país, "
    "mecanismo do art. 33 e validade.",
    "provider_registered_as_own": "Se ele não é da própria organização, registre-o de novo em "
    "LGPD, Transferências; se é, a configuração do servidor precisa dizê-lo.",
    "rerank_refused": _MODELS,
    "rerank_response_invalid": _MODELS,
    "rerank_timeout": _OWN_SETTINGS,
    "search_rerank_away": _WORDS_ONLY,
    "search_vectors_away": _WORDS_ONLY,
    "search_vectors_filling": "Os resultados valem; o andamento aparece em Ajustes, Modelos.",
    # Customers and tickets.
    "article_not_found": _TO_THE_LIST,
    "clock_not_found": "Volte ao pedido e escolha um dos prazos que ele mostra.",
    "gate_unknown_figure": "Escolha um dos números que a medição mostra.",
    "incident_data_kind_unknown": _FROM_THE_LIST,
    "incident_property_unknown": _FROM_THE_LIST,
    "legal_basis_unknown": _FROM_THE_LIST,
    "refusal_ground_unknown": _FROM_THE_LIST,
    "calendar_not_found": "Veja os calendários em Ajustes, Expediente.",
    "customer_field_not_found": "Veja os campos em Ajustes, Campos.",
    "customer_not_found": "Procure em Clientes; o cadastro pode ter sido unido a outro.",
    "duplicate_not_found": "Volte a Possíveis duplicados: alguém pode já ter decidido.",
    "import_already_rolled_back": "Volte às importações e veja o estado de cada lote.",
    "import_file_unreadable": "Na planilha, salve como “CSV UTF-8” e envie de novo.",
    "import_not_found": _TO_THE_LIST,
    "import_not_running": "Para trazer o que há de novo, importe outra vez.",
    "import_records_edited": "Nada foi desfeito. Marque que eles ficam, e só o resto é desfeito.",
    "import_too_large_for_page": (
        "Peça a quem cuida do servidor que o desfaça por lá; o número dele é {id}."
    ),
    "macro_not_found": "Veja as macros em Ajustes, Textos prontos.",
    "merge_not_found": "Veja as uniões no histórico do cliente.",
    "queue_not_found": "Veja as filas em Ajustes, Filas.",
    "sla_policy_not_found": "Veja as metas em Ajustes, Prazos.",
    "template_not_found": "Veja os textos em Ajustes, Textos prontos.",
    "ticket_merge_not_found": "Veja as mesclas na história do chamado.",
    "ticket_not_found": "Volte à lista de chamados; este pode não estar ao seu alcance.",
    "ticket_waiting_on_missing": "Escolha se o chamado espera o solicitante ou um terceiro.",
    "ticket_waiting_on_unexpected": "Deixe por quem e até quando em branco, ou ponha o chamado em "
    "espera.",
    "view_not_found": "Escolha uma das visões da lista de chamados.",
    "article_without_answer": "Escreva a resposta, salve e peça a aprovação de novo.",
    "claim_needs_person": "Entre com o seu usuário, ou atribua o chamado a alguém.",
    "import_edited_since": "Veja na lista as linhas e os cadastros, e acerte-os à mão.",
    "import_mapping_invalid": "Escolha, para cada coluna, o campo do cliente.",
    "import_too_old": "Corrija os cadastros por uma nova importação que os atualize.",
    "merge_identifiers_differ": "Se um deles está errado, escolha qual fica.",
    "nothing_suggested": "Mude o chamado à mão.",
    "sla_without_target": "Informe, por prioridade, os minutos até a primeira resposta ou a "
    "solução.",
    "ticket_reason_missing": "Escreva por quê; o motivo fica na história do chamado.",
    "undo_conflicts": "Veja na lista o que mudou depois, e acerte à mão.",
    # People, teams, the ways out.
    "mail_credentials_refused": _MAIL,
    "mail_inbox_missing": _MAIL,
    "mail_not_found": _TO_THE_LIST,
    "mail_refused": "Confira o endereço da pessoa. " + _MAIL,
    "mail_security_missing": _MAIL,
    "mail_too_large": "Peça à pessoa que envie os anexos em partes.",
    "mail_unavailable": "A entrega será tentada de novo sozinha. " + _ADMIN_SEES,
    "imap_credentials_refused": _MAIL,
    "imap_folder_missing": _MAIL,
    "imap_unavailable": "Será tentado de novo sozinho. " + _ADMIN_SEES,
    "member_not_found": "Abra a equipe de novo: alguém pode já ter tirado a pessoa.",
    "outbox_not_found": _TO_THE_LIST,
    "scope_unknown": "Escolha entre os atos que a página mostra.",
    "site_not_found": "Quem cuida do site vê em Ajustes, Sites, se ele está ligado.",
    "team_not_found": _TO_THE_LIST,
    "user_not_found": _TO_THE_LIST,
    "webhook_challenge_unmet": "Quem cuida do sistema que recebe precisa devolver a palavra que "
    "veio na verificação.",
    "webhook_event_unknown": "Escolha entre os eventos que a página mostra.",
    "webhook_field_unknown": "Escolha entre os campos que a página mostra; só os que não "
    "identificam pessoas servem de filtro.",
    "webhook_not_active": "Verifique o endereço ou retome o webhook, e então reenvie.",
    "webhook_not_found": _TO_THE_LIST,
    # Personal data, and the register of acts.
    "access_scope_missing": "Informe o usuário, o endereço IP ou os dois.",
    "disposal_term_missing": "Informe o número do termo de eliminação (Lei 8.159/1991, art. 9º).",
    "governance_not_found": _TO_THE_LIST,
    "incident_decision_unexplained": "Escreva o motivo; o registro o guarda por 5 anos.",
    "lia_missing": "Preencha finalidade, necessidade, balanceamento e salvaguardas.",
    "period_backwards": "O fim do período vem depois do começo.",
    "proof_missing": "Informe o formulário, a gravação ou o documento (LGPD, art. 8º, § 2º).",
    "teams_needed": "Informe ao menos uma equipe, ou deixe a coleção para todos da organização.",
    "backup_exists": "Escolha outro nome.",
    "backup_newer_format": _OWN_SETTINGS,
    "backup_newer_release": _OWN_SETTINGS,
    "backup_nothing_there": _OWN_SETTINGS,
    "database_settings_disagree": _OWN_SETTINGS,
    "database_url_invalid": _OWN_SETTINGS,
    "embed_settings_disagree": _OWN_SETTINGS,
    "rerank_settings_disagree": _OWN_SETTINGS,
    "idempotency_key_reused": _RELOAD,
    "backup_other_key": "Quem cuida do servidor a restaura com a chave de onde ela foi feita. Nada "
    "foi tocado.",
    "best_interest_missing": "Escreva por quê (LGPD, art. 14).",
    "checkpoint_unreadable": _OWN_SETTINGS,
    "consent_not_standing": "Abra os consentimentos da pessoa e veja o que vale.",
    "deadline_rule_not_found": _TO_THE_LIST,
    "decision_not_found": _TO_THE_LIST,
    "erasure_residue": "Avise quem cuida do servidor: a eliminação precisa ser retomada.",
    "guardian_missing": "Registre o responsável antes (LGPD, art. 14, § 1º).",
    "high_risk_question_unknown": _RELOAD,
    "identity_not_proven": "Registre a conferência, ou recuse por identidade não comprovada.",
    "incident_not_found": _TO_THE_LIST,
    "incident_not_known": "Escreva quando se soube: é dali que os prazos correm.",
    "incident_question_unknown": _RELOAD,
    "keeping_object_not_found": "Confira o que foi escrito: o cliente, o chamado ou o documento.",
    "legal_day_not_found": _TO_THE_LIST,
    "legal_hold": "Veja as guardas em LGPD, Guardas; liberar uma pede duas pessoas.",
    "officer_not_found": _TO_THE_LIST,
    "purpose_not_found": _TO_THE_LIST,
    "representative_incomplete": "Escreva os dois, ou deixe os dois em branco.",
    "review_not_found": _TO_THE_LIST,
    "subject_ambiguous": "Una os cadastros, se são da mesma pessoa, ou informe só um deles.",
    "subject_not_found": "Confira o que foi escrito: CPF, e-mail, telefone ou nome.",
    "subject_request_not_found": _TO_THE_LIST,
    "subjects_query_empty": "Informe ao menos um critério: pessoas, etiqueta, fila ou datas de "
    "chamados.",
}
