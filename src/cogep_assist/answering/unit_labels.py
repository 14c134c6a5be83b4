"""Titles that stand in the text itself: a line above others, the first words of a paragraph. Pure.

"5) Auxílio-creche" above its sentences, and "Notebook para teletrabalho." before what is said of
it, answer nothing alone; what follows them says little without them.
"""

import re
from collections.abc import Collection, Sequence

from cogep_assist.retrieval.portuguese import fold

_LONGEST_LINE = 90
_LONGEST_LABEL = 70
_MOST_WORDS = 9
_CELL = " | "
_TERMINAL = (".", "!", "?", "…", ":", ";", ",")
_NUMBERED = re.compile(
    r"(?P<number>\d{1,3}(?:\.\d{1,3}){0,3}|[a-zA-Z]|[IVXLC]{1,6})\s?[.)º°–—-]+\)?\s+(?=[A-ZÀ-Þ])"
)
_BULLET = re.compile(r"[-–—•*·▪◦●○■►✓]\s")
# "Cláusula 8 – Penalidades.", "Art. 12. Das férias."
_PROVISION = re.compile(
    r"(?:cl[aá]usula|art(?:igo|\.)|se[cç][aã]o|cap[ií]tulo|anexo|item|etapa|passo|parte)\s+"
    r"(?:[\dIVXLC]+|[a-z]+)[ºª°]?\s*[.:–—-]\s*(?=\S)",
    re.IGNORECASE,
)
# "Cláusula décima primeira." bears a number and no title.
_UNTITLED = re.compile(
    r"(?:cl[aá]usula|art|se[cç][aã]o|cap[ií]tulo|anexo|par[aá]grafo)\w*\.?\s", re.IGNORECASE
)
# A title opens with a noun, and says of it neither what it does nor how much.
# "2. DA MATRÍCULA."
_OF = ("da", "do", "das", "dos")
_OPENING_TEXT = """
a o as os um uma uns umas ao aos em no na nos nas de do da por pelo pela para com sem so ate se quem
que qual quando onde como cada todo toda todos todas nao nenhum nenhuma e ja mas ou este esta esse
essa isso isto ele ela eles elas seu sua ha apenas somente tambem depois antes vedado vedada
proibido proibida permitido permitida obrigatorio obrigatoria gratuito gratuita isento isenta
suspenso suspensa revogado revogada dispensado dispensada
"""
_OPENS_STATEMENT = frozenset(_OPENING_TEXT.split())
_VERB = re.compile(
    r"\b(?:é|são|foi|foram|será|serão|está|estão|há|não)\b|"
    r"\b(?:pode|podem|deve|devem|tem|têm|fica|ficam|vale|valem|custa|custam|recebe|recebem|paga|"
    r"pagam|abre|abrem|fecha|fecham|funciona|funcionam|exige|exigem|cabe|cabem|compete|vence|vencem|"
    r"dura|duram|existe|existem|precisa|precisam|faz|fazem|dá|dão|sai|saem|entra|entram|usa|usam|"
    r"vai|vão|serve|servem|segue|seguem|atende|atendem|inclui|incluem|ocorre|ocorrem|ganha|perde|"
    r"\w{2,}(?:rá|rão|aram|eram|iram|ou|eu|iu|ando|endo|indo|ava|avam|ia-se|-se))\b",
    re.IGNORECASE,
)
_NOUNS_LIKE_VERBS = frozenset(("seu", "meu", "teu", "museu", "europeu", "sou", "dividendo"))


def heads_lines(lines: Sequence[str], known: Collection[str]) -> bool:
    """Tell whether the first of some lines is the title of the others.

    ``known`` are headings, folded. A title has no full stop, is not broken for want of room, and is
    numbered, in capitals, known, or alone above list items.
    """
    first, below = lines[0], lines[1]
    if fold(first).strip() in known:
        return True
    if first.endswith(_TERMINAL) or _CELL in first or len(first) > _LONGEST_LINE:
        return False
    listed = all(_NUMBERED.match(line) or _BULLET.match(line) for line in lines[1:])
    if listed and not _NUMBERED.match(first) and not _BULLET.match(first):
        return True
    if below[0].islower() or len(first) > 0.7 * max(map(len, lines)):
        return False
    if _NUMBERED.match(first):
        return not any(_NUMBERED.match(line) or _BULLET.match(line) for line in lines[1:])
    return first.isupper() and sum(map(str.isalpha, first)) > 3 and not below.isupper()


def heads_paragraph(own_and_next: Sequence[str], before: str) -> bool:
    """Tell whether a paragraph is a numbered title of the next: "5) Auxílio-creche"."""
    if len(own_and_next) < 2:
        return False
    own, after = own_and_next
    if "\n" in own or len(own) > _LONGEST_LINE or own.endswith(_TERMINAL) or _CELL in own:
        return False
    # One of several short items is none.
    listed = any(_NUMBERED.match(other) or _BULLET.match(other) for other in (before, after))
    return _NUMBERED.match(own) is not None and not listed and len(after) > len(own)


def is_label(sentence: str) -> bool:
    """Tell whether the first sentence of a paragraph may be its title: a noun, and no verb."""
    provision = _PROVISION.match(sentence) or _NUMBERED.match(sentence)
    if provision is None and _UNTITLED.match(sentence):
        return False
    bare = sentence[provision.end() :] if provision else sentence
    if len(bare) > _LONGEST_LABEL or not bare.endswith(".") or re.search(r"[\d?!@%$;:]", bare):
        return False
    said = fold(bare).split()
    if provision and said and said[0] in _OF:
        del said[0]
    if not 0 < len(said) <= _MOST_WORDS or said[0].strip(".,") in _OPENS_STATEMENT:
        return False
    return not any(verb.group().lower() not in _NOUNS_LIKE_VERBS for verb in _VERB.finditer(bare))


def is_provision_title(sentence: str) -> bool:
    """Tell whether what may be a title bears its number: "Cláusula 8 – Penalidades."."""
    return _PROVISION.match(sentence) is not None
