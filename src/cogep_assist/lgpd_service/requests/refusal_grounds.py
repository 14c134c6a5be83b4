"""Why a request may be refused: each ground with its article. No refusal goes without one."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RefusalGround:
    """A ground's name, its article, and what the data subject is told of it."""

    title: str
    article: str
    told: str


GROUNDS: Mapping[str, RefusalGround] = {
    "legal_duty": RefusalGround(
        "Obrigação legal ou regulatória",
        "LGPD, art. 16, I",
        "Os dados são conservados para cumprir obrigação legal ou regulatória do controlador.",
    ),
    "research": RefusalGround(
        "Estudo por órgão de pesquisa",
        "LGPD, art. 16, II",
        "Os dados são conservados para estudo por órgão de pesquisa, anonimizados sempre que "
        "possível.",
    ),
    "transfer_to_third_party": RefusalGround(
        "Transferência a terceiro",
        "LGPD, art. 16, III",
        "Os dados são conservados para transferência a terceiro, respeitados os requisitos da lei.",
    ),
    "own_anonymized_use": RefusalGround(
        "Uso exclusivo do controlador, anonimizado",
        "LGPD, art. 16, IV",
        "Os dados estão anonimizados e são de uso exclusivo do controlador, sem acesso de "
        "terceiros.",
    ),
    "identity_not_proven": RefusalGround(
        "Identidade não comprovada",
        "LGPD, art. 18, § 3º",
        "O direito é exercido por requerimento do titular ou de representante constituído, e isso "
        "não foi comprovado.",
    ),
    "not_the_agent": RefusalGround(
        "Não é o agente de tratamento",
        "LGPD, art. 18, § 4º, I",
        "A organização não é o agente de tratamento destes dados; indica-se, sempre que possível, "
        "quem é.",
    ),
    "impossible_now": RefusalGround(
        "Razões de fato ou de direito",
        "LGPD, art. 18, § 4º, II",
        "Há razões de fato ou de direito que impedem a adoção imediata da providência.",
    ),
    "not_by_consent": RefusalGround(
        "Dados não tratados por consentimento",
        "LGPD, art. 18, VI, e art. 7º",
        "A eliminação alcança dados tratados com consentimento; estes têm outra base legal.",
    ),
    "data_needed": RefusalGround(
        "Dados necessários e tratados conforme a lei",
        "LGPD, art. 18, IV",
        "Os dados não são desnecessários, excessivos nem tratados contra a lei.",
    ),
    "data_are_right": RefusalGround(
        "Dados corretos",
        "LGPD, art. 18, III, e art. 6º, V",
        "Os dados estão completos, exatos e atualizados.",
    ),
    "anonymized": RefusalGround(
        "Dados anonimizados",
        "LGPD, art. 12 e art. 18, § 7º",
        "Dados anonimizados não são dados pessoais nem objeto de portabilidade.",
    ),
    "trade_secret": RefusalGround(
        "Segredo comercial e industrial",
        "LGPD, art. 18, V, art. 19, § 3º, e art. 20, § 1º",
        "O que se pede está protegido por segredo comercial e industrial; a ANPD pode auditar "
        "(art. 20, § 2º).",
    ),
    "not_automated": RefusalGround(
        "Decisão não automatizada",
        "LGPD, art. 20",
        "A decisão não foi tomada unicamente com base em tratamento automatizado.",
    ),
    "lawful_processing": RefusalGround(
        "Tratamento conforme a lei",
        "LGPD, art. 18, § 2º",
        "A oposição cabe quando a lei é descumprida, e não se verificou descumprimento.",
    ),
    "public_archive": RefusalGround(
        "Documento público dentro do prazo de guarda",
        "Lei 8.159/1991, arts. 9º e 10; LGPD, art. 16, I",
        "Documentos públicos só são eliminados com autorização da instituição arquivística; os "
        "dados ficam bloqueados.",
    ),
    "access_records": RefusalGround(
        "Registros de acesso a aplicações",
        "Lei 12.965/2014, art. 15; LGPD, art. 16, I",
        "Os registros de acesso são guardados pelo prazo do Marco Civil da Internet.",
    ),
    "legal_hold": RefusalGround(
        "Preservação para processo",
        "LGPD, art. 7º, VI, e art. 16, I",
        "Os dados são preservados para o exercício regular de direitos em processo.",
    ),
    "outside_the_law": RefusalGround(
        "Fora do alcance da lei",
        "LGPD, art. 4º",
        "A lei não se aplica ao tratamento de que se trata.",
    ),
}
APPEAL = (
    "Você pode responder a esta decisão ao encarregado e peticionar à Agência Nacional de Proteção "
    "de Dados (LGPD, art. 18, § 1º) ou aos organismos de defesa do consumidor (§ 8º)."
)
