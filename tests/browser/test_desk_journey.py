"""A ticket in a real browser: asked, taken, answered with a cited draft, resolved, rated."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from browser_people import session_of
from desk_sample import DeskSample, fill_desk
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy.engine import URL

from cogep_assist.core.db import Database
from cogep_assist.edge.cookies import COOKIE

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# As a browser does where somebody pastes a picture.
PRINT = "() => { window.print = () => { onPaper = document.documentElement.className; }; }"
PASTE = """() => {
  const clipboard = new DataTransfer();
  const bytes = Uint8Array.from([137, 80, 78, 71, 13, 10, 26, 10, 0]);
  clipboard.items.add(new File([bytes], 'tela.png', { type: 'image/png' }));
  const told = { clipboardData: clipboard, bubbles: true, cancelable: true };
  document.getElementById('texto').dispatchEvent(new ClipboardEvent('paste', told));
}"""
SENTENCE = "As férias dos servidores são de trinta dias por ano."


def test_from_the_question_to_the_rating(
    page: Page, chromium: Browser, site: str, database_url: URL
) -> None:
    _, agents, requesters = _prepared(database_url)
    page.context.add_cookies([{"name": COOKIE, "value": agents, "url": site}])
    asking = chromium.new_context(locale="pt-BR")
    asking.add_cookies([{"name": COOKIE, "value": requesters, "url": site}])
    hers = asking.new_page()
    hers.goto(f"{site}/chamados/novo")
    hers.get_by_label("Assunto").fill("Dias de férias")
    hers.get_by_label("O que aconteceu").fill("Quantos dias de férias têm os servidores?")
    hers.get_by_role("button", name="Abrir chamado").click()
    hers.wait_for_url(f"{site}/chamados/*-*")

    # By the keyboard: the newest ticket of the list, taken.
    page.goto(f"{site}/chamados")
    expect(page.locator("#contagem-abertos")).to_have_text("6")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Dias de férias")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site}/chamados/*-*")
    page.keyboard.press("a")
    expect(page.get_by_text("O chamado é seu.")).to_be_visible()
    expect(page.locator("#lado")).to_contain_text("Bruno Araújo")

    _seldom_acts(page)

    # Live: what she adds is there without asking, and what is typed stays.
    page.get_by_label("Resposta para").fill("Olá, Carla!")
    hers.get_by_label("Escrever à equipe").fill("É para o planejamento.")
    hers.get_by_role("button", name="Enviar").click()
    expect(hers.get_by_text("A mensagem foi enviada.")).to_be_visible()
    expect(page.locator("#linha")).to_contain_text("É para o planejamento.")
    expect(page.get_by_label("Resposta para")).to_have_value("Olá, Carla!")
    # What came in meanwhile is read before the reply goes.
    told = page.locator("#chegou")
    expect(told).to_contain_text("Chegou uma mensagem enquanto você escrevia")
    told.get_by_role("button", name="Já li").click()
    expect(told).to_have_count(0)

    # She asks again, so that the draft has a question to answer.
    hers.get_by_label("Escrever à equipe").fill("Quantos dias de férias têm os servidores?")
    hers.get_by_role("button", name="Enviar").click()
    expect(page.locator("#linha article")).to_have_count(3)
    told.get_by_role("button", name="Já li").click()
    page.get_by_role("link", name="Sugerir resposta").click()
    suggested = page.locator("#sugestao")
    expect(suggested).to_contain_text("Manual de férias")
    suggested.get_by_role("button", name="Editar").click()
    expect(page.get_by_label("Resposta para")).to_have_value(
        re.compile(re.escape(f"{SENTENCE} [1]"))
    )
    # :: brings a ready text, ?? a passage with its source, and a pasted picture is attached.
    reply = page.get_by_label("Resposta para")
    sources = page.locator('#redigir [name="fonte"]')
    before = sources.count()
    reply.press("Control+End")
    reply.press_sequentially(" ::saud")
    page.get_by_role("button", name="Saudação").click()
    expect(reply).not_to_have_value(re.compile("::"))
    reply.press_sequentially(" ??dias de férias")
    page.locator(".names button").first.click()
    expect(reply).not_to_have_value(re.compile(r"\?\?"))
    expect(sources).to_have_count(before + 1)
    page.evaluate(PASTE)
    assert page.evaluate("document.getElementById('arquivos').files.length") == 1
    page.get_by_role("button", name="Enviar e resolver").click()
    expect(page.get_by_text("A resposta foi enviada.")).to_be_visible()
    expect(page.locator("#cabeca")).to_contain_text("Resolvido")
    expect(page.locator(".entry.reply")).to_contain_text("Manual de férias")

    hers.reload()
    expect(hers.locator(".entry.reply")).to_contain_text(SENTENCE)
    hers.get_by_label("Muito bom").check()
    hers.get_by_role("button", name="Avaliar").click()
    expect(hers.get_by_text("Obrigado pela avaliação.")).to_be_visible()
    expect(page.locator("#lado")).to_contain_text("Muito bom")
    asking.close()


def test_a_card_goes_where_it_may_by_mouse_and_by_form(
    page: Page, site: str, database_url: URL
) -> None:
    sample, agents, _ = _prepared(database_url)
    page.context.add_cookies([{"name": COOKIE, "value": agents, "url": site}])
    page.goto(f"{site}/chamados?modo=quadro")
    card = f'[data-ticket="{sample.tickets[1]}"]'
    _drag(page, card, "resolved", page.locator(f'[data-status="resolved"] {card}'))
    # Waiting asks on whom: the drop opens the form, and Escape leaves all as it was.
    other = f'[data-ticket="{sample.tickets[4]}"]'
    dialog = page.locator("#ato")
    _drag(page, other, "waiting", dialog.get_by_label("Novo estado"))
    expect(dialog.get_by_label("Novo estado")).to_have_value("waiting")
    page.keyboard.press("Escape")
    expect(page.locator(f'[data-status="new"] {other}')).to_be_visible()
    page.locator(other).get_by_role("link", name="Mover").click()
    dialog.get_by_label("Novo estado").select_option("waiting")
    dialog.get_by_role("button", name="Mudar").click()
    expect(page.locator(f'[data-status="waiting"] {other}')).to_be_visible()


def test_many_are_changed_at_once_by_mouse_by_key_and_on_a_phone(
    page: Page, site: str, database_url: URL
) -> None:
    _, agents, _ = _prepared(database_url)
    page.context.add_cookies([{"name": COOKIE, "value": agents, "url": site}])
    page.goto(f"{site}/chamados?visao=todos")
    counted = page.locator("[data-ticked]")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(counted).to_have_text("1 chamado marcado")
    ticks = page.locator("td .tick")
    ticks.nth(3).click(modifiers=["Shift"])
    every = ticks.count()
    page.set_viewport_size({"width": 360, "height": 740})
    page.get_by_label("Marcar todos desta página").check()
    expect(counted).to_have_text(f"{every} chamados marcados")
    # What writes to people is asked about first, and named; no answer changes nothing.
    page.get_by_label("Com os marcados").select_option("move:resolved")
    page.get_by_role("button", name="Aplicar").click()
    asked = page.get_by_role("dialog", name=f"Resolvido: mudar {every} chamados?")
    asked.get_by_role("button", name="Cancelar").click()
    page.get_by_label("Com os marcados").select_option("priority:urgent")
    page.get_by_role("button", name="Aplicar").click()
    expect(page.get_by_text(re.compile(r"Feito em \d chamados"))).to_be_visible()


def _seldom_acts(page: Page) -> None:
    """Open the menu by the keyboard, an act of it in a dialog, and come back; print."""
    menu = page.get_by_text("Mais ações")
    menu.press("Enter")
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="Alterar os campos")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#ato-cliente")).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu).to_be_focused()
    page.evaluate(PRINT)
    menu.press("Enter")
    page.get_by_role("button", name="Imprimir com notas internas").click()
    assert page.evaluate("onPaper") == "js print-internal"
    menu.press("Enter")
    page.get_by_role("button", name="Imprimir", exact=True).click()
    assert page.evaluate("onPaper") == "js"
    _wrong_in_a_dialog(page)


def _wrong_in_a_dialog(page: Page) -> None:
    """Send a wrong form: it is told in the dialog, which lies over the notices, and marked."""
    # In a context whose console may complain: a browser remarks on every refusal there.
    browser = page.context.browser
    assert browser is not None
    refused = browser.new_context(storage_state=page.context.storage_state())
    mine = refused.new_page()
    mine.goto(page.url)
    mine.get_by_text("Mais ações").click()
    mine.get_by_role("link", name="Alterar os campos").click()
    customer = mine.locator("#ato-cliente")
    customer.fill("Ninguém que se conheça")
    mine.get_by_role("button", name="Guardar", exact=True).click()
    expect(mine.get_by_role("dialog").get_by_role("alert")).to_contain_text("“Cliente”")
    expect(customer).to_have_attribute("aria-invalid", "true")
    expect(customer).to_be_focused()
    expect(customer).to_have_value("Ninguém que se conheça")
    refused.close()


def _drag(page: Page, card: str, column: str, seen: Locator) -> None:
    """Drag a card into the middle of a column; a busy machine may let go of it on the way."""
    for _ in range(3):
        page.drag_and_drop(f"{card} .soft", f'.column[data-status="{column}"]')
        with suppress(AssertionError):
            expect(seen).to_be_visible(timeout=8_000)
            return
    expect(seen).to_be_visible()


def _prepared(url: URL) -> tuple[DeskSample, str, str]:
    """Fill a desk and open sessions of its agent and its requester."""

    async def prepare() -> tuple[DeskSample, str, str]:
        database = Database(url, pool_size=2)
        try:
            sample = await fill_desk(database)
            return (
                sample,
                await session_of(database, sample.agent),
                await session_of(database, sample.requester),
            )
        finally:
            await database.close()

    # In a thread: Playwright's event loop is the one of this thread.
    with ThreadPoolExecutor(1) as elsewhere:
        return elsewhere.submit(lambda: asyncio.run(prepare())).result(60)
