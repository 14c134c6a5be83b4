"""Sensitive data (LGPD, art. 5, II): what a text says of a person's health, faith and the like.

Words alone do not make data sensitive: "vírus" is also of computers, "católica" of a university.
A mention counts by how telling its words are, whether the sentence speaks of somebody, and whether
it is denied. For flags and gates: whether a text names a category, not what exactly it tells.
"""

import enum
import re
from collections.abc import Iterator
from dataclasses import dataclass

from cogep_assist.core.pii.finding import Threshold
from cogep_assist.core.pii.folding import FoldedText


class SensitiveCategory(enum.StrEnum):
    """The categories of art. 5, II."""

    HEALTH = "health"
    SEXUAL_LIFE = "sexual_life"
    RELIGION = "religion"
    POLITICS = "politics"
    UNION = "union"
    ETHNICITY = "ethnicity"
    BIOMETRICS = "biometrics"
    GENETICS = "genetics"


SENSITIVE_LABELS = {
    SensitiveCategory.HEALTH: "Saúde",
    SensitiveCategory.SEXUAL_LIFE: "Vida sexual",
    SensitiveCategory.RELIGION: "Religião ou convicção filosófica",
    SensitiveCategory.POLITICS: "Opinião ou filiação política",
    SensitiveCategory.UNION: "Filiação sindical",
    SensitiveCategory.ETHNICITY: "Origem racial ou étnica",
    SensitiveCategory.BIOMETRICS: "Biometria",
    SensitiveCategory.GENETICS: "Genética",
}


@dataclass(frozen=True, slots=True)
class SensitiveFinding:
    """A mention: ``text[start:end]``, its category, and how sure it is that it is of a person."""

    category: SensitiveCategory
    start: int
    end: int
    score: float


# Words that say it of whoever the sentence is about; and words that need such a person beside them.
_STRONG = {
    SensitiveCategory.HEALTH: (
        r"cancer|tumor(?:es)?|leucemia|linfoma|metastase|quimioterapia|radioterapia|hiv|aids"
        r"|soropositiv[oa]|sifilis|hepatite|tuberculose|hanseniase|diabet(?:es|ic[oa])"
        r"|hipertens[oa]|epilep(?:sia|tic[oa])"
        r"|esquizofren(?:ia|ic[oa])|bipolar(?:idade)?|depressao|depressiv[oa]"
        r"|transtorno (?:de|do|mental|bipolar|ansios)\w*"
        r"|ansiedade|burnout|panico|autis(?:mo|ta)|tdah|tea|sindrome de \w+|alzheimer"
        r"|parkinson|esclerose|lupus"
        r"|fibromialgia|asma|asmatic[oa]|cardiopat(?:ia|a)|infart(?:o|ou|ada?)|avc"
        r"|aneurisma|transplant(?:e|ad[oa])"
        r"|hemodialise|insuficiencia renal|cirrose|alcoolis(?:mo|ta)|dependente quimic[oa]"
        r"|dependencia quimica"
        r"|toxicoman[oa]|abort(?:o|ou|amento)|gravid(?:a|ez)|gestante|gestacao|lactante"
        r"|parto|cesariana|curetagem"
        r"|cadeirante"
        r"|deficien(?:te|cia) (?:fisica?|visual|auditiva?|intelectual|mental|motora)"
        r"|surd[oa]|ceg[oa]|mut[oa]"
        r"|amputad[oa]|paraplegic[oa]|tetraplegic[oa]|tentativa de suicidio|suicid[ao]"
        r"|internad[oa]|internacao|uti"
        r"|em coma|cirurgia|fratur(?:a|ou|ada?)|hernia|lesao por esforco|ler/dort"
        r"|covid(?:-19)? positiv[oa]|testou positivo"
        r"|laudo medico|atestado medico"
        r"|licenca (?:medica|saude|maternidade|para tratamento)|afastad[oa] por doenca"
        r"|pericia medica|prontuario|cid[ -]?(?:10[ -]?)?[a-tv-z][0-9]{2}(?:\.[0-9])?"
        r"|antidepressiv[oa]s?|insulina"
        r"|fluoxetina|sertralina|rivotril|clonazepam|ritalina|metformina|retroviral|prep\b"
        r"|isencao por doenca grave"
        r"|doenca (?:grave|cronica|rara|degenerativa|ocupacional|mental|autoimune)"
        r"|aposentadoria por invalidez"
    ),
    SensitiveCategory.SEXUAL_LIFE: (
        r"homossexual|bissexual|lesbica|gays?|transexual|travesti|transgener[oa]"
        r"|mulher trans|homem trans|pansexual"
        r"|assexual|nao[ -]binari[oa]|vida sexual|orientacao sexual|redesignacao sexual"
        r"|nome social|assedio sexual"
        r"|abuso sexual|estupr[oa]\w*|importunacao sexual|vasectomia|laqueadura"
        r"|uniao homoafetiva|profissional do sexo"
    ),
    SensitiveCategory.RELIGION: (
        r"evangelic[oa]|catolic[oa]|umbandista|candomblecista|espirita|muculman[oa]|judi?a"
        r"|judeu|budista|ateu|ateia"
        r"|agnostic[oa]|testemunha de jeova|adventista|mormon|protestante|pentecostal"
        r"|batizad[oa]|crente|pai de santo"
        r"|mae de santo|candomble|umbanda|terreiro|guarda o sabado|motivos? religiosos?"
        r"|minha (?:fe|religiao|igreja)"
        r"|crenca religiosa|objecao de consciencia|conviccao (?:religiosa|filosofica)"
    ),
    SensitiveCategory.POLITICS: (
        r"filiad[oa] a[o]? (?:partido|p[tlsdcvrm][a-z]{0,4}\b|mdb|psol|novo"
        r"|uniao brasil|podemos|rede)"
        r"|filiacao partidaria"
        r"|militante|militancia|petista|bolsonarista|comunista|socialista|conservador[a]?"
        r"|direita|esquerda|cabo eleitoral"
        r"|vot(?:ei|ou|o|amos) (?:no|na|em|pelo|pela)|opiniao politica|perseguicao politica"
        r"|conviccao politica"
        r"|candidat[oa] a (?:vereador|prefeit|deputad|governador|senador)\w*"
    ),
    SensitiveCategory.UNION: (
        r"sindicalizad[oa]|filiad[oa] ao sindicato|filiacao sindical|dirigente sindical"
        r"|delegad[oa] sindical"
        r"|representante sindical|contribuicao sindical|mensalidade sindical"
        r"|desconto sindical|licenca (?:sindical|classista)"
        r"|mandato classista|desfili\w+ d[oa] sindicato|aderi\w* a greve|fez greve|grevista"
        r"|sindicalista"
    ),
    SensitiveCategory.ETHNICITY: (
        r"autodeclarad[oa]|autodeclar(?:o|ou|acao)|negr[oa]|pret[oa] ou pard[oa]|pard[oa]"
        r"|indigena|quilombola|cigan[oa]"
        r"|cota racial|cotas raciais|raca(?:/cor)?|etnia|afrodescendente|cor da pele"
        r"|heteroidentificacao|aldeia"
        r"|ofensa racial|injuria racial|racismo"
    ),
    SensitiveCategory.BIOMETRICS: (
        r"impress(?:ao|oes) digita(?:l|is)|reconhecimento facial|biometria"
        r"|dados? biometricos?|iris|template facial"
        r"|minha digital|digital d[aeo]|foto do rosto|selfie com documento"
    ),
    SensitiveCategory.GENETICS: (
        r"exame de dna|teste de paternidade|dado genetico|perfil genetico"
        r"|sequenciamento genetico|mutacao genetica"
        r"|doenca genetica|predisposicao genetica"
    ),
}
# The same words where they are nobody's: things, places, bodies, laws.
_FALSE_FRIENDS = re.compile(
    r"universidade catolica|puc|santa casa|igreja (?:matriz|d[aeo])"
    r"|colegio (?:catolico|adventista|batista|metodista)"
    r"|banco panico|botao de panico|hospital (?:d[aeo] )?cancer|instituto d[aeo] cancer"
    r"|novembro azul|outubro rosa"
    r"|virus (?:no|na|em|do|de) (?:computador|maquina|pendrive|arquivo|servidor|sistema|rede)"
    r"|antivirus"
    r"|leitor(?:es)? (?:de )?(?:biometric[oa]|biometria|digita\w+)"
    r"|relogio (?:de ponto )?biometrico|catraca\w* biometric\w*"
    r"|(?:servidor|sistema|driver|aparelho|sensor|equipamento) (?:de )?biometri\w*"
    r"|certificado digital|assinatura digital|conta digital|identidade digital"
    r"|carteira (?:de \w+ )?digital"
    r"|lista negra|caixa preta|buraco negro|quadro negro|tela (?:preta|negra|azul)"
    r"|camara negra|mercado negro"
    r"|toner preto|tinta preta|cabo preto|pel[oa] direita|pel[oa] esquerda"
    r"|(?:a|na|da|barra|lado|lateral|canto|mao"
    r"|botao|borda|superior|inferior) (?:direit|esquerd)[oa]|(?:a|o) (?:direita"
    r"|esquerda) (?:da|do|de)"
    r"|plano de saude|unidade basica de saude"
    r"|secretaria (?:municipal |estadual |de estado )?da? saude|ministerio da saude"
    r"|uti do (?:servidor|sistema)|parto do sistema|cirurgia no codigo|rede neural"
    r"|voto de (?:louvor|pesar)"
    r"|votou (?:na|a) (?:urna|lei|proposta)|lei de cotas|estatuto da igualdade racial"
    r"|lei do racismo"
    r"|arvore genetica|algoritmo genetico|linha de raciocinio|iris (?:souza|silva|santos)"
    r"|tela cega|no cego|teste cego"
    r"|hora do parto|gestante preferencial|fila preferencial|atendimento preferencial"
)
_SOMEBODY = re.compile(
    r"\b(?:eu|me|meu|minha|meus|minhas|comigo|mim|sou|estou|tenho|tive|estava|fui|sofro|faco|fiz|uso|tomo|nasci|vou|preciso"
    r"|solicito|declaro|pertenco|minh\w+|ele|ela|dele|dela|seu|sua|senhor|senhora|sr|sra|dr"
    r"|dra|paciente|servidora?|usuari[oa]"
    r"|alun[oa]|funcionari[oa]|colaborador[a]?|empregad[oa]|cliente|titular|requerente"
    r"|beneficiari[oa]|segurad[oa]|candidat[oa]"
    r"|colega|chefe|professora?|gestora?|estagiari[oa]|trabalhador[a]?|munícipe|municipe"
    r"|cidad[ao]|moradora?|mae|pai|filh[oa]s?"
    r"|espos[oa]|marido|irma[o]?|av[oo]|tia|tio|sobrinh[oa]|net[oa]|companheir[oa]|crianca"
    r"|bebe|menor|idos[oa]|jovem"
    r"|foi|esta|possui|apresenta|sofre|faz|usa|toma|declarou-se|diagnosticad[oa])\b"
)
_DENIED = re.compile(
    r"\b(?:nao|nunca|nem|sem|nega(?:tivo|ram|da|do)?|descartad[oa])\b(?:\s\w+){0,3}\s?$"
)
# A full stop inside a code, such as F32.1, ends nothing.
_SENTENCE = re.compile(r"(?:[^.!?\n]|\.(?=\w))+")
_TOLD, _IMPERSONAL, _DENIED_SCORE = 0.8, 0.45, 0.5
_PATTERN = re.compile(
    "|".join(rf"(?P<{category}>\b(?:{words})\b)" for category, words in _STRONG.items())
)


def find_sensitive(
    text: str, threshold: Threshold = Threshold.REPORT, *, about_somebody: bool = False
) -> list[SensitiveFinding]:
    """Return mentions of sensitive data, in order.

    ``about_somebody`` says that the whole text is about a person, as a ticket is. A mention that
    is of nobody in its sentence, or that is denied, counts at ``Threshold.EGRESS`` only.
    """
    folded = FoldedText(text)
    return [
        SensitiveFinding(category, *folded.place(start, end), score)
        for sentence in _SENTENCE.finditer(folded.lower)
        for category, start, end, score in _mentions(folded.lower, sentence, about_somebody)
        if score >= threshold
    ]


def categories(findings: list[SensitiveFinding]) -> list[SensitiveCategory]:
    """Return the categories that findings are of, in their order in the law's list here."""
    found = {finding.category for finding in findings}
    return [category for category in SensitiveCategory if category in found]


def _mentions(
    lower: str, sentence: re.Match[str], about_somebody: bool
) -> Iterator[tuple[SensitiveCategory, int, int, float]]:
    start, end = sentence.span()
    others = [found.span() for found in _FALSE_FRIENDS.finditer(lower, start, end)]
    of_somebody = about_somebody or _SOMEBODY.search(lower, start, end) is not None
    for found in _PATTERN.finditer(lower, start, end):
        if any(one < found.end() and found.start() < two for one, two in others):
            continue
        denied = _DENIED.search(lower[start : found.start()]) is not None
        score = _IMPERSONAL if not of_somebody else _DENIED_SCORE if denied else _TOLD
        yield SensitiveCategory(found.lastgroup or ""), *found.span(), score
