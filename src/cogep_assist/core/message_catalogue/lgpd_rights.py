"""Messages of data protection: requests, terms, consents, incidents, officers, decisions."""

from cogep_assist.core.message import Message

MESSAGES: dict[str, Message] = {
    "text_missing": Message(
        422, "Falta o texto de “{field}”.", "Preencha o campo e envie de novo."
    ),
    "text_too_long": Message(
        422, "O texto de “{field}” é longo demais.", "Use até {maximum} caracteres."
    ),
    "cpf_invalid": Message(
        422, "O CPF não é válido.", "Confira os onze algarismos; o CPF não é obrigatório."
    ),
    "state_unknown": Message(
        422, "“{state}” não é a sigla de um estado.", "Use duas letras, como SP ou DF."
    ),
    "day_invalid": Message(
        422, "“{text}” não é uma data.", "Escreva-a como AAAA-MM-DD, por exemplo 2026-11-30."
    ),
    "days_not_in_order": Message(
        422, "O último dia vem antes do primeiro.", "Confira as duas datas."
    ),
    "file_empty": Message(422, "O arquivo “{name}” está vazio.", "Envie o arquivo com conteúdo."),
    "subject_request_not_found": Message(
        404, "O pedido não existe.", "Confira o identificador na lista de pedidos."
    ),
    "subject_request_status_not_found": Message(
        404,
        "Nenhum pedido com este protocolo e este código.",
        "Confira os dois na mensagem que você recebeu; o protocolo é LGPD-AAAA-NNNNNN.",
    ),
    "request_move_not_allowed": Message(
        409,
        "Um pedido “{before}” não pode passar a “{after}”.",
        "Veja a história do pedido; um pedido cancelado é feito de novo.",
    ),
    "request_ended": Message(
        409,
        "O pedido {protocol} já terminou.",
        "Se ainda há o que fazer, reabra-o com o motivo.",
    ),
    "contact_missing": Message(
        422,
        "Falta um e-mail para a resposta.",
        "Informe o e-mail, ou escolha a resposta impressa no atendimento.",
    ),
    "representative_incomplete": Message(
        422,
        "De um representante é preciso o nome e em que qualidade ele age.",
        "Informe “representative_name” e “representative_kind”, ou nenhum dos dois.",
    ),
    "too_many_unproven": Message(
        429,
        "Já há {maximum} pedidos deste e-mail à espera da comprovação.",
        "Comprove um deles com o código recebido, ou tente amanhã.",
    ),
    "too_many_codes": Message(
        429,
        "Já foram enviados {maximum} códigos hoje.",
        "Use o último recebido, tente amanhã ou escreva ao encarregado.",
    ),
    "identity_proven_already": Message(
        409,
        "A identidade de quem fez o pedido {protocol} já foi tratada.",
        "Acompanhe o pedido pelo protocolo e código.",
    ),
    "identity_code_wrong": Message(
        422,
        "O código não confere.",
        "Confira os oito algarismos da última mensagem; depois de cinco tentativas, peça outro.",
    ),
    "identity_code_over": Message(
        409, "O código não vale mais.", "Peça outro código e use-o em até 24 horas."
    ),
    "ticket_code_wrong": Message(
        422,
        "O protocolo e o código do chamado não conferem, ou o chamado foi aberto sem cadastro.",
        "Confira os dois, ou comprove de outra forma.",
    ),
    "identity_not_proven": Message(
        409,
        "Quem fez o pedido {protocol} ainda não comprovou a identidade.",
        "Registre a conferência, ou recuse com o fundamento “identity_not_proven”.",
    ),
    "document_deleted": Message(
        410,
        "O documento já foi apagado; fica o registro da conferência.",
        "Veja nos passos do pedido quem conferiu e quando.",
    ),
    "assignee_not_allowed": Message(
        422,
        "Esta pessoa não pode cuidar de pedidos de titulares.",
        "Escolha alguém com o papel de encarregado ou administrador.",
    ),
    "refusal_ground_unknown": Message(
        422,
        "Uma recusa cita um fundamento do catálogo.",
        "Use um destes: {known}.",
    ),
    "notice_not_due": Message(
        409,
        "Este direito não pede aviso a quem recebeu os dados.",
        "O aviso cabe em correção, eliminação, anonimização e bloqueio (art. 18, § 6º).",
    ),
    "notice_not_found": Message(
        404, "Nenhum aviso com este código.", "Confira o código na mensagem recebida."
    ),
    "receipt_not_found": Message(
        404, "O comprovante não existe.", "Confira o número, como LGPD-2026-000001."
    ),
    "receipt_erased": Message(
        410,
        "O conteúdo deste comprovante foi eliminado a pedido do titular.",
        "A via do titular ainda confere com o SHA-256 {sha256}.",
    ),
    "receipt_unreadable": Message(
        422,
        "“{name}” não é um comprovante em JSON.",
        "Use o arquivo .json que veio com o comprovante.",
    ),
    "public_key_unreadable": Message(
        422,
        "“{name}” não traz uma chave pública.",
        "Use o JSON de GET /lgpd/receipts/key, salvo de uma fonte em que você confia.",
    ),
    "deadline_rule_not_found": Message(
        404, "A regra de prazo não existe.", "Veja as regras em GET /lgpd/deadlines."
    ),
    "deadline_invalid": Message(
        422,
        "O prazo não é válido.",
        "Use um número inteiro de 0 a {maximum}; uma prorrogação tem ao menos 1.",
    ),
    "deadline_not_extensible": Message(
        409,
        "A norma deste prazo não prevê prorrogação ({reference}).",
        "Responda no prazo, ou em parte; se a norma mudou, corrija a regra.",
    ),
    "deadline_extended_already": Message(
        409,
        "Este prazo já foi prorrogado, até {due}.",
        "A prorrogação vale uma vez.",
    ),
    "deadline_over": Message(
        409,
        "Este prazo terminou em {due} e não pode mais ser prorrogado.",
        "A prorrogação é decidida e comunicada antes do fim.",
    ),
    "clock_not_found": Message(
        404, "Este prazo não corre aqui.", "Prazos deste registro: {known}."
    ),
    "legal_day_not_found": Message(
        404, "Este dia não está entre os da organização.", "Veja os dias em GET /lgpd/calendar."
    ),
    "high_risk_question_unknown": Message(
        422,
        "O teste de alto risco não tem estas perguntas: {names}.",
        "Veja as perguntas em GET /lgpd/organization.",
    ),
    "small_agent_untested": Message(
        422,
        "Faltam respostas do teste de alto risco: {missing}.",
        "Sem o teste completo não se declara agente de pequeno porte (Res. CD/ANPD 2/2022).",
    ),
    "officer_not_found": Message(
        404, "A designação não existe.", "Veja a lista em GET /lgpd/officers."
    ),
    "act_missing": Message(
        404, "O ato não foi anexado a esta designação.", "Envie o arquivo do ato assinado."
    ),
    "purpose_not_found": Message(
        404, "A finalidade não existe.", "Veja as finalidades em GET /lgpd/purposes."
    ),
    "purpose_key_invalid": Message(
        422,
        "O nome da finalidade não é válido.",
        "Use letras minúsculas, algarismos e _, como pesquisa_satisfacao.",
    ),
    "words_changed": Message(
        409,
        "O texto mudou depois que foi mostrado; nada foi registrado.",
        "Mostre a versão {version} e pergunte de novo.",
    ),
    "consent_link_invalid": Message(
        404,
        "O endereço não leva a nenhum consentimento.",
        "Copie o endereço inteiro da mensagem, ou peça a revogação em /privacidade.",
    ),
    "consent_not_standing": Message(
        409,
        "Não há consentimento a revogar para esta finalidade.",
        "Veja o que vale em GET /lgpd/consents.",
    ),
    "proof_missing": Message(
        422,
        "Falta dizer o que comprova o consentimento.",
        "Informe em “proof” o formulário, a gravação ou o documento (art. 8º, § 2º).",
    ),
    "guardian_missing": Message(
        422,
        "O consentimento por uma criança é de um dos pais ou do responsável legal.",
        "Registre o responsável e informe “guardian_id” (art. 14, § 1º).",
    ),
    "best_interest_missing": Message(
        422,
        "Falta dizer por que o tratamento é no melhor interesse da criança ou do adolescente.",
        "Escreva em “best_interest” (art. 14).",
    ),
    "decision_not_found": Message(
        404, "A decisão não existe.", "Veja as decisões em GET /lgpd/decisions."
    ),
    "governance_not_found": Message(
        404, "O registro não existe ou já foi retirado.", "Veja a lista em GET /lgpd/governance."
    ),
    "instruction_missing": Message(
        409,
        "Não há instrução do controlador para a atividade “{activity}”.",
        "O operador só trata dados como o controlador manda (LGPD, art. 39): registre a instrução "
        "em Governança antes.",
    ),
    "review_asked_already": Message(
        409, "A revisão desta decisão já foi pedida.", "Acompanhe o pedido que está aberto."
    ),
    "review_not_found": Message(
        404, "A revisão não existe.", "Veja as decisões, com as revisões, em GET /lgpd/decisions."
    ),
    "review_missing": Message(
        409,
        "A pessoa pediu a revisão de uma decisão automatizada, e ela ainda não foi feita.",
        "Registre o que concluiu em “Decisões”: a resposta sai com a revisão.",
    ),
    "review_done_already": Message(
        409, "Esta revisão já foi feita.", "Uma nova revisão é pedida de novo."
    ),
    "incident_not_found": Message(
        404, "O incidente não existe.", "Veja a lista em GET /lgpd/incidents."
    ),
    "incident_not_known": Message(
        409,
        "Falta registrar quando se soube que o incidente afetou dados pessoais.",
        "Informe “known_at”: é dali que os prazos correm.",
    ),
    "incident_known_already": Message(
        409,
        "O conhecimento deste incidente já foi registrado em {known}.",
        "Os prazos já correm; corrija com uma nota se preciso.",
    ),
    "incident_moment_invalid": Message(
        422,
        "A data e a hora não podem estar no futuro.",
        "Informe quando aconteceu, com fuso horário.",
    ),
    "incident_questions_missing": Message(
        422,
        "O questionário do art. 5º tem {how_many} perguntas sem resposta.",
        "Responda a todas com sim ou não.",
    ),
    "incident_question_unknown": Message(
        422,
        "O questionário não tem estas perguntas: {names}.",
        "Veja as perguntas em GET /lgpd/incidents/questions.",
    ),
    "incident_not_assessed": Message(
        409,
        "O incidente ainda não foi avaliado.",
        "Responda ao questionário do art. 5º primeiro.",
    ),
    "incident_decision_unexplained": Message(
        422,
        "A decisão de comunicar ou não precisa do motivo.",
        "Escreva em “reason”; o registro guarda o motivo por 5 anos.",
    ),
    "incident_closed": Message(
        409, "O incidente {number} está encerrado.", "O registro fica guardado e não muda mais."
    ),
    "incident_not_communicable": Message(
        409,
        "A decisão registrada é de não comunicar.",
        "Registre nova avaliação e decisão antes de comunicar.",
    ),
    "incident_unfinished": Message(
        409,
        "Ainda falta: {missing}.",
        "Conclua isso, ou registre a decisão de não comunicar, antes de encerrar.",
    ),
    "incident_agency_untold": Message(
        409,
        "A comunicação à ANPD ainda não foi registrada.",
        "Registre-a primeiro, com o protocolo: o complemento e a declaração a acompanham.",
    ),
    "incident_told_before_known": Message(
        422,
        "A comunicação não pode vir antes do conhecimento do incidente, em {known}.",
        "Confira a data e a hora em que a ANPD foi comunicada.",
    ),
    "incident_letter_incomplete": Message(
        409,
        "O aviso às pessoas ainda não diz tudo o que a lei pede. Falta: {missing}.",
        "Complete os fatos do incidente (Res. CD/ANPD 15/2024, art. 9º) e envie de novo.",
    ),
    "incident_nobody_to_tell": Message(
        409,
        "Não há titulares por avisar desse modo.",
        "Reúna os titulares atingidos primeiro, ou veja na lista quem já foi avisado.",
    ),
    "incident_data_kind_unknown": Message(
        422, "Tipos de dado desconhecidos: {names}.", "Use: {known}."
    ),
    "incident_property_unknown": Message(
        422, "Propriedades afetadas desconhecidas: {names}.", "Use: {known}."
    ),
    "subjects_query_empty": Message(
        422,
        "A seleção de titulares não diz nada.",
        "Informe ao menos um critério: identificadores, etiqueta, fila ou datas de chamados.",
    ),
}
