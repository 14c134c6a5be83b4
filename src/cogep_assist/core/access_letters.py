"""The letters of access: invitation, new password, and what changed in an account."""

from cogep_assist.core.letter import Letter


def invitation(name: str, address: str, days: int, organization: str | None) -> Letter:
    """Invite somebody to choose a password."""
    where = f"no COGEP Assist de {organization}" if organization else "no COGEP Assist"
    return Letter(
        subject="Seu acesso ao COGEP Assist",
        name=name,
        paragraphs=(
            f"Foi criado um acesso para você {where}.",
            f"Para entrar, escolha uma senha. O link vale uma vez e por {days} dias.",
        ),
        action=("Escolher a senha", address),
    )


def password_reset(name: str, address: str, minutes: int) -> Letter:
    """Let somebody choose another password."""
    return Letter(
        subject="Criar outra senha no COGEP Assist",
        name=name,
        paragraphs=(
            "Recebemos um pedido para criar outra senha para a sua conta.",
            f"O link vale uma vez e por {minutes} minutos.",
            "Se não foi você, ignore esta mensagem: sua senha continua a mesma.",
        ),
        action=("Criar outra senha", address),
    )


def account_changed(name: str, what: str, address: str) -> Letter:
    """Tell somebody that something of their account was changed, so that a thief is noticed."""
    return Letter(
        subject="Sua conta no COGEP Assist mudou",
        name=name,
        paragraphs=(
            f"{what}",
            "Se foi você, não é preciso fazer nada.",
            "Se não foi, crie outra senha agora e avise quem administra o sistema.",
        ),
        action=("Criar outra senha", f"{address}/esqueci-a-senha"),
    )
