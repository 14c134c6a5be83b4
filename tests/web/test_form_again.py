"""A form that was not taken comes back on its page: what was typed, and what is wrong beside it."""

from api import Api
from browser_session import HTML
from desk_client import PART
from lxml.html import HtmlElement, document_fromstring
from signed_in import Person

PEOPLE, WEBHOOKS = "/ajustes/pessoas", "/ajustes/webhooks"
OFFICER = "/protecao-de-dados/encarregado"


async def sent_wrong(person: Person, place: str, **typed: str) -> HtmlElement:
    """Send a form from its page, as a browser without a script does; give the page that came."""
    sent_from = {**HTML, "Referer": f"{person.client.base_url}{place}"}
    reply = await person.client.post(place, data=typed, headers=sent_from)
    assert reply.status_code == 422, reply.text
    return document_fromstring(reply.text)


def beside(page: HtmlElement, name: str) -> str:
    """Return what is said beside a field, and to who hears the page."""
    (field,) = (
        one
        for one in page.iter("input", "textarea", "select")
        if one.get("aria-invalid") and one.get("name") == name
    )
    notes = [page.get_element_by_id(one) for one in field.get("aria-describedby").split()]
    return " ".join(one.text_content() for one in notes if one.get("class") == "field-error")


async def test_a_form_comes_back_with_what_was_typed_and_what_is_wrong(
    api: Api, admin: Person
) -> None:
    # Refused by the use-case, by the shape of a field, and by a field that is left empty.
    people = await sent_wrong(
        admin,
        PEOPLE,
        email="sem arroba",
        nome="Íris Gonçalves",
        papel="dpo",
    )
    assert "e-mail não é válido" in beside(people, "email")
    (form,) = people.xpath("//form[@action='/ajustes/pessoas']")
    assert form.xpath(".//input[@name='nome']")[0].value == "Íris Gonçalves"
    assert form.xpath(".//select[@name='papel']")[0].value == "dpo"
    empty = await sent_wrong(admin, WEBHOOKS, nome="", endereco="")
    assert beside(empty, "nome") == beside(empty, "endereco") == "preencha este campo"
    assert "Falta preencher 2 campos." in empty.xpath("string(//*[@role='alert'])")
    assert {a.get("href") for a in empty.xpath("//*[@role='alert']//a")} == {"#nome", "#endereco"}
    events = await sent_wrong(
        admin,
        WEBHOOKS,
        nome="n8n",
        endereco="https://n8n.exemplo.gov.br",
    )
    assert beside(events, "eventos")
    assert events.xpath("//input[@name='nome']")[0].value == "n8n"
    # Refused before its handler saw it: the page is rendered by its own route.
    officer = await sent_wrong(
        admin,
        OFFICER,
        nome="Zélia <b>Ramos</b>",
        assinado="ontem",
        desde="2026-11-30",
        email="zelia@orgao.gov.br",
        ato="",
        conflito="a\n\nb",
    )
    assert beside(officer, "assinado")
    assert beside(officer, "ato") == "preencha este campo"
    (form,) = officer.xpath("//form[@action='/protecao-de-dados/encarregado']")
    assert form.xpath(".//input[@name='nome']")[0].value == "Zélia <b>Ramos</b>"
    assert form.xpath(".//textarea")[0].value.strip("\n") == "a\n\nb"
    assert not officer.xpath("//b[text()='Ramos']")


async def test_a_page_is_known_however_its_address_is_written(api: Api, admin: Person) -> None:
    referer = f"{admin.client.base_url}{OFFICER.replace('protecao', 'prote%63ao')}"
    wrong = {"assinado": "ontem"}
    reply = await admin.client.post(OFFICER, data=wrong, headers={**HTML, "Referer": referer})
    assert beside(document_fromstring(reply.text), "assinado")


async def test_what_has_no_page_of_its_own_is_told_as_before(
    api: Api, admin: Person, agent: Person
) -> None:
    wrong = {"assinado": "ontem"}
    place = OFFICER
    own = {"Referer": f"{admin.client.base_url}{place}"}
    for referer in (
        "",
        "http://outro.exemplo/x",
        f"{admin.client.base_url}/ajustes",
        "http://[",
        f"{admin.client.base_url}{place}/nada",
    ):
        reply = await admin.client.post(place, data=wrong, headers={**HTML, "Referer": referer})
        assert reply.status_code == 422
        assert 'name="assinado"' not in reply.text
        assert "deve ser uma data que exista" in reply.text
    # Nobody sees by a form's return a page that is not theirs.
    refused = await agent.client.post(place, data=wrong, headers=HTML | own)
    assert refused.status_code in (403, 404)
    assert 'name="assinado"' not in refused.text
    # A part of a page stays as it is; the card names the field for the script.
    part = await admin.client.post(place, data=wrong, headers=PART | own)
    assert 'data-fields="[{' in part.text
    assert "<html" not in part.text


async def test_a_session_that_ends_in_the_middle_is_told_where_one_enters(api: Api) -> None:
    nobody = api.anonymous()
    led = await nobody.post("/chamados/novo", headers=PART)
    assert (led.status_code, led.headers["HX-Redirect"]) == (401, "/entrar")
    entry = await nobody.get("/entrar", headers=HTML)
    assert "O que você escreveu continua neste navegador" in entry.text
