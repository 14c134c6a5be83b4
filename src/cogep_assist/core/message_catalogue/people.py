"""Messages about users, teams, passwords, links, the second step and identity providers."""

from cogep_assist.core.message import Message

MESSAGES: dict[str, Message] = {
    "sealed_unreadable": Message(
        500,
        "Um segredo guardado não pôde ser aberto com a chave-mestra atual.",
        "Restaure a COGEP_SECRET_KEY (ou o arquivo secret.key) com que ele foi guardado.",
    ),
    "scope_unknown": Message(
        422,
        "O escopo “{scope}” não existe.",
        "Veja os escopos em “cogep key create --help”.",
    ),
    "scope_too_wide": Message(
        422,
        "O escopo “{scope}” passa do que este papel, ou quem cria a chave, pode fazer.",
        "Retire o escopo ou escolha um papel que o permita.",
    ),
    "password_too_short": Message(
        422,
        "A senha tem menos de {minimum} caracteres.",
        "Use uma frase: quatro ou cinco palavras que só você juntaria.",
    ),
    "password_too_long": Message(
        422, "A senha passa de {maximum} caracteres.", "Use uma senha mais curta."
    ),
    "password_weak": Message(
        422,
        "A senha é fácil de adivinhar: {reason}.",
        "Use uma frase: quatro ou cinco palavras que só você juntaria.",
    ),
    "passwords_differ": Message(
        422, "As duas senhas não são iguais.", "Digite a mesma senha nos dois campos."
    ),
    "password_wrong": Message(
        403, "A senha atual não confere.", "Digite a senha com que você entrou."
    ),
    "sign_in_failed": Message(
        403,
        "O e-mail ou a senha não confere.",
        "Confira os dois; se esqueceu a senha, peça um link para criar outra.",
    ),
    "sign_in_delayed": Message(
        429,
        "Houve tentativas demais de entrar nesta conta.",
        "Espere {retry_after} segundos, ou peça um link para criar outra senha.",
        retryable=True,
    ),
    "second_step_wrong": Message(
        403,
        "O código não confere ou já foi usado.",
        "Digite o código que o aplicativo mostra agora, ou um dos códigos de recuperação.",
    ),
    "second_step_over": Message(
        403, "O tempo para o código terminou.", "Entre de novo com e-mail e senha."
    ),
    "second_step_on": Message(
        409,
        "A verificação em duas etapas já está ligada.",
        "Desligue-a antes de configurar outro aplicativo.",
    ),
    "second_step_off": Message(
        409,
        "A verificação em duas etapas não está sendo configurada.",
        "Comece pela página “Minha conta”.",
    ),
    "user_link_invalid": Message(
        403,
        "Este link não vale mais: já foi usado, venceu ou foi substituído.",
        "Peça outro em “Esqueci a senha”, ou a quem administra o sistema.",
    ),
    "user_not_found": Message(
        404, "Esse usuário não existe.", "Veja os usuários com “cogep user list”."
    ),
    "user_exists": Message(
        409, "Já há um usuário com esse e-mail.", "Use outro e-mail ou altere o usuário que existe."
    ),
    "email_invalid": Message(
        422, "O e-mail não é válido.", "Escreva-o por inteiro, como nome@orgao.gov.br."
    ),
    "person_name_invalid": Message(
        422, "O nome não é válido.", "Use de 1 a 200 caracteres, em uma linha."
    ),
    "absence_ends_early": Message(
        422, "A ausência termina antes de começar.", "Confira o primeiro e o último dia."
    ),
    "last_admin": Message(
        409,
        "Esta é a última pessoa que administra o sistema.",
        "Dê antes o papel de administrador a outra pessoa.",
    ),
    "account_needed": Message(
        403,
        "Este ato é de quem entra com um usuário seu.",
        "Entre com e-mail e senha; chaves e links de entrada não têm conta.",
    ),
    "admin_exists": Message(
        409,
        "Já há uma conta de administrador.",
        "Entre com ela; outros usuários são criados por quem administra.",
    ),
    "session_not_found": Message(
        404, "Essa sessão não existe ou já terminou.", "Veja as sessões abertas em “Minha conta”."
    ),
    "oidc_not_set": Message(
        404,
        "Não há provedor de identidade configurado.",
        "Entre com e-mail e senha, ou defina COGEP_OIDC_PRESET ou COGEP_OIDC_ISSUER.",
    ),
    "oidc_unavailable": Message(
        503,
        "O provedor de identidade não respondeu como devia ({reason}).",
        "Tente de novo em instantes, ou entre com e-mail e senha.",
        retryable=True,
    ),
    "oidc_refused": Message(
        403,
        "O provedor de identidade não confirmou a entrada.",
        "Tente de novo; se continuar, fale com quem administra.",
    ),
    "oidc_token_invalid": Message(
        403,
        "A resposta do provedor de identidade não passou na conferência ({reason}).",
        "Tente de novo; se continuar, avise quem administra.",
    ),
    "oidc_attempt_over": Message(
        403,
        "O tempo para entrar pelo provedor terminou, ou a entrada começou em outro navegador.",
        "Comece de novo nesta página.",
    ),
    "oidc_account_missing": Message(
        403,
        "Não há conta para você neste sistema.",
        "Peça um convite a quem administra.",
    ),
    "oidc_account_taken": Message(
        403,
        "A conta deste e-mail já está ligada a outra pessoa no provedor de identidade.",
        "Se a conta é sua, peça a quem administra que a desative e a reative em Configurações, "
        "Pessoas, e entre de novo.",
    ),
    "oidc_email_unverified": Message(
        403,
        "O provedor de identidade não informou um e-mail confirmado.",
        "Confirme o e-mail na sua conta do provedor e entre de novo.",
    ),
    "calendar_feed_not_found": Message(
        404,
        "Esta agenda não existe, ou o seu endereço foi revogado.",
        "Crie outra em “Minha conta”, em “Agendas de prazos”.",
    ),
    "calendar_feeds_full": Message(
        409,
        "Você já tem {most} agendas.",
        "Revogue uma que não usa mais, e crie a nova.",
    ),
    "team_not_found": Message(
        404, "Essa equipe não existe.", "Veja as equipes com “cogep team list”."
    ),
    "team_exists": Message(
        409, "Já há uma equipe com esse nome.", "Escolha outro nome ou use a equipe que existe."
    ),
    "team_name_invalid": Message(
        422, "O nome da equipe não é válido.", "Use de 1 a 100 caracteres, em uma linha."
    ),
    "team_in_use": Message(
        409,
        "Esta equipe ainda atende filas ou é a única que lê uma coleção.",
        "Passe as filas e as coleções a outra equipe e tente de novo.",
    ),
    "member_not_found": Message(
        404, "Essa pessoa não está na equipe.", "Veja quem está com “cogep team show”."
    ),
    "teams_needed": Message(
        422,
        "Falta dizer que equipes leem esta coleção.",
        "Informe ao menos uma equipe, ou use a visibilidade “internal”.",
    ),
    "collection_not_curated": Message(
        403,
        "O conteúdo da coleção “{name}” é cuidado por outra equipe.",
        "Peça a um membro da equipe que cuida dela, ou a quem administra.",
    ),
}
