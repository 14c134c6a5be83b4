"""Words that are names and things: "Reis e rainhas", "Dores nas costas", "rocha e pedra"."""

import re
from dataclasses import replace

from cogep_assist.core.pii.finding import Finding, Threshold
from cogep_assist.core.pii.folding import FoldedText

_THINGS_TEXT = """
    areia areias aurora barra barreira barreiras barro barros batalha bela belas bispo boa
    branco brancos caldas camara camaras camelia campo campos canto cantos carneiro carneiros
    carvalho carvalhos casa casas castanha castelo castelos chaves coelho coelhos conceicao
    cordeiro cordeiros corte cortes costa costas cravo cravos cruz cruzes dores esmeralda
    esperanca estrela estrelas falcao falcoes farias feira ferreiro ferro figueira figueiras
    flor flores fogo fonte fontes forte fortes franca galo garca garcas gloria glorias graca
    gracas guerra guerras horta hortas hortensia iris jardim jardins jasmim lago lagoa lagos
    laranjeira laranjeiras leao leite leites leoes lima limas lobo lobos luz luzes machado
    machados mangueira mar margarida margaridas mata matas matos mercado mesquita mesquitas
    milagres moinho moinhos monte montes nascimento nascimentos natal neve neves nogueira
    nogueiras oliveira oliveiras ouro paes palma palmas palmeira palmeiras parente parentes
    passarinho passos paz pedra pedras pedreira peixe peixes pena penas penha pereira pereiras
    perola pinheiro pinheiros pinho pinto pintos pires pombo pombos ponte pontes porto portos
    prado prados prata preto ramo ramos rego rei reis ribeiro ribeiros rico rio rios rocha
    rochas rosa rosario rosas rubi sal sales salgado salto saltos santo santos seca secas selva
    serra serras sol telha telhas terra terras torre torres trigo vale valente vales vargem
    veiga vinhas violeta violetas vitoria vitorias
"""
_THINGS = frozenset(_THINGS_TEXT.split())
# What goes on with a thing and seldom with a person: another thing, its place, what it is of.
_GOES_ON = re.compile(r"(?: (?:e|ou|de|d[ao]s?|n[ao]s?|em|com|sao|para|por) |[:,] )(?=[a-z])")
_NAMES_FOLLOW = re.compile(r"(?:o|a|os|as|eu|ele|ela|seu|sua|voce) ")
_BEGINS = re.compile(r"(?:\A|[.!?:;\n•*#>|-])[\s\"'“(]*\Z")
_REACH = 8
_DOUBTED = 0.5


def doubted_thing(text: FoldedText, found: Finding) -> Finding:
    """Return a name as found, or doubted where its word is a thing's: hidden, and not told.

    Only where case tells names apart: in small letters throughout, "rosa" may be either.
    """
    start, end = text.position(found.start), text.position(found.end - 1) + 1
    words = text.plain[start:end].split()
    if found.score < Threshold.REPORT or text.plain.islower() or text.plain.isupper():
        return found
    return replace(found, score=_DOUBTED) if _is_thing(text, start, end, words) else found


def _is_thing(text: FoldedText, start: int, end: int, words: list[str]) -> bool:
    capitals = [word[0].isupper() for word in words]
    first = re.match(r"[^\W\d_]*", text.lower[start:end])
    thing = first is not None and first[0] in _THINGS
    if not capitals[0]:
        # Nobody's name begins with two small words and goes on with a capital.
        things = not any(capitals) and set(text.lower[start:end].split()) <= _THINGS
        return things or (not any(capitals[:2]) and any(capitals))
    if not thing or any(capitals[1:]):
        return False
    if not _BEGINS.search(text.plain[max(start - _REACH, 0) : start]):
        return False
    on = _GOES_ON.match(text.lower, start + len(words[0]))
    return (
        on is not None
        and text.plain[on.end()].islower()
        and not _NAMES_FOLLOW.match(text.lower, on.end())
    )
