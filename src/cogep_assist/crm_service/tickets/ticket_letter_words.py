"""What letters about tickets say."""

from cogep_assist.core.letter import Letter
from cogep_assist.pipeline.parse.mail_quotes import MARKER

DESK = "Atendimento"


def opened(subject: str, protocol: str, proof: str, link: str, *, house: str) -> Letter:
    """Tell that a request has arrived, and how to follow it."""
    return Letter(
        subject=f"[{protocol}] {subject}",
        name="",
        above=MARKER,
        paragraphs=(
            f"Recebemos o seu pedido “{subject}”. O protocolo é {protocol}.",
            "Se quiser acrescentar algo, basta responder a este e-mail.",
            f"Para acompanhar o chamado, use o protocolo e o código {proof}.",
        ),
        action=("Acompanhar o chamado", link),
        closing=house,
    )


def replied(subject: str, protocol: str, body: str, *, agent: str, house: str) -> Letter:
    """Hand on what somebody of the desk wrote."""
    return Letter(
        subject=f"Re: [{protocol}] {subject}",
        name="",
        above=MARKER,
        paragraphs=tuple(part.strip("\n") for part in body.split("\n\n") if part.strip()),
        closing=f"{agent}\n{house}" if agent else house,
        greets=False,
    )


def resolved(
    subject: str, protocol: str, proof: str, link: str, days: int, *, house: str
) -> Letter:
    """Tell that a ticket was resolved, and ask how it was attended to."""
    return Letter(
        subject=f"Re: [{protocol}] {subject}",
        name="",
        above=MARKER,
        paragraphs=(
            f"O seu chamado {protocol} foi dado como resolvido.",
            f"Se o problema continua, responda a este e-mail em até {days} dias e ele reabre.",
            f"Conte como foi o atendimento, com o protocolo e o código {proof}.",
        ),
        action=("Avaliar o atendimento", link),
        closing=house,
    )
