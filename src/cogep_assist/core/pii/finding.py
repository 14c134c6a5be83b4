"""What detection finds: a kind of personal data, its place in the text and how sure it is."""

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from cogep_assist.core.pii.folding import FoldedText


class Kind(enum.StrEnum):
    """A kind of data that tells who a person or an organisation is."""

    PERSON = "person"
    CPF = "cpf"
    CNPJ = "cnpj"
    RG = "rg"
    NIS = "nis"
    VOTER_ID = "voter_id"
    DRIVING_LICENCE = "driving_licence"
    HEALTH_CARD = "health_card"
    PASSPORT = "passport"
    SIAPE = "siape"
    BIRTH_DATE = "birth_date"
    PHONE = "phone"
    EMAIL = "email"
    CEP = "cep"
    ADDRESS = "address"
    CARD = "card"
    BANK_AGENCY = "bank_agency"
    BANK_ACCOUNT = "bank_account"
    PIX_KEY = "pix_key"
    LICENCE_PLATE = "licence_plate"
    RENAVAM = "renavam"
    COURT_CASE = "court_case"
    ADMINISTRATIVE_CASE = "administrative_case"
    PROPERTY_CADASTRE = "property_cadastre"
    PROPERTY_TAX = "property_tax"
    PROPERTY_REGISTRY_CODE = "property_registry_code"
    PROPERTY_REGISTRATION = "property_registration"
    PROFESSIONAL_ID = "professional_id"
    PAYMENT_SLIP = "payment_slip"
    IP_ADDRESS = "ip_address"
    DEVICE = "device"
    LOCATION = "location"


LABELS = {
    Kind.PERSON: "Nome de pessoa",
    Kind.CPF: "CPF",
    Kind.CNPJ: "CNPJ",
    Kind.RG: "RG",
    Kind.NIS: "PIS/PASEP/NIS",
    Kind.VOTER_ID: "Título de eleitor",
    Kind.DRIVING_LICENCE: "CNH",
    Kind.HEALTH_CARD: "Cartão SUS (CNS)",
    Kind.PASSPORT: "Passaporte",
    Kind.SIAPE: "Matrícula SIAPE",
    Kind.BIRTH_DATE: "Data de nascimento",
    Kind.PHONE: "Telefone",
    Kind.EMAIL: "E-mail",
    Kind.CEP: "CEP",
    Kind.ADDRESS: "Endereço",
    Kind.CARD: "Cartão de pagamento",
    Kind.BANK_AGENCY: "Agência bancária",
    Kind.BANK_ACCOUNT: "Conta bancária",
    Kind.PIX_KEY: "Chave Pix aleatória",
    Kind.LICENCE_PLATE: "Placa de veículo",
    Kind.RENAVAM: "Renavam",
    Kind.COURT_CASE: "Processo judicial",
    Kind.ADMINISTRATIVE_CASE: "Processo administrativo (SEI/NUP)",
    Kind.PROPERTY_CADASTRE: "Cadastro imobiliário (CIB)",
    Kind.PROPERTY_TAX: "Inscrição do IPTU",
    Kind.PROPERTY_REGISTRY_CODE: "Código nacional de matrícula (CNM)",
    Kind.PROPERTY_REGISTRATION: "Matrícula de imóvel",
    Kind.PROFESSIONAL_ID: "Registro profissional (OAB, CRM e outros)",
    Kind.PAYMENT_SLIP: "Linha digitável de boleto",
    Kind.IP_ADDRESS: "Endereço IP",
    Kind.DEVICE: "Aparelho (IMEI, MAC)",
    Kind.LOCATION: "Coordenadas geográficas",
}


# What stands in a text for a value that was taken out; read by people and by models.
TAGS = {
    Kind.PERSON: "PESSOA",
    Kind.CPF: "CPF",
    Kind.CNPJ: "CNPJ",
    Kind.RG: "RG",
    Kind.NIS: "NIS",
    Kind.VOTER_ID: "TITULO_ELEITOR",
    Kind.DRIVING_LICENCE: "CNH",
    Kind.HEALTH_CARD: "CARTAO_SUS",
    Kind.PASSPORT: "PASSAPORTE",
    Kind.SIAPE: "SIAPE",
    Kind.BIRTH_DATE: "NASCIMENTO",
    Kind.PHONE: "TELEFONE",
    Kind.EMAIL: "EMAIL",
    Kind.CEP: "CEP",
    Kind.ADDRESS: "ENDERECO",
    Kind.CARD: "CARTAO",
    Kind.BANK_AGENCY: "AGENCIA",
    Kind.BANK_ACCOUNT: "CONTA",
    Kind.PIX_KEY: "CHAVE_PIX",
    Kind.LICENCE_PLATE: "PLACA",
    Kind.RENAVAM: "RENAVAM",
    Kind.COURT_CASE: "PROCESSO",
    Kind.ADMINISTRATIVE_CASE: "PROCESSO_SEI",
    Kind.PROPERTY_CADASTRE: "CIB",
    Kind.PROPERTY_TAX: "IPTU",
    Kind.PROPERTY_REGISTRY_CODE: "CNM",
    Kind.PROPERTY_REGISTRATION: "MATRICULA_IMOVEL",
    Kind.PROFESSIONAL_ID: "REGISTRO_PROFISSIONAL",
    Kind.PAYMENT_SLIP: "BOLETO",
    Kind.IP_ADDRESS: "IP",
    Kind.DEVICE: "APARELHO",
    Kind.LOCATION: "COORDENADAS",
}


class Threshold(float, enum.Enum):
    """The least score that counts, by what is lost by a mistake.

    ``EGRESS`` hides before a text leaves: what is missed is a leak. ``REPORT`` counts and
    shows: what is wrongly found misleads.
    """

    EGRESS = 0.4
    REPORT = 0.7


@dataclass(frozen=True, slots=True)
class Finding:
    """Personal data in a text: ``text[start:end]``, in characters of the text as given.

    ``value`` is the canonical form, equal for every way of writing one number; ``score``
    is between 0 and 1 and is compared with a threshold.
    """

    kind: Kind
    start: int
    end: int
    value: str
    score: float


class Detector(Protocol):
    """Finds one family of personal data in a folded text, in time linear in its length."""

    def __call__(self, text: "FoldedText", /) -> Iterator[Finding]:
        """Yield findings whose places are those of the folded text."""
        ...
