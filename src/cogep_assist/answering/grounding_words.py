"""Words that deny, oblige, permit, count or say nothing, for the check of sentences. Pure."""

from cogep_assist.retrieval.portuguese import fold, stem

_LIGHT_TEXT = """
caso casos forma formas meio maneira modo exemplo tipo conforme acordo seguinte seguintes
relacao respeito parte alem disso assim portanto ainda tambem bem etc ou seja cada outro outra
outros outras desde quando sobre apos durante mediante segundo atraves direito junto ambos
fazer feito feita feitos feitas faz fazem realizar realizado realizada realizados realizadas
realiza ocorrer ocorre ocorrem acontecer acontece consistir consiste corresponder corresponde
correspondem equivaler equivale equivalem tratar trata tratam referir refere possuir possui
possuem existir existe existem ficar fica ficam dar dado dada usado estar estao deve devem deverao
devera dever pode podem podera poderao poder precisa precisam total quantidade numero vez vezes
mil milhao milhoes bilhao bilhoes reais real cento porcento centavo
geral geralmente normalmente respectivo respectiva
eh ser sido sendo haver houver menos trecho trechos documento informacao informacoes pergunta
resposta
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


NEGATORS = _words(
    "nao nunca jamais nenhum nenhuma nem sem ninguem nada vedado vedada vedados vedadas veda vedam "
    "proibido proibida proibidos proibidas proibe proibem proibicao impedido impedida impede "
    "exceto salvo excetuado excetuados dispensado dispensada dispensados dispensadas dispensa "
    "dispensam isento isenta isentos isentas inexiste inexistente impossivel incabivel indevido "
    "indevida descabe desnecessario desnecessaria vedacao impossibilitado excecao "
    "facultativo facultativa opcional deixa deixam perde perdem perder perderem perdera perdeu"
)
PLAIN_NEGATORS = _words("nao nunca jamais sem")
ADVISES = _words(
    "recomenda recomendado recomendada recomendados recomendadas recomendam recomendavel "
    "recomendaveis sugere sugerido sugerida aconselha aconselhado aconselhada aconselhavel prefere "
    "preferencialmente"
)
OBLIGES = _words(
    "deve devem devera deverao obrigatorio obrigatoria obrigatorios obrigatorias obrigado obrigada "
    "obrigados obrigacao precisa precisam exige exigem exigido exigida necessario necessaria "
    "obrigatoriamente cumpre obriga obrigam dispensado dispensada dispensados dispensadas dispensa "
    "dispensam facultativo facultativa opcional desnecessario desnecessaria isento isenta isentos "
    "isentas"
)
PERMITS = _words(
    "pode podem podera poderao permitido permitida permitidos permitidas permite permitem possivel "
    "facultado facultada autorizado autorizada admite admitem admitido admitida vedado vedada "
    "vedados vedadas veda vedam proibido proibida proibidos proibidas proibe proibem impossivel "
    "impedido impedida"
)
# What these add must be in the text itself.
STRICT = _words(
    "apenas somente so unicamente exclusivamente sempre automaticamente imediatamente "
    "gratuitamente gratuito gratis garantido garantida ilimitado ilimitada total integralmente "
    "definitivo definitiva unico unica imediato imediata automatico automatica"
)
ONLY = _words("apenas somente so unicamente exclusivamente")
SOME = _words("alguns algumas algum alguma parte maioria certos certas eventualmente")
ALL = _words("todos todas todo toda qualquer quaisquer sempre")
FINITE = _words(
    "pode podem deve devem eh sao tem ha fica ficam precisa precisam recebe recebem foi foram sera "
    "serao podera poderao devera deverao esta estao faz fazem da dao vale valem custa custam "
    "nao cabe cabem responde respondem coordena coordenam tera terao"
)


LEADS_AWAY = _words(
    "em no na nos nas para por com sem apos antes depois ate desde durante entre sobre ao aos as "
    "segundo conforme caso se quando quem havendo num numa"
)
ARTICLES = _words("o a os as um uma cada todo toda todos todas esse essa este esta")
BOUNDS = frozenset(stem(word) for word in ("minimo", "maximo", "menos", "mais"))
LIGHT = frozenset(stem(fold(word)) for word in _LIGHT_TEXT.split()) | {
    stem(word) for word in NEGATORS | OBLIGES | PERMITS
}
