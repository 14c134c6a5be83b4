"""The bundled knowledge base: a fictitious people-management office, and questions about it.

Nothing here is law or about a real body; every document says so in its first lines.
"""

import json
from dataclasses import dataclass
from pathlib import Path

COLLECTION = "exemplo"

_HERE = Path(__file__).resolve().parent

_TITLES = {
    "abrir-chamado.html": "Como abrir e acompanhar um chamado na COGEP",
    "aposentadoria-e-abono.pdf": "Aposentadoria e abono de permanência",
    "auxilios.html": "Auxílios e benefícios: valores, requisitos e prazos",
    "cadastro-e-dependentes.md": "Cadastro funcional e dependentes",
    "calendario-2027.md": "Calendário de gestão de pessoas 2027",
    "ferias.html": "Férias: direito, marcação, mudança e pagamento",
    "folha-e-contracheque.docx": "Folha de pagamento e contracheque",
    "glossario-de-siglas.md": "Glossário de siglas e termos da gestão de pessoas",
    "ingresso-e-desligamento.docx": "Ingresso, movimentação e desligamento",
    "licenca-capacitacao.docx": "Licença para capacitação e afastamento para estudo",
    "licenca-medica.pdf": "Licença para tratamento de saúde",
    "licencas-familia.html": "Licenças de família: maternidade, paternidade, casamento e luto",
    "ponto-e-banco-de-horas.pdf": "Ponto, jornada e banco de horas",
    "privacidade-e-lgpd.pdf": "Privacidade e LGPD na gestão de pessoas",
    "progressao-e-desempenho.docx": "Progressão, incentivo à qualificação e estágio probatório",
    "teletrabalho.md": "Teletrabalho e Programa de Gestão e Desempenho",
}


@dataclass(frozen=True, slots=True)
class SampleDocument:
    """One bundled file; ``source_key`` stays the same from release to release."""

    path: Path
    title: str
    source_key: str


@dataclass(frozen=True, slots=True)
class SampleQuestion:
    """A question with the file and the literal text that answer it; both None if none does."""

    question: str
    document: str | None
    answer: str | None

    @property
    def answerable(self) -> bool:
        """Whether the bundled documents hold the answer."""
        return self.document is not None


def documents() -> list[SampleDocument]:
    """Return the bundled documents in the order of their file names."""
    return [
        SampleDocument(path=_HERE / "documents" / name, title=title, source_key=f"exemplo/{name}")
        for name, title in sorted(_TITLES.items())
    ]


def questions() -> list[SampleQuestion]:
    """Return the questions: first those that the documents answer, then those they do not.

    The first one is what ``cogep up`` shows.
    """
    data = json.loads((_HERE / "questions.json").read_text(encoding="utf-8"))
    answerable = [
        SampleQuestion(item["question"], item["document"], item["answer"])
        for item in data["answerable"]
    ]
    unanswerable = [SampleQuestion(text, None, None) for text in data["unanswerable"]]
    return [*answerable, *unanswerable]
