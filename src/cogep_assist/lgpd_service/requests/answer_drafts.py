"""What an answer to a data subject may begin as: what is known of the request, in plain words.

A draft says nothing that nobody did: whoever answers reads it, and finishes it where a line ends
open.
"""

from datetime import date

from cogep_assist.core.models import RequestOutcome, SubjectRight

_DONE = {
    SubjectRight.CONFIRMATION: "Confirmamos que tratamos dados pessoais seus.",
    SubjectRight.ACCESS: "Tratamos dados pessoais seus, e a cópia deles acompanha esta resposta.",
    SubjectRight.CORRECTION: "Corrigimos os dados que você apontou.",
    SubjectRight.ANONYMIZATION: "Os dados que você apontou já não podem ser ligados a você.",
    SubjectRight.RESTRICTION: "Os dados que você apontou estão bloqueados: não são mais usados.",
    SubjectRight.EXCESS_ERASURE: "Eliminamos os dados que não eram necessários.",
    SubjectRight.PORTABILITY: "Os seus dados acompanham esta resposta, em formato aberto.",
    SubjectRight.ERASURE: (
        "Eliminamos os seus dados pessoais. O que a lei manda conservar (LGPD, art. 16) fica "
        "guardado só pelo tempo que ela pede, e não é usado para mais nada."
    ),
    SubjectRight.SHARING: "Os seus dados foram compartilhados com:\n- ",
    SubjectRight.CONSENT_INFORMATION: (
        "Você pode não consentir. Sem o consentimento, o que muda para você é: "
    ),
    SubjectRight.CONSENT_REVOCATION: (
        "O seu consentimento foi revogado, e paramos o tratamento que dependia dele. O que foi "
        "feito antes continua válido (LGPD, art. 8º, § 5º)."
    ),
    SubjectRight.OPPOSITION: "Paramos o tratamento a que você se opôs.",
    SubjectRight.AUTOMATED_REVIEW: "Uma pessoa reviu a decisão. O resultado e os critérios: ",
}
_OTHERWISE = {
    RequestOutcome.PARTIAL: (
        "Atendemos o seu pedido em parte. O que não pôde ser atendido, e por quê:\n- "
    ),
    RequestOutcome.NO_DATA: (
        "Procuramos em todos os nossos registros, e não há neles dados pessoais seus."
    ),
    RequestOutcome.NOT_THE_CONTROLLER: (
        "Não somos nós que tratamos esses dados (LGPD, art. 18, § 4º, I). Quem os trata, até onde "
        "sabemos, é: "
    ),
}


def draft_answer(
    name: str, right: SubjectRight, title: str, received: date, outcome: RequestOutcome
) -> str:
    """Return the words to begin with. ``title`` names the right, as the person reads it."""
    said = _OTHERWISE.get(outcome) or _DONE.get(right, "Atendemos o seu pedido.")
    return (
        f"Olá, {name}.\n\n"
        f"Em {received:%d/%m/%Y} você nos pediu: {title[:1].lower()}{title[1:]}.\n\n"
        f"{said}\n\n"
        "Se algo não estiver certo, responda a esta mensagem ou procure o encarregado. Você também "
        "pode levar o caso à ANPD (LGPD, art. 18, § 1º)."
    )
