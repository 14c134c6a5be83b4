"""The purposes of the columns' labels as activities that people read, and what each holds at first.

A label says why a column holds something of a person. Columns of one purpose make one activity of
the record of processing; what stands here is the draft that the DPO confirms or changes.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cogep_assist.core.models import PersonalClass


@dataclass(frozen=True, slots=True)
class ActivityDraft:
    """An activity as the schema tells it. ``basis`` is the code proposed, to be confirmed."""

    key: str
    title: str
    basis: str
    subjects: str


USERS = "Usuários do sistema: atendentes, curadores, administradores e encarregado"
ASKERS = "Pessoas que perguntam ou abrem chamados: cidadãos, servidores, clientes"
SUBJECTS = "Titulares que exercem direitos e seus representantes"
ACTIVITIES: Mapping[str, ActivityDraft] = {
    "know who did what": ActivityDraft(
        "accountability", "Registro de quem fez o quê", "7-II", f"{USERS}; {ASKERS.lower()}"
    ),
    "recognise who signs in": ActivityDraft(
        "sign_in", "Autenticação de quem entra no sistema", "7-V", USERS
    ),
    "tell the person what they asked for or must know": ActivityDraft(
        "messages", "Envio de mensagens pedidas ou devidas", "7-V", f"{ASKERS}; {USERS.lower()}"
    ),
    "send only what somebody agreed to": ActivityDraft(
        "consented_messages", "Envio de mensagens que dependem de consentimento", "7-I", ASKERS
    ),
    "find out why a delivery failed": ActivityDraft(
        "delivery_trouble", "Diagnóstico de mensagens não entregues", "7-V", ASKERS
    ),
    "know who signs in and who attends whom": ActivityDraft(
        "users", "Cadastro de usuários e equipes", "7-V", USERS
    ),
    "answer the person and hand the question over to a human": ActivityDraft(
        "conversations", "Respostas a perguntas e passagem a um atendente", "7-V", ASKERS
    ),
    "answer questions from the organisation's documents": ActivityDraft(
        "documents", "Base de documentos que responde às perguntas", "7-III",
        "Pessoas citadas nos documentos da organização",
    ),
    "learn what was wrong with an answer": ActivityDraft(
        "feedback", "Avaliação das respostas", "7-V", ASKERS
    ),
    "serve the person: know who asks and how to answer": ActivityDraft(
        "customers", "Cadastro de quem é atendido", "7-V", ASKERS
    ),
    "find the person by name, identifier or contact, and their duplicates": ActivityDraft(
        "customer_search", "Localização de cadastros e de cadastros repetidos", "7-V", ASKERS
    ),
    "answer others who ask the same": ActivityDraft(
        "articles", "Artigos escritos a partir de chamados", "7-III",
        "Pessoas citadas em chamados de que se fez um artigo",
    ),
    "take a merge or an import back": ActivityDraft(
        "undo", "Desfazimento de uniões e importações de cadastros", "7-V", ASKERS
    ),
    "know what came over already, go on after a stop, and take a batch back": ActivityDraft(
        "imports", "Vinda de cadastros e chamados de outros sistemas", "7-V", ASKERS
    ),
    "attend to what a person asked for": ActivityDraft(
        "tickets", "Atendimento de chamados", "7-V", ASKERS
    ),
    "treat with care what a ticket says of health, faith and the like": ActivityDraft(
        "sensitive_mentions", "Sinalização de dados sensíveis em chamados", "11-II-a", ASKERS
    ),
    "know who answers for a child or an adolescent": ActivityDraft(
        "guardians", "Responsáveis por crianças e adolescentes", "7-II",
        "Crianças, adolescentes e seus responsáveis",
    ),
    "prove that consent was given, refused or revoked": ActivityDraft(
        "consents", "Registro de consentimentos", "7-II", ASKERS
    ),
    "explain automated decisions and review them": ActivityDraft(
        "automated_decisions", "Explicação e revisão de decisões automatizadas", "7-II", ASKERS
    ),
    "know and tell whom an incident reached": ActivityDraft(
        "incidents", "Registro e comunicação de incidentes de segurança", "7-II",
        "Pessoas atingidas por um incidente",
    ),
    "publish who answers for data protection": ActivityDraft(
        "officer", "Divulgação do encarregado", "7-II", "Encarregado e substituto"
    ),
    "attend to the rights of data subjects and prove it": ActivityDraft(
        "rights", "Atendimento a pedidos de titulares", "7-II", SUBJECTS
    ),
    "know that a request comes from the data subject": ActivityDraft(
        "identity_checks", "Confirmação da identidade do titular", "7-II", SUBJECTS
    ),
    "put back into an answer what was hidden from the model that wrote it": ActivityDraft(
        "pseudonyms", "Pseudonimização de textos enviados a modelos", "7-V", ASKERS
    ),
    "keep the record of accesses that the law asks for": ActivityDraft(
        "access_records", "Registros de acesso a aplicações (Marco Civil da Internet)", "7-II",
        "Pessoas que usam o sistema pela internet",
    ),
    "attend to what a person wrote by e-mail": ActivityDraft(
        "inbound_mail", "Atendimento do que chega por e-mail", "7-V", ASKERS
    ),
    "write to who wants it, and not to who cannot be reached": ActivityDraft(
        "mail_addresses", "Endereços que não querem ou não recebem mensagens", "7-V", ASKERS
    ),
    "carry out what the data subject asked for": ActivityDraft(
        "erasures", "Eliminação e bloqueio pedidos por titulares", "7-II", SUBJECTS
    ),
    "erase again what a restored backup brings back": ActivityDraft(
        "erasure_tombstones",
        "Nova eliminação do que uma cópia restaurada traz de volta",
        "7-II",
        SUBJECTS,
    ),
    "keep evidence as it was while another person's data leave the text": ActivityDraft(
        "preserved_evidence",
        "Prova preservada enquanto dados de outra pessoa saem do texto",
        "7-VI",
        "Pessoas citadas no que está em guarda",
    ),
    "hand a data subject the copy that they asked for": ActivityDraft(
        "subject_copies", "Entrega de cópias dos dados a titulares", "7-II", SUBJECTS
    ),
    "know why data are preserved": ActivityDraft(
        "legal_holds", "Guardas por processo, auditoria ou ordem", "7-VI", SUBJECTS
    ),
}  # fmt: skip
RETENTIONS: Mapping[str, str] = {
    "as the record it belongs to": "como o registro a que pertence",
    "until revoked or expired": "até ser revogado ou vencer",
    "until delivered; where it failed, 30 days": "até a entrega; se falhar, 30 dias",
    "30 days after the message ended": "30 dias depois do fim da mensagem",
    "30 days": "30 dias",
    "until the user is erased": "até a eliminação do usuário",
    "conversation retention": "prazo das conversas (COGEP_CONVERSATION_KEEP_DAYS)",
    "until the document is removed": "até a remoção do documento",
    "until the relation ends, then by the retention rule of customers": (
        "até o fim da relação; depois, pela regra de conservação de cadastros"
    ),
    "as the data it is made of": "como os dados de que é feito",
    "until the article is removed from the base": "até o artigo ser removido da base",
    "ticket retention, from the day it was closed": (
        "prazo dos chamados, a contar do encerramento"
    ),
    "as long as the consent that it stands for, and its proof": (
        "enquanto valer o consentimento que representa e a sua prova"
    ),
    "until the limitation period of the last act has gone by": (
        "até prescrever a pretensão sobre o último ato"
    ),
    "as the record that the decision was about": "como o registro de que a decisão tratou",
    "5 years from the register (Res. CD/ANPD 15/2024, art. 10)": (
        "5 anos do registro (Res. CD/ANPD 15/2024, art. 10)"
    ),
    "as long as the register of acts of appointment": (
        "enquanto durar o registro dos atos de indicação"
    ),
    "until the limitation period of the request has gone by": (
        "até prescrever a pretensão sobre o pedido"
    ),
    "until the identity was checked": "até a identidade ser conferida",
    "COGEP_VAULT_HOURS after the last question": (
        "horas depois da última pergunta (COGEP_VAULT_HOURS)"
    ),
    "6 months (Lei 12.965/2014, art. 15), longer by order": (
        "6 meses (Lei 12.965/2014, art. 15), ou mais por ordem"
    ),
    "90 days; what belongs to a ticket, as the ticket": (
        "90 dias; o que pertence a um chamado, como o chamado"
    ),
    "as the customer it belongs to": "como o cliente a que pertence",
    "as the customers and tickets that came over": "como os cadastros e chamados que vieram",
    "until the erasure is proven": "até que a eliminação esteja provada",
    "as long as backups may be restored": "enquanto cópias de segurança puderem ser restauradas",
    "until the hold is released": "até que a guarda seja liberada",
    "seven days": "sete dias",
    "never deleted": "nunca eliminado (registro de guardas)",
}
CLASSES: Mapping[PersonalClass, str] = {
    PersonalClass.PERSONAL: "pessoal",
    PersonalClass.SENSITIVE: "sensível",
    PersonalClass.CHILD: "de criança ou adolescente",
    PersonalClass.AUTHENTICATION: "de autenticação",
    PersonalClass.FINANCIAL: "financeiro",
}
SECURITY = (
    "Acesso por papéis e coleções; senhas com Argon2id e segundo fator; sessões revogáveis; "
    "identificadores cifrados ou mascarados; auditoria encadeada e assinada; cópias de segurança "
    "cifradas; pseudonimização antes de modelo externo; saída à rede só por cliente vigiado."
)


def activity_of(purpose: str) -> ActivityDraft:
    """Return the activity of a label's purpose; one that has no words yet keeps its own."""
    return ACTIVITIES.get(purpose) or ActivityDraft(
        purpose.replace(" ", "_")[:60], purpose, "7-II", "A definir"
    )


def retention_words(retention: str) -> str:
    """Return how long in words that people read."""
    return RETENTIONS.get(retention, retention)
