"""The letters of requests: to the data subject, to the encarregado, to recipients of data."""

from datetime import date

from cogep_assist.core.letter import Letter

_FOOT = "Guarde o protocolo e o código: com eles você acompanha o pedido sem precisar de conta."


def request_received(
    name: str, protocol: str, code: str, right: str, due: date, email_code: str | None, page: str
) -> Letter:
    """Tell somebody that their request came in, and how to prove that it is theirs."""
    proof = (
        (
            (
                f"Para comprovar que este e-mail é seu, informe este código: {email_code}. Ele "
                "vale por 24 horas. O prazo da lei já está correndo."
            ),
        )
        if email_code
        else ()
    )
    return Letter(
        subject=f"Pedido {protocol} recebido",
        name=name,
        paragraphs=(
            (
                f"Recebemos o seu pedido “{right}”. Protocolo: {protocol}. Código de "
                f"acompanhamento: {code}."
            ),
            *proof,
            f"Prazo para a resposta: {due:%d/%m/%Y}.",
            _FOOT,
            "Se não foi você quem pediu, ignore esta mensagem: nada será revelado.",
        ),
        action=("Acompanhar o pedido", page),
    )


def identity_code(name: str, protocol: str, email_code: str, page: str) -> Letter:
    """Send another code."""
    return Letter(
        subject=f"Código para o pedido {protocol}",
        name=name,
        paragraphs=(
            f"Seu código: {email_code}. Ele vale por 24 horas e substitui os anteriores.",
            "Se não foi você quem pediu, ignore esta mensagem.",
        ),
        action=("Informar o código", page),
    )


def request_ended(name: str, protocol: str, told: str, body: str, page: str) -> Letter:
    """Tell somebody how their request ended."""
    return Letter(
        subject=f"Pedido {protocol}: {told}",
        name=name,
        paragraphs=(f"Seu pedido {protocol} foi {told}.", *body.split("\n\n")),
        action=("Ver o pedido e o comprovante", page),
    )


def request_extended(name: str, protocol: str, due: date, reason: str, page: str) -> Letter:
    """Tell somebody that the answer takes longer, and why."""
    return Letter(
        subject=f"Pedido {protocol}: prazo prorrogado",
        name=name,
        paragraphs=(
            f"O prazo do seu pedido {protocol} foi prorrogado até {due:%d/%m/%Y}.",
            f"Motivo: {reason}",
        ),
        action=("Acompanhar o pedido", page),
    )


def request_arrived(name: str, protocol: str, right: str, due: date) -> Letter:
    """Tell the encarregado that a request came in."""
    return Letter(
        subject=f"Novo pedido de titular: {protocol}",
        name=name,
        paragraphs=(
            f"Chegou o pedido {protocol} (“{right}”).",
            f"Prazo legal: {due:%d/%m/%Y}. Avisos sairão 7, 3 e 1 dias antes.",
        ),
    )


def deadline_near(name: str, what: str, due: date, days: int, reference: str) -> Letter:
    """Warn the encarregado of a term that is about to end, or has ended."""
    when = (
        f"venceu em {due:%d/%m/%Y}"
        if days < 0
        else f"vence hoje, {due:%d/%m/%Y}"
        if days == 0
        else f"vence em {days} dia{'s' if days > 1 else ''}, em {due:%d/%m/%Y}"
    )
    return Letter(
        subject=f"Prazo legal: {what} {when}",
        name=name,
        paragraphs=(f"{what}: o prazo {when}.", f"Fundamento: {reference}."),
    )


def officer_vacant(name: str, last_day: date | None) -> Letter:
    """Warn that nobody is encarregado, or will be after a day."""
    when = f"fica vago depois de {last_day:%d/%m/%Y}" if last_day else "está vago"
    return Letter(
        subject=f"LGPD: o lugar do encarregado {when}",
        name=name,
        paragraphs=(
            f"O lugar do encarregado pelo tratamento de dados pessoais {when}.",
            (
                "Registre o ato de indicação em LGPD, “Encarregado”. Fundamento: LGPD, art. 41; "
                "Res. CD/ANPD 18/2024. Este aviso volta a cada semana até que alguém seja indicado."
            ),
        ),
    )


def recipient_notice(recipient: str, organization: str, asked: str, code: str, page: str) -> Letter:
    """Tell somebody who got the data what they must do with them (art. 18, par. 6)."""
    sender = organization or "O controlador"
    return Letter(
        subject="LGPD: providência sobre dados compartilhados",
        name=recipient,
        paragraphs=(
            (
                f"{sender} atendeu a um pedido de titular e, conforme o art. 18, § 6º, da LGPD, "
                "informa você, com quem os dados foram compartilhados, para que repita o "
                "procedimento."
            ),
            asked,
            f"Confirme o cumprimento com este código: {code}.",
        ),
        action=("Confirmar", page),
    )
