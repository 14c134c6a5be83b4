"""One person's whole way: from an empty installation to their data gone, in real browsers."""

import asyncio
import re
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest
import sqlalchemy as sa
from browser_people import session_of
from desk_sample import person
from playwright.sync_api import Browser, Page, expect
from served_site import served_site
from sqlalchemy.engine import URL
from working import working

from cogep_assist.core.access import create_sign_in_link
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.models import Collection, ContactKind, CustomerKind, Role, User, Visibility
from cogep_assist.crm_service.customers.customer_schemas import ContactBody, CustomerBody
from cogep_assist.crm_service.customers.customers import create_customer
from cogep_assist.edge.cookies import COOKIE

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(400)]
TEXT = "O adicional de férias corresponde a um terço da remuneração do mês."
QUESTION = "Quanto é o adicional de férias?"
T = TypeVar("T")
NAME, EMAIL = "Zuleide Assunção Brandão", "zuleide@exemplo.org.br"


@dataclass(frozen=True, slots=True)
class Cast:
    """Who takes part, by the cookie of each; the administrator comes by a first link."""

    link: str
    agent: str
    officer: str
    requester: str


def test_from_the_first_run_to_a_person_who_is_gone(
    page: Page,
    chromium: Browser,
    settings: Settings,
    database_url: URL,
    tmp_path: Path,
) -> None:
    holding = settings.model_copy(update={"reply_undo_seconds": 3, "data_dir": tmp_path})
    with served_site(holding) as site, working(holding, database_url):
        cast = _in_thread(_cast(database_url))
        _first_document(page, f"{site}/entrar?token={cast.link}", tmp_path)
        _in_thread(_open_to_all(database_url))
        hers = _window(chromium, site, cast.requester)
        agent = _window(chromium, site, cast.agent)
        officer = _window(chromium, site, cast.officer)
        ticket = _asks_and_opens_a_ticket(hers, site)
        _answers_with_a_cited_draft(agent, ticket)
        hers.goto(ticket)
        expect(hers.locator(".entry.reply")).to_contain_text(TEXT)
        hers.get_by_label("Muito bom").check()
        hers.get_by_role("button", name="Avaliar").click()
        expect(hers.get_by_text("Obrigado pela avaliação.")).to_be_visible()
        _asks_to_be_erased(hers, site)
        _is_erased(officer, site)
        agent.goto(f"{site}/clientes?q=Zuleide")
        expect(agent.get_by_text("Ninguém encontrado.")).to_be_visible()
        agent.goto(ticket)
        expect(agent.get_by_text("Zuleide")).to_have_count(0)
        expect(agent.get_by_text("hipopótamo")).to_have_count(0)
        hers.goto(f"{site}/chamados")
        expect(hers).to_have_url(re.compile("/entrar$"))


def _first_document(page: Page, link: str, folder: Path) -> None:
    """Bring the first document in, watch it, ask, open the source at its place."""
    file = folder / "Guia do adicional.txt"
    file.write_text(TEXT, encoding="utf-8")
    page.goto(link)
    page.get_by_role("button", name="Entrar no COGEP Assist").click()
    expect(page.get_by_text("A base está vazia")).to_be_visible()
    page.get_by_role("link", name="Enviar documento").click()
    page.get_by_label("Escolha arquivos").set_input_files(file)
    page.get_by_role("button", name="Enviar", exact=True).click()
    page.wait_for_url("**/conhecimento/fila")
    expect(page.locator(".job .pill")).to_have_text("concluída")
    page.goto(page.url.replace("/conhecimento/fila", "/perguntar"))
    _ask(page, QUESTION)
    expect(page.locator(".turn").last).to_contain_text("um terço da remuneração")
    page.locator(".turn").last.locator(".chip[data-source]").first.click()
    expect(page.locator("#fonte mark")).to_have_text(TEXT)


def _asks_and_opens_a_ticket(hers: Page, site: str) -> str:
    """Ask what nobody knows, and take the question to a person; return the ticket's address."""
    hers.goto(f"{site}/perguntar")
    _ask(hers, "Qual é a raiz quadrada do hipopótamo?")
    turn = hers.locator(".turn").last
    expect(turn).to_contain_text("Não encontrei isso na base.")
    turn.get_by_role("link", name="Abrir chamado com esta pergunta").click()
    hers.get_by_role("button", name="Abrir chamado").click()
    expect(hers.get_by_role("heading", name="aberto")).to_be_visible()
    hers.goto(f"{site}/chamados")
    hers.get_by_role("link", name="hipopótamo").click()
    hers.wait_for_url(f"{site}/chamados/*-*")
    hers.get_by_label("Escrever à equipe").fill(QUESTION)
    hers.get_by_role("button", name="Enviar").click()
    expect(hers.get_by_text("A mensagem foi enviada.")).to_be_visible()
    return hers.url


def _answers_with_a_cited_draft(agent: Page, ticket: str) -> None:
    """Take the ticket, send the draft, take it back, and send it once more."""
    agent.goto(ticket)
    agent.get_by_role("button", name="Assumir").click()
    expect(agent.get_by_text("O chamado é seu.")).to_be_visible()
    agent.get_by_role("link", name="Sugerir resposta").click()
    suggested = agent.locator("#sugestao")
    expect(suggested).to_contain_text("Guia do adicional")
    suggested.get_by_role("button", name="Editar").click()
    agent.get_by_role("button", name="Enviar e resolver").click()
    agent.get_by_role("button", name="Desfazer o envio").click()
    expect(agent.get_by_text("ninguém a recebeu")).to_be_visible()
    expect(agent.get_by_label("Resposta para")).to_have_value(re.compile(re.escape(TEXT)))
    agent.get_by_role("button", name="Enviar e resolver").click()
    expect(agent.get_by_text("ainda não saiu")).to_be_visible()
    # The worker lets it go, and the page hears of it.
    expect(agent.locator("#cabeca")).to_contain_text("Resolvido")
    expect(agent.get_by_text("ainda não saiu")).to_have_count(0)


def _asks_to_be_erased(hers: Page, site: str) -> None:
    hers.goto(f"{site}/privacidade")
    hers.locator("#direito").select_option("erasure")
    hers.get_by_label("Seu nome").fill(NAME)
    hers.get_by_label("Seu e-mail").fill(EMAIL)
    hers.get_by_role("button", name="Enviar o pedido").click()
    expect(hers.get_by_role("heading", name="Pedido recebido")).to_be_visible()


def _is_erased(officer: Page, site: str) -> None:
    """Prove who asks, look at the impact, type the protocol, wait for the certificate."""
    officer.goto(f"{site}/protecao-de-dados/pedidos")
    officer.get_by_role("link", name=re.compile("LGPD-")).first.click()
    officer.get_by_text("Conferir a identidade").click()
    officer.get_by_role("button", name="Registrar").click()
    officer.get_by_role("link", name="Ver o impacto da eliminação").click()
    officer.get_by_role("button", name="Calcular o impacto").click()
    officer.wait_for_url(f"{site}/protecao-de-dados/eliminacoes/*-*")
    expect(officer.get_by_role("table")).to_contain_text("Cadastro do cliente")
    protocol = re.search(r"ELIM-[\d-]+", officer.locator("h2").first.inner_text())
    assert protocol is not None
    officer.get_by_label("Protocolo").fill(protocol.group(0))
    officer.get_by_role("button", name="Confirmar").click()
    expect(officer.locator("#estado")).to_contain_text("concluída")
    officer.reload()
    expect(officer.get_by_role("heading", name="Certificado assinado")).to_be_visible()


def _ask(page: Page, question: str) -> None:
    turns = page.locator(".turn").count()
    page.locator("#pergunta").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator(".turn")).to_have_count(turns + 1)
    expect(page.locator(".turn[aria-busy]")).to_have_count(0)


def _window(chromium: Browser, site: str, cookie: str) -> Page:
    context = chromium.new_context(locale="pt-BR", viewport={"width": 1280, "height": 800})
    context.add_cookies([{"name": COOKIE, "value": cookie, "url": site}])
    opened = context.new_page()
    opened.set_default_timeout(60_000)
    return opened


async def _cast(url: URL) -> Cast:
    database = Database(url, pool_size=2)
    try:
        async with database.begin() as session:
            link = await create_sign_in_link(session, Role.ADMIN)
            agent = await person(session, "Bruno Araújo", Role.AGENT)
            officer = await person(session, "Davi Magalhães", Role.DPO)
            asks = await person(session, NAME, Role.REQUESTER)
            contact = ContactBody(kind=ContactKind.EMAIL, value=EMAIL)
            body = CustomerBody(kind=CustomerKind.PERSON, name=NAME, contacts=[contact])
            customer = await create_customer(session, agent, body)
            await session.execute(
                sa.update(User).where(User.id == asks.user_id).values(customer_id=customer.id)
            )
        cookies = [await session_of(database, who) for who in (agent, officer, asks)]
        return Cast(link, *cookies)
    finally:
        await database.close()


async def _open_to_all(url: URL) -> None:
    """Let requesters read what was brought in, as an administrator does in Ajustes."""
    database = Database(url, pool_size=1)
    try:
        async with database.begin() as session:
            await session.execute(sa.update(Collection).values(visibility=Visibility.PUBLIC))
    finally:
        await database.close()


def _in_thread(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine elsewhere: Playwright's event loop is the one of this thread."""
    with ThreadPoolExecutor(1) as elsewhere:
        return elsewhere.submit(lambda: asyncio.run(work)).result(60)
