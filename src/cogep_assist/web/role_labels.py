"""What the roles are called, and what each is for, in the words of the pages."""

from cogep_assist.core.models import Role

ROLES: dict[Role, tuple[str, str]] = {
    Role.ADMIN: ("Administração", "cuida da instalação, das pessoas e do atendimento"),
    Role.AGENT: ("Atendimento", "atende chamados e conhece os clientes"),
    Role.CURATOR: ("Curadoria", "cuida da base de conhecimento"),
    Role.DPO: ("Encarregado (LGPD)", "responde aos titulares e presta contas"),
    Role.REQUESTER: ("Solicitante", "pergunta e acompanha os próprios chamados"),
}


def role_options(*, explained: bool = False) -> list[tuple[str, str]]:
    """Return the roles as a form offers them, each with what it is for where there is room."""
    return [
        (role.value, f"{name}: {purpose}" if explained else name)
        for role, (name, purpose) in ROLES.items()
    ]
