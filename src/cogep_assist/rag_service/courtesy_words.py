"""The phrases of courtesy in Brazilian Portuguese, folded. Pure data."""

from collections.abc import Mapping

from cogep_assist.core.models import Courtesy
from cogep_assist.rag_service.followup_words import ANAPHORS, DEMONSTRATIVES, QUESTION_WORDS
from cogep_assist.retrieval.portuguese import STOPWORDS


def _phrases(text: str) -> tuple[str, ...]:
    """Read phrases set apart by "/"."""
    return tuple(" ".join(phrase.split()) for phrase in text.split("/") if phrase.strip())


def _each(openings: str, ends: str) -> tuple[str, ...]:
    """Join each opening with each end, parts of one line set apart by "/"."""
    return tuple(
        f"{opening.strip()} {end.strip()}".strip()
        for opening in openings.split("/")
        for end in ends.split("/")
    )


PHRASES: Mapping[Courtesy, tuple[str, ...]] = {
    Courtesy.GREETING: _phrases(
        """
        oi / oie / ola / opa / alo / eae / e ai / hey / hi / hello / salve / saudacoes /
        bom dia / boa tarde / boa noite / boas / tudo bem / td bem / tudo bom / tudo
        certo / tudo joia / como vai / como vai voce / como voce esta / como esta voce /
        como vc esta / como esta / como estao / tem alguem ai / alguem ai / voce esta ai
        """
    ),
    Courtesy.THANKS: _phrases(
        """
        obrigado / obrigada / obg / obgd / brigado / brigada / muito obrigado / muito
        obrigada / obrigado por tudo / obrigada por tudo / obrigado pela ajuda /
        obrigada pela ajuda / pela ajuda / pela atencao / pela informacao / pelas
        informacoes / pela resposta / pela orientacao / pelo retorno / valeu / vlw /
        agradeco / agradecido / agradecida / desde ja agradeco / desde ja obrigado /
        desde ja obrigada / grato / grata / gratidao / thanks / thank you / deus abencoe
        """
    ),
    Courtesy.FAREWELL: _phrases(
        """
        tchau / xau / tchauzinho / adeus / ate logo / ate mais / ate breve / ate amanha
        / ate a proxima / falou / flw / bye / abraco / abracos / atenciosamente / bom
        fim de semana / bom final de semana / boa semana / bom trabalho / bom descanso /
        bom feriado / tenha um bom dia / tenha uma boa tarde / tenha uma boa noite /
        tenha uma boa semana
        """
    ),
    Courtesy.ACKNOWLEDGEMENT: _phrases(
        """
        ok / okay / certo / certinho / ta / ta bom / ta bem / ta certo / ta otimo / esta
        bem / esta bom / tudo bem entao / entendi / entendido / compreendi / perfeito /
        beleza / blz / show / show de bola / legal / otimo / otima / excelente /
        maravilha / combinado / joia / sim / nao / isso / isso mesmo / era isso / era so
        isso / e so isso / e isso / so isso / por enquanto e isso / por enquanto e so /
        por hoje e so / mais nada / nada mais / nada / que bom / muito bom / muito bem /
        ajudou / ajudou muito / me ajudou / me ajudou muito / voce ajudou muito /
        resolvido / resolveu / consegui / deu certo / pode ser / de nada
        """
    ),
    Courtesy.ABOUT: _phrases(
        """
        quem e voce / quem e vc / qual e o seu nome / qual o seu nome / qual seu nome /
        voce e um robo / vc e um robo / e um robo / voce e robo / voce e humano / voce e
        uma pessoa / voce e uma ia / voce e uma inteligencia artificial / o que voce faz
        / o que vc faz / o que voce sabe / o que voce sabe fazer / o que voce pode fazer
        / o que vc pode fazer / o que posso perguntar / o que eu posso perguntar / o que
        posso perguntar aqui / como voce funciona / como voce pode me ajudar / em que
        voce pode me ajudar / voce pode me ajudar / vc pode me ajudar / pode me ajudar /
        preciso de ajuda / preciso de uma ajuda / quero ajuda / me ajuda / me ajude /
        ajuda / ajude / help / menu / tenho uma duvida / estou com uma duvida / quero
        tirar uma duvida / queria tirar uma duvida / gostaria de tirar uma duvida /
        posso perguntar uma coisa / posso fazer uma pergunta
        """
    ),
    Courtesy.PERSON: (
        *_each(
            "/quero/queria/preciso/gostaria de/desejo/posso/eu quero/eu preciso/me deixa/da para",
            "falar com um atendente/falar com uma atendente/falar com atendente/"
            "falar com o atendente/falar com alguem/falar com uma pessoa/falar com pessoa/"
            "falar com um humano/falar com humano/falar com uma pessoa de verdade/"
            "falar com um ser humano/ser atendido por uma pessoa/atendimento humano",
        ),
        *_phrases(
            """
            atendente / humano / um atendente / quero um atendente / quero um humano
            / me transfere para um atendente / me passa para um atendente / chama um
            atendente / chame um atendente / abrir um chamado / abrir chamado /
            quero abrir um chamado
            """
        ),
    ),
}
# What courtesy is said with; alone it says nothing.
FILLERS = _phrases(
    """
    a todos / pessoal / gente / galera / amigo / amiga / colega / senhor / senhora /
    senhores / sr / sra / moco / moca / prezado / prezada / prezados / caro / cara / caros /
    voce / vc / voces / pra voce / para voce / a voce / por favor / por gentileza / pf / pfv
    / cogep / assistente / robo / viu / mesmo / entao / muito / ai / ah / hum / hm / kk / rs
    / haha / e / mas / com licenca / querido / querida / de novo / por enquanto / igualmente
    """
)
# With these alone a question begins or ends where no comma parts them from it.
OPENINGS = frozenset(
    _phrases("oi / oie / ola / opa / alo / hi / helo / bom dia / boa tarde / boa noite")
)
OPENINGS_GO_ON = OPENINGS | frozenset(
    _phrases("tudo bem / td bem / tudo bom / pesoal / gente / a todos")
)
CLOSINGS = frozenset(
    _phrases(
        """
        obrigado / obrigada / obg / muito obrigado / muito obrigada / desde ja obrigado /
        desde ja obrigada / desde ja agradeco / agradeco / valeu / vlw / grato / grata / por favor /
        por gentileza / pf / pfv / pfvr
        """
    )
)
SIGNS: Mapping[Courtesy, str] = {
    Courtesy.GREETING: "👋",
    Courtesy.THANKS: "🙏❤💙💚🥰",
    Courtesy.ACKNOWLEDGEMENT: "👍👌✅😀😃😄😊🙂👏",
}
# Nothing is named by these, however they are put together.
VAGUE = (
    STOPWORDS
    | QUESTION_WORDS
    | DEMONSTRATIVES
    | frozenset(ANAPHORS)
    | frozenset(
        ("agora", "entao", "faco", "fazer", "faz", "assim", "ai", "la", "aqui", "ali", "eh")
    )
)
