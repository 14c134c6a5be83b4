"""The first minutes of a curator: an empty base, a file, its way in, questions, and a ticket."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.engine import URL
from working import working

from cogep_assist.core.access import create_sign_in_link
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.models import Role

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]
TEXT = "O adicional de férias corresponde a um terço da remuneração do mês."


def test_from_an_empty_base_to_a_ticket(
    page: Page, site: str, settings: Settings, database_url: URL, tmp_path: Path
) -> None:
    file = tmp_path / "Guia do adicional.txt"
    file.write_text(TEXT, encoding="utf-8")
    with working(settings, database_url):
        page.goto(f"{site}/entrar?token={_link(database_url)}")
        page.get_by_role("button", name="Entrar no COGEP Assist").click()
        expect(page.get_by_text("A base está vazia")).to_be_visible()
        page.get_by_role("link", name="Enviar documento").click()
        page.get_by_label("Escolha arquivos").set_input_files(file)
        expect(page.locator("#escolhidos")).to_contain_text("Guia do adicional.txt")
        page.get_by_role("button", name="Enviar", exact=True).click()
        page.wait_for_url("**/conhecimento/fila")
        expect(page.get_by_text("1 documento está na fila.")).to_be_visible()
        # The page follows the job by itself until it is in the base.
        expect(page.locator(".job .pill")).to_have_text("concluída")
        expect(page.locator(".job .stages li.done")).to_have_count(6)

        page.keyboard.press("g")
        page.keyboard.press("p")
        page.wait_for_url("**/perguntar")
        page.locator(".suggestions button").first.click()
        page.wait_for_url("**/conversas/*")
        _ask(page, "Quanto é o adicional de férias?")
        expect(page.locator(".turn").last).to_contain_text("um terço da remuneração")
        chip = page.locator(".turn").last.locator(".chip[data-source]").first
        chip.hover()
        expect(page.locator(".turn").last.locator(".hover-card").first).to_be_visible()
        chip.click()
        expect(page.locator("#fonte mark")).to_have_text(TEXT)
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Ajudou", exact=True).last.click()
        expect(page.get_by_text("Você disse que esta resposta ajudou.")).to_be_visible()

        _ask(page, "Qual é a raiz quadrada do hipopótamo?")
        last = page.locator(".turn").last
        expect(last).to_contain_text("Não encontrei isso na base.")
        last.get_by_role("link", name="Abrir chamado com esta pergunta").click()
        expect(page.get_by_label("O que você precisa")).to_have_value(
            "Qual é a raiz quadrada do hipopótamo?"
        )
        page.get_by_role("button", name="Abrir chamado").click()
        expect(page.get_by_role("heading", name="aberto")).to_be_visible()


def _ask(page: Page, question: str) -> None:
    turns = page.locator(".turn").count()
    page.locator("#pergunta").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator(".turn")).to_have_count(turns + 1)
    expect(page.locator(".turn[aria-busy]")).to_have_count(0)


def _link(url: URL) -> str:
    async def make() -> str:
        database = Database(url, pool_size=1)
        try:
            async with database.begin() as session:
                return await create_sign_in_link(session, Role.ADMIN)
        finally:
            await database.close()

    # In a thread: Playwright's event loop is the one of this thread.
    with ThreadPoolExecutor(1) as elsewhere:
        return elsewhere.submit(lambda: asyncio.run(make())).result(60)
