"""Ajustes: what can be arranged, in words, for who may."""

from fastapi import Request, Response

from cogep_assist.core.principal import Act
from cogep_assist.edge.rules import Login, guarded_router, rule
from cogep_assist.web.section_frame import settings_page

PURPOSES = {
    "/ajustes/pessoas": "Quem entra, com qual papel, e ajuda para quem ficou de fora.",
    "/ajustes/equipes": "Quem trabalha junto e quem lidera.",
    "/ajustes/chaves": "O acesso de programas à API, com prazo e só o que precisam.",
    "/ajustes/colecoes": "Quem lê e quem cuida de cada parte da base.",
    "/ajustes/filas": "Onde os chamados esperam e quem recebe o próximo.",
    "/ajustes/expediente": "As horas em que o atendimento funciona, com feriados.",
    "/ajustes/prazos": "O que se promete a cada chamado.",
    "/ajustes/textos": "Respostas para começar e macros de vários passos.",
    "/ajustes/campos": "O que se guarda sobre clientes, e para quê.",
    "/ajustes/importacoes": "O que veio de outros sistemas, e a volta.",
    "/ajustes/sites": "A caixa de perguntas nas páginas da organização.",
    "/ajustes/modelos": "Os modelos que ajudam as respostas: escolher, testar, acompanhar.",
    "/ajustes/webhooks": "Outros sistemas que são avisados do que acontece, e como vão.",
    "/ajustes/envios": "E-mails e avisos: o que saiu, o que espera, o que reenviar.",
    "/ajustes/copias": "Uma cópia cifrada do banco inteiro.",
    "/ajustes/saude": "O que está certo, o que não está e o que fazer.",
}
router = guarded_router(include_in_schema=False)


@router.get("/ajustes", dependencies=[rule(Login.SESSION, Act.MANAGE_COLLECTIONS)])
async def home(request: Request) -> Response:
    """Show the sections that somebody may open."""
    return settings_page(request, "home.html", purposes=PURPOSES)
