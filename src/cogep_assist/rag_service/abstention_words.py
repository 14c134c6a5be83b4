"""What is said where nothing was answered: which words were lacking, and what to do next. Pure."""

from collections.abc import Sequence

from cogep_assist.answering.lacking_words import LackingWords
from cogep_assist.rag_service.schemas import LackingReply, LikeThing, ReplacedWord

NOTHING_SURE = "Não encontrei nos documentos uma resposta segura para esta pergunta."
_NEAR = ", veja os documentos mais próximos"


def abstention_words(lacking: LackingWords | None, *, near: bool, then: bool = False) -> str:
    """Say that nothing was found, why as far as words tell, and what to do.

    ``near`` tells whether the closest documents are shown beside it; ``then``, as below.
    """
    next_ = f"Tente com outras palavras{_NEAR if near else ''} ou fale com um atendente."
    return " ".join([NOTHING_SURE, *lacking_sentences(lacking, then=then), next_])


def lacking_sentences(
    lacking: LackingWords | LackingReply | None, *, then: bool = False
) -> list[str]:
    """Return a sentence for each kind of word that was lacking.

    ``then``: when it was asked, which an old conversation tells; documents may have come since.
    """
    if lacking is None:
        return []
    said = [*_instead(lacking)]
    if lacking.unknown:
        words = _either(lacking.unknown)
        said.append(
            f"Quando você perguntou, nenhum documento falava de {words}."
            if then
            else f"Nenhum documento fala de {words}."
        )
    said += [
        f"Nenhum documento traz “{asked}”: procurei por “{searched}”."
        for asked, searched in _replaced(lacking)
    ]
    if lacking.elsewhere:
        speak = "falavam" if then else "falam"
        said.append(f"Os documentos mais próximos não {speak} de {_either(lacking.elsewhere)}.")
    return said


def kept_lacking(lacking: LackingWords) -> dict[str, list[str]] | None:
    """Return what is kept of it: the person's own words, never one that only a document holds."""
    unknown = [*lacking.unknown, *(asked for asked, _ in lacking.replaced)]
    kept = {
        "unknown": unknown,
        "elsewhere": list(lacking.elsewhere),
        "instead": [asked for asked, _ in lacking.instead],
        "unanswered": list(lacking.unanswered),
    }
    return kept if any(kept.values()) else None


def lacking_again(kept: dict[str, list[str]] | None) -> LackingWords | None:
    """Return what was kept."""
    if not kept:
        return None
    return LackingWords(
        tuple(kept["unknown"]),
        tuple(kept["elsewhere"]),
        instead=tuple((asked, "") for asked in kept.get("instead", ())),
        unanswered=tuple(kept.get("unanswered", ())),
    )


def lacking_reply(lacking: LackingWords) -> LackingReply:
    """Return the words in the form of the contract."""
    return LackingReply(
        unknown=list(lacking.unknown),
        elsewhere=list(lacking.elsewhere),
        replaced=[ReplacedWord(asked=a, searched=s) for a, s in lacking.replaced],
        suggestion=lacking.suggestion,
        instead=[LikeThing(asked=a, found=f or None) for a, f in lacking.instead],
        unanswered=list(lacking.unanswered),
    )


def partial_sentences(lacking: LackingWords) -> list[str]:
    """Say what an answer leaves open: parts of the question, or the very thing asked about."""
    said = []
    if lacking.unanswered:
        said.append(f"não encontrei resposta para {_both(lacking.unanswered)}.")
    for asked, found in lacking.instead:
        of = f", e sim de “{found}”" if found else ""
        said.append(f"os trechos citados não falam de “{asked}”{of}. Confira se valem para o caso.")
    return said


def _instead(lacking: LackingWords | LackingReply) -> list[str]:
    """Say of what the documents speak instead, as far as that is still known."""
    pairs = [one if isinstance(one, tuple) else (one.asked, one.found) for one in lacking.instead]
    return [
        f"Os documentos falam de “{found}”, não de “{asked}”."
        if found
        else f"Os documentos mais próximos não falam de “{asked}”."
        for asked, found in pairs
    ]


def _both(parts: Sequence[str]) -> str:
    """Return “a” e “b”."""
    return " e ".join(f"“{part}”" for part in parts)


def _replaced(lacking: LackingWords | LackingReply) -> list[tuple[str, str]]:
    if isinstance(lacking, LackingWords):
        return list(lacking.replaced)
    return [(one.asked, one.searched) for one in lacking.replaced]


def _either(words: Sequence[str]) -> str:
    """Return “a”, “b” nem de “c”: each of them is denied."""
    named = [f"“{word}”" for word in words]
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} nem de {named[-1]}"
