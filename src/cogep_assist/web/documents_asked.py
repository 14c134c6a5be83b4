"""What the list of documents is narrowed by, as its address and its forms say it."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Form, Query

from cogep_assist.ingestion_service.document_sheet import Origin, Standing, Wanted

STANDINGS = {
    Standing.USED: "Nas respostas",
    Standing.HIDDEN: "Fora das respostas",
    Standing.READING: "Em leitura",
    Standing.FAILED: "Última leitura falhou",
}
ORIGINS = {
    Origin.FOLLOWED: "Fontes seguidas",
    Origin.ADDRESS: "Endereços avulsos",
    Origin.SENT: "Arquivos e textos enviados",
}
# Of these, only curation is told.
OF_WORK = (Standing.READING, Standing.FAILED)


def standing_choices(knows_work: bool) -> list[tuple[str, str]]:
    """Return by what standing somebody may narrow the list, first by none."""
    told = [one for one in STANDINGS if knows_work or one not in OF_WORK]
    return [("", "Todas"), *((one.value, STANDINGS[one]) for one in told)]


def origin_choices() -> list[tuple[str, str]]:
    """Return by what origin the list is narrowed, first by none."""
    return [("", "Todas"), *((one.value, words) for one, words in ORIGINS.items())]


@dataclass(frozen=True, slots=True)
class DocumentsAsked:
    """The filters of the list; one that is not known narrows nothing."""

    collection: str = ""
    words: str = ""
    standing: str = ""
    origin: str = ""

    @classmethod
    def of_address(
        cls,
        colecao: Annotated[str, Query(max_length=64)] = "",
        q: Annotated[str, Query(max_length=200)] = "",
        estado: Annotated[str, Query(max_length=20)] = "",
        origem: Annotated[str, Query(max_length=20)] = "",
    ) -> "DocumentsAsked":
        """Read the filters of the page's address."""
        return cls(colecao, q, estado, origem)

    @classmethod
    def of_form(
        cls,
        colecao: Annotated[str, Form(max_length=64)] = "",
        q: Annotated[str, Form(max_length=200)] = "",
        estado: Annotated[str, Form(max_length=20)] = "",
        origem: Annotated[str, Form(max_length=20)] = "",
    ) -> "DocumentsAsked":
        """Read the filters that a form of the page brings along."""
        return cls(colecao, q, estado, origem)

    def wanted(self) -> Wanted:
        """Return what is to be listed."""
        return Wanted(
            collection=self.collection or None,
            words=self.words,
            standing=next((one for one in Standing if one.value == self.standing), None),
            origin=next((one for one in Origin if one.value == self.origin), None),
        )

    def named(self) -> dict[str, str]:
        """Return the filters that are set, by their names in the address."""
        every = {
            "colecao": self.collection,
            "q": self.words,
            "estado": self.standing,
            "origem": self.origin,
        }
        return {name: value for name, value in every.items() if value}

    def href(self, after: str = "") -> str:
        """Return the address of a page of the list, as it was narrowed."""
        query = urlencode(self.named() | ({"depois": after} if after else {}))
        return f"/conhecimento?{query}" if query else "/conhecimento"
