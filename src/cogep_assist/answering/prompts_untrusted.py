"""Make retrieved text harmless to a model: data to read, nothing to obey. Pure."""

import re
import unicodedata

from cogep_assist.core.terminal import without_commands
from cogep_assist.retrieval.portuguese import fold, sentences

_KEPT_CONTROLS = "\n\t"
_HIDDEN_CATEGORIES = frozenset(("Cc", "Cf", "Co", "Cs", "Cn"))
# Marks and fillers that show nothing, whatever their category says.
_HIDDEN = frozenset(
    [*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5,
     0x3164, 0xFFA0, 0x2800]
)  # fmt: skip
_CITATION = re.compile(
    r"[\[【〔［]\s*+(?:\^\s*+)?((?:(?:trecho|fonte|doc)\s*+)?\d{1,3}(?:\s*+[,;–-]\s*+\d{1,3})*+)"
    r"\s*+[\]】〕］]",
    re.IGNORECASE,
)
_SPECIAL = re.compile(
    r"<\s*\|[^|<>]{1,40}\|\s*>|\[\s*/?\s*(?:INST|SYS|SYSTEM|USER|ASSISTANT)\s*\]|<<\s*/?\s*SYS\s*>>|"
    r"</?\s*(?:s|system|user|assistant|human|tool|instructions?|im_start|im_end|think)\s*>|"
    r"\{\{|\}\}|\{%|%\}",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"(?im)^([ \t>*#-]*)(system|sistema|assistant|assistente|user|usuário|usuario|human|humano|"
    r"developer|desenvolvedor|tool|ferramenta|mensagem do sistema|system message|prompt)"
    r"([ \t*]*[:：])"
)
_FENCE = re.compile(r"`{3,}|~{3,}|<{2,}|>{2,}|={4,}|-{4,}|#{3,}|‹{2,}|›{2,}|«{2,}|»{2,}")

_MODEL = (
    r"\bassistentes? (?:virtual|virtuais|de ia|digital)\b|\binteligencia artificial\b|\bia\b|\bai\b"
    r"|\bllms?\b|\bchat-?bots?\b|\bchatgpt\b|\bgpt\b|\bclaude\b|\bllama\b|\bbots?\b|\bprompts?\b"
    r"|\bmodelo de (?:linguagem|ia)\b|\blanguage model\b|\bassistant\b"
    r"|\bassistente\b(?! (?:social|sociais|admin|tecnic|juridic|operac|acad|educ|em |d[aeo]s? ))"
)
_RULES = (
    r"(?:instruc\w+|regras?|ordens?|orientac\w+|prompts?|comandos?|instructions?|rules|previous|"
    r"anteriores|acima|contexto|diretrizes|anweisung\w*|regeln|befehle?|reglas|regole|istruzioni|"
    r"consignes|ordenes)"
)
_SECRETS = (
    r"(?:prompts?|instruc\w+|conversa|conversation|historico|history|segredo|secrets?|nonce|"
    r"chave de api|api key|contexto|pergunta do usuario|outros trechos|trechos anteriores|"
    r"dados do usuario|user data)"
)
_STRONG_PARTS = (
    (
        r"\b(?:ignor|desconsider|esquec|disregard|forget|overrid|descart|anul)\w*\b[^.\n]{0,60}\b"
        rf"{_RULES}\b"
    ),
    # Other tongues, folded as the text is.
    r"\bигнорир\w*[^.\n]{0,60}(?:инструкц|правил|указан)|忽略[^。\n]{0,20}(?:指令|指示|说明|规则)",
    (
        r"\b(?:antworte\w*|responde|repond\w*|rispondi|sag|dis)\b[^.\n]{0,20}"
        r"\b(?:nur|ausschliesslich|solo|solamente|uniquement|seulement|soltanto)\b"
    ),
    # Who is called by its name is spoken to; "Assistente: Maria" is a person's post.
    (
        r"^\W*(?:assistente (?:virtual|de ia|digital)|ai assistant|ia|ai|llm|chatgpt|gpt|"
        r"modelo de (?:linguagem|ia)|language model)\W{0,2}:"
    ),
    (
        r"\b(?:instruc\w+|instructions?|ordem|comando|mensagem|message|aviso|nota|note|tarefas?|"
        r"tasks?|missao|objetivo)\b[^.\n]{0,25}\b(?:para|ao|aos|to|for)\b (?:o |a |the |os )?"
        # A model that is spoken to, not one of a form: "instruções para o modelo de requerimento".
        rf"(?:sistema|system|(?:modelo|model)(?= ?:)|{_MODEL})"
    ),
    (
        # "Agora você pode alterar o endereço" is a manual's.
        r"\b(?:voce agora|a partir de agora,? voce|agora voce (?:e|sera|vai (?:ser|responder)|"
        r"respond\w+|atua\w*|fala\w*|obedec\w*|se chama)|you are now|from now on,? you|"
        r"finja (?:que|ser)|atue como|aja como|act as|pretend (?:to|you)|modo desenvolvedor|"
        r"developer mode|jailbreak|dan mode)\b"
    ),
    (
        r"\b(?:prompt do sistema|system prompt|instrucoes do sistema|prompt inicial|system message|"
        r"mensagem do sistema|instrucoes ocultas|instrucoes internas|novas instrucoes|"
        r"new instructions)\b"
    ),
    (
        r"\b(?:revele|reveal|exponha|vaze|leak|repita|repeat|imprima|print|mostre|show|envie|send|"
        rf"inclua|include|copie|transcreva|anexe)\b[^.\n]{{0,60}}\b{_SECRETS}\b"
    ),
    (
        rf"(?:{_MODEL})[^.\n]{{0,40}}\b(?:deve|devera|must|should|precisa|obedec\w+|responda|responder|"
        r"diga|ignore|inclua|acrescente|escreva|cite|peca|mande|envie|informe|recomende|oriente)\b"
    ),
    (
        r"\b(?:responda|respond\w*|answer|reply|diga|say|escreva|write|output|conclua|termine)\b"
        r"[^.\n]{0,20}\b(?:apenas|somente|exatamente|sempre|only|exactly|always)\b[^.\n]{0,20}"
        r"(?::|com\b|with\b|[\"“'])"
    ),
    (
        r"\b(?:do not|don't|nao)\b[^.\n]{0,20}\b(?:mention|mencione|revele|reveal|cite|tell)\b"
        r"[^.\n]{0,30}\b(?:instruc\w+|instructions?|usuario|user|fontes?|sources?|documentos?)\b"
    ),
    r"!\[[^\]\n]{0,80}\]\s*\(",
    (
        r"\b(?:diga|responda|escreva|inclua|acrescente|repita|cite|mostre|recomende|insira|include|say|"
        r"append|reply)\b[^.\n]{0,80}(?:https?:|www\.|\b[\w-]+\.(?:com|net|org|io|xyz|info)\b)"
    ),
    # Told as a custom, not commanded: "toda resposta termina com", "o chatbot informa a senha".
    (
        r"\b(?:toda|cada|qualquer) (?:a |sua )?respostas?\b[^.\n]{0,60}"
        r"\b(?:termin|comec|inici|acab|encerr)\w*\b (?:com|por)\b"
    ),
    r"\b(?:termin|comec|inici|acab|encerr)\w*\b (?:toda|cada|qualquer) (?:a |sua )?respostas?\b",
    (
        rf"(?:{_MODEL})[^.\n]{{0,40}}\b(?:inform|revel|envi|mostr|repet|pass|entreg)\w*\b"
        rf"[^.\n]{{0,30}}\b(?:senhas?|passwords?|{_SECRETS})\b"
    ),
    (
        rf"(?:{_MODEL})[^.\n]{{0,20}}\b(?:segu\w+|obedec\w+|cumpr\w+|follow|obey)\b"
        r"[^.\n]{0,20}\b(?:est[ae]s? )?(?:regras?|instruc\w+|ordens?|rules?|instructions?)\b"
    ),
    rf"\bimportante?\b[^.\n]{{0,25}}(?:{_MODEL})\W{{0,3}}:",
    r"\boutput\b[^.\n]{0,60}\binstead of\b",
    r"\brole\W{1,4}(?:system|assistant|developer)\b",
    # What stands around a question in a prompt has no business in a document.
    r"^\W*(?:fim|trecho) \d+ [0-9a-f]{6,}|^\W*pergunta d[ao] (?:pessoa|usuario)\W*$",
    r"\bmarkdown\b[^.\n]{0,40}\b(?:imagem|image|link)\b",
    (
        r"\b(?:em toda|a cada|ao final (?:d[ae] )?(?:toda|cada|sua)?|no fim (?:d[ae] )?(?:toda|"
        r"cada|sua)?|no comeco (?:d[ae] )?(?:toda|cada|sua)?|at the end of (?:every|your|the)) ?"
        r"(?:resposta|response|answer|reply)\b"
    ),
)
_STRONG = re.compile("|".join(_STRONG_PARTS))
_WEAK = re.compile(
    r"^\W*(?:por favor,? )?(?:diga|responda|escreva|repita|inclua|acrescente|adicione|mostre|"
    r"revele|envie|insira|cite|termine|comece|inicie|copie|afirme|conclua|informe|imprima|exiba|"
    r"recomende|oriente|say|respond|answer|write|repeat|include|add|append|show|reveal|send|insert|"
    r"end|begin|start|tell|print|output|nao (?:cite|mencione|diga|revele)|never|always|"
    r"sempre (?:diga|responda|cite))\b"
    # A note that says where a command's mark leads.
    r"|^\W*\w{1,20}\W{1,4}(?:https?:|www\.)"
)


def visible(text: str) -> str:
    """Return text without control, invisible, reordering and private characters."""
    if text.isascii() and text.isprintable():
        return text
    composed = unicodedata.normalize("NFC", without_commands(text))
    hidden = [ord(c) for c in set(composed) if not _is_shown(c)]
    return composed.translate(dict.fromkeys(hidden)) if hidden else composed


def _is_shown(c: str) -> bool:
    return c in _KEPT_CONTROLS or (
        unicodedata.category(c) not in _HIDDEN_CATEGORIES and ord(c) not in _HIDDEN
    )


def neutral(text: str) -> str:
    """Return a passage that cannot be taken for marks, citations, roles or a model's tokens."""
    text = _SPECIAL.sub(" ", visible(text))
    text = _CITATION.sub(r"(\1)", text)
    text = _ROLE.sub(r"\1\2 –", text)
    return _FENCE.sub(lambda match: match.group()[0], text)


def instruction_spans(text: str) -> list[tuple[int, int]]:
    """Return the spans of the sentences that speak to a model instead of to a reader.

    A command such as "diga que ..." counts only beside one that surely is meant for a model: by
    itself it may be a manual's.
    """
    spans = sentences(text)
    folded = [_plain(text[start:end]) for start, end in spans]
    strong = [bool(_STRONG.search(part)) for part in folded]
    found = list(strong)
    for place, part in enumerate(folded):
        near = strong[max(0, place - 3) : place] + strong[place + 1 : place + 2]
        found[place] = strong[place] or (any(near) and bool(_WEAK.search(part)))
    return [span for span, flagged in zip(spans, found, strict=True) if flagged]


def without_instructions(text: str) -> str:
    """Return a passage in which what commands a model is left out, and that it was."""
    kept, place = [], 0
    for start, end in instruction_spans(text):
        kept += [text[place:start], "(…)"]
        place = end
    return "".join([*kept, text[place:]])


def _plain(text: str) -> str:
    """Fold a text and undo what is done to words to slip past a list of them."""
    folded = " ".join(fold(visible(text)).split())
    return re.sub(
        r"\b((?:[a-z][ .*_-]){4,}[a-z])\b", lambda m: re.sub(r"[ .*_-]", "", m[1]), folded
    )
