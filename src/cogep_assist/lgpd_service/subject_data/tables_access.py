"""The inventory of accounts, sessions, messages that leave, and replies that are repeated."""

from collections.abc import Mapping

from cogep_assist.lgpd_service.subject_data.rules import (
    SECURITY,
    TableRule,
    acted_only,
    by_actor,
    eliminated,
    kept,
    of,
    redacted,
)

_DIGEST = "só o resumo criptográfico"
_USER = of("access.user", "user_id")

ACCESS: Mapping[str, TableRule] = {
    "access.user": eliminated(
        "Conta de acesso",
        of("crm.customer", "customer_id"),
        opaque={"totp_secret": "cifrado", "totp_last_step": "um contador"},
    ),
    "access.session": eliminated("Sessões", _USER, opaque={"token_hash": _DIGEST}),
    "access.calendar_feed": eliminated("Agendas de prazos", _USER, opaque={"token_hash": _DIGEST}),
    "access.user_link": eliminated(
        "Links pessoais",
        _USER,
        opaque={"token_hash": _DIGEST},
        unexported="segredo de uso único, guardado só em resumo",
    ),
    "access.recovery_code": eliminated(
        "Códigos de recuperação",
        _USER,
        opaque={"code_hash": _DIGEST},
        unexported="segredo, guardado só em resumo",
    ),
    "access.known_device": eliminated(
        "Navegadores conhecidos", _USER, opaque={"token_hash": _DIGEST}
    ),
    "access.oidc_identity": eliminated(
        "Identidades do provedor", _USER, opaque={"subject_hash": _DIGEST}
    ),
    "access.team_member": eliminated("Equipes", _USER),
    "access.idempotency_key": eliminated(
        "Pedidos repetidos",
        by_actor("principal"),
        unexported="repete respostas por um dia; o que elas dizem está nos outros registros",
    ),
    # Sealed: looked for by opening each one.
    "access.outbox": redacted("Mensagens de saída", opaque={"payload": "cifrado; aberto um a um"}),
    "access.outbox_attempt": kept("Tentativas de entrega", SECURITY, "cifradas, por 30 dias"),
    "access.webhook": acted_only("Webhooks"),
    "access.model_choice": acted_only("Modelos escolhidos"),
    "access.site": acted_only("Sites"),
    "access.site_visit": kept("Visitas de sites", SECURITY, "só resumos; ninguém é identificado"),
    "access.api_key": redacted("Chaves de acesso", opaque={"key_hash": _DIGEST}),
    "access.sign_in_link": kept("Links de entrada", SECURITY, "só resumos, por minutos"),
    "access.oidc_attempt": kept("Entradas em curso", SECURITY, "cifradas, por minutos"),
    "access.sign_in_delay": kept("Atrasos de tentativas", SECURITY, "só resumos, por horas"),
}
