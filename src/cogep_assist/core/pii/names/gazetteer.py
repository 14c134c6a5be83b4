"""How much a word is a given name or a family name, from lists of names."""

from collections.abc import Mapping

_PARTICLES_TEXT = "da das de di do dos e del van von der la y d"
_TITLES_TEXT = (
    "sr sra srta srs dr dra drs exmo exma ilmo ilma prof profa professor professora senhor senhora "
    "dona seu dom frei padre ministro ministra desembargador desembargadora relator relatora juiz "
    "juiza doutor doutora servidor servidora paciente aluno aluna cliente usuario usuaria titular "
    "nome responsavel solicitante requerente autor autora reu advogado advogada colega analista "
    "tecnico tecnica atendente coordenador coordenadora diretor diretora gerente chefe"
)
_PARTICLES = frozenset(_PARTICLES_TEXT.split())
_TITLES = frozenset(_TITLES_TEXT.split())


class Gazetteer:
    """Classes of words by lists of names; each list says how common a name is, from 1 to 3."""

    def __init__(self, given: Mapping[str, int], family: Mapping[str, int]) -> None:
        self._given = given
        self._family = family

    def word_class(self, lower: str) -> str:
        """Return the class of a folded word: ``g2f1``, ``p`` for a particle, ``t`` for a title."""
        if lower in _PARTICLES:
            return "p"
        given, family = self._given.get(lower, 0), self._family.get(lower, 0)
        title = "t" if lower in _TITLES else ""
        return f"{title}g{given}f{family}"
