"""The tour of the first minutes: a card over the real pages, for what somebody may open."""

from dataclasses import dataclass

from fastapi import Request

from cogep_assist.core.principal import Act, Principal

PARAMETER = "passeio"


@dataclass(frozen=True, slots=True)
class Step:
    """A page of the tour, and what is said on it."""

    href: str
    act: Act
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class TourCard:
    """A step as the page shows it; the last one has no next."""

    number: int
    total: int
    title: str
    text: str
    previous_href: str
    next_href: str


STEPS = (
    Step(
        "/perguntar",
        Act.ASK,
        "Pergunte como falaria com uma pessoa",
        "Cada frase da resposta traz um número: ele abre o documento no trecho exato. Quando os "
        "documentos não têm a resposta, o programa diz isso e abre um chamado com a pergunta.",
    ),
    Step(
        "/conhecimento",
        Act.READ_GAPS,
        "Aqui ficam os documentos",
        "Solte arquivos, cole endereços ou siga um site. A fila mostra cada etapa, e Lacunas "
        "mostra o que perguntaram e ninguém soube responder.",
    ),
    Step(
        "/chamados",
        Act.READ_TICKETS,
        "O que a base não resolve vira chamado",
        "O chamado chega com a conversa e com o que foi procurado: ninguém repete a história. Quem "
        "atende recebe uma resposta sugerida, com as fontes.",
    ),
    Step(
        "/clientes",
        Act.SEE_EVERY_CUSTOMER,
        "Quem pede tem história",
        "O CPF aparece mascarado, e cada vez que alguém o revela fica registrada. Cadastros "
        "repetidos são apontados, e toda união pode ser desfeita.",
    ),
    Step(
        "/protecao-de-dados",
        Act.MANAGE_SUBJECT_REQUESTS,
        "Os direitos dos titulares, com prazo",
        "Pedidos, eliminações com prova, consentimentos, incidentes e auditoria. O relógio da lei "
        "corre à vista.",
    ),
    Step(
        "/ajustes",
        Act.MANAGE_COLLECTIONS,
        "E aqui se ajusta o resto",
        "Pessoas, equipes, coleções, prazos, cópias e a saúde da instalação, conforme o seu papel.",
    ),
)


def tour_card(request: Request, principal: Principal | None) -> TourCard | None:
    """Return the step that an address asks for, of the steps that this person may open."""
    asked = request.query_params.get(PARAMETER, "")
    if principal is None or principal.user_id is None or not asked.isascii() or not asked.isdigit():
        return None
    steps = [step for step in STEPS if principal.may(step.act)]
    number = int(asked[:3])
    if not 1 <= number <= len(steps) or steps[number - 1].href != request.url.path:
        return None
    step = steps[number - 1]
    return TourCard(
        number,
        len(steps),
        step.title,
        step.text,
        _href(steps, number - 1),
        _href(steps, number + 1),
    )


def _href(steps: list[Step], number: int) -> str:
    inside = 1 <= number <= len(steps)
    return f"{steps[number - 1].href}?{PARAMETER}={number}" if inside else ""
