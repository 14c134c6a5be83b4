"""The words beside a number that say what it is."""

import re
from functools import lru_cache

from cogep_assist.core.pii.finding import Kind

# How far before a number a word still speaks of it, and how far after, in characters.
REACH = 60
_AFTER = 16

_WORDS = {
    Kind.CPF: "cpf cpfs documento doc contribuinte mf pix",
    Kind.CNPJ: "cnpj cnpjs cgc documento contribuinte pix",
    Kind.NIS: "pis pasep nis nit cadunico pispasep",
    Kind.VOTER_ID: "titulo eleitor eleitora eleitoral",
    Kind.DRIVING_LICENCE: "cnh habilitacao habilitado habilitada motorista condutor condutora",
    Kind.RENAVAM: "renavam renavan",
    Kind.HEALTH_CARD: "cns sus saude cartao carteirinha cartoes",
    Kind.CARD: "cartao cartoes credito debito visa mastercard elo amex hipercard pan",
    Kind.CEP: "cep ceps postal",
    Kind.PHONE: (
        "telefone telefones tel fone fones celular cel zap zapzap whatsapp whats wpp contato "
        "contatos ligar ligue liga ligou ligacao falar fale chamar sms telegram fax recado fixo "
        "arroba pix retorne retornem retornar retorno avisar avise avisem"
    ),
    Kind.COURT_CASE: "processo processos proc autos acao cnj judicial precatorio mandado",
    Kind.ADMINISTRATIVE_CASE: "processo processos proc sei nup administrativo autuado autos",
    Kind.PROPERTY_REGISTRY_CODE: "cnm",
    Kind.PROPERTY_TAX: "iptu imobiliaria",
    Kind.RG: "rg identidade",
    Kind.BANK_ACCOUNT: "conta cc poupanca",
    Kind.BANK_AGENCY: "agencia ag",
    Kind.SIAPE: "siape matricula",
}
# Words before numbers that belong to nobody.
_NOBODY = frozenset(
    [
        "protocolo",
        "pedido",
        "chamado",
        "chamados",
        "ticket",
        "nota",
        "nf",
        "nfe",
        "danfe",
        "patrimonio",
        "serie",
        "boleto",
        "versao",
        "valor",
        "lote",
        "ordem",
        "barras",
        "empenho",
        "oficio",
        "portaria",
        "lei",
        "decreto",
        "erro",
        "tombamento",
        "imei",
        "modelo",
        "licitacao",
        "pregao",
        "edital",
        "contrato",
        "rastreio",
        "rastreamento",
        "sku",
        "ref",
        "pn",
        "ean",
        "codigo",
        "commit",
        "build",
    ]
)
_KINDS: dict[str, frozenset[Kind]] = {
    word: frozenset(kind for kind, words in _WORDS.items() if word in words.split())
    for words in _WORDS.values()
    for word in words.split()
} | {word: frozenset() for word in _NOBODY}
# In words: the boleto of one sentence says nothing of the number in the next.
_NOBODYS_REACH = 3
_WORD = re.compile(r"[a-z](?:[./][a-z]\b){1,3}|[a-z]+|@")
_DOTS = str.maketrans("", "", "./")


def announced(window: str) -> frozenset[Kind] | None:
    """Return the kinds that the nearest telling words of a folded window announce.

    None where no word tells; the empty set where a word tells of a number that is nobody's.
    """
    words = _WORD.findall(window)
    for last in range(len(words) - 1, -1, -1):
        kinds = _kinds(words[last])
        if kinds is not None and (kinds or len(words) - last <= _NOBODYS_REACH):
            return kinds | _neighbours(words[max(last - 2, 0) : last])
    return None


def announced_after(window: str) -> frozenset[Kind] | None:
    """Return the kinds that a bracket, a dash or a call right after a number announces, or None."""
    found = _BRACKET.match(window[:_AFTER])
    if found:
        return _kinds(found[1])
    return frozenset({Kind.PHONE}) if _TO_CALL.match(window[:_AFTER]) else None


_BRACKET = re.compile(r" ?[(\-] ?([a-z]{2,9})\b")
_TO_CALL = re.compile(
    r",? (?:(?:pode|so|e so|favor|me) )?(?:lig(?:ar|ue|a)|cham(?:ar|a)|whats|zap)"
)


def _neighbours(words: list[str]) -> frozenset[Kind]:
    told = [kinds for word in words if (kinds := _kinds(word))]
    return frozenset().union(*told)


@lru_cache(maxsize=4096)
def _kinds(word: str) -> frozenset[Kind] | None:
    if word == "@":
        return frozenset({Kind.PHONE})
    return _KINDS.get(word.translate(_DOTS))
