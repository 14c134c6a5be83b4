"""How a collection's threshold of answers reads, on the page and in the terminal. Pure."""

from cogep_assist.answering.own_threshold import LEAST_QUESTIONS
from cogep_assist.rag_service.question_set_schemas import ThresholdReply


def threshold_words(threshold: ThresholdReply) -> str:
    """Say from which confidence on a collection answers, and why."""
    usual, own = (_percent(one) for one in (threshold.usual, threshold.least_confidence))
    if not threshold.questions:
        return (
            f"Esta coleção responde a partir de {usual} de confiança, o padrão. Com "
            f"{LEAST_QUESTIONS} perguntas ou mais de resposta conhecida, cada medição ajusta esse "
            "ponto para que só uma em cada vinte delas fique sem resposta."
        )
    return (
        f"Esta coleção responde a partir de {own} de confiança (o padrão é {usual}): é o que "
        f"mostram {threshold.questions} perguntas de resposta conhecida, na última medição."
    )


def _percent(share: float) -> str:
    return f"{share * 100:.1f}".replace(".", ",").removesuffix(",0") + "%"
