"""A session that is over leads to the sign-in and from there back to where the person was."""

from accounts import PASSWORD, make_user
from api import Api
from browser_session import stranger

from cogep_assist.edge.cookies import COOKIE
from cogep_assist.web.way_back import COOKIE as WAY_BACK

EMAIL = "mariana.conceição@órgão.gov.br"
ASKED = "/chamados?visao=meus&etiqueta=f%C3%A9rias"


async def signed_in_at(ana, **fields: str) -> str:
    """Sign in and return where that leads."""
    reply = await ana.client.post("/entrar", data={"email": EMAIL, "senha": PASSWORD, **fields})
    assert reply.status_code == 303
    return reply.headers["location"]


async def test_signing_in_leads_back_to_the_page_the_part_and_the_form(api: Api) -> None:
    await make_user(api, EMAIL)
    ana = await stranger(api)
    assert (await ana.get(ASKED)).headers["location"] == "/entrar"
    assert await signed_in_at(ana) == ASKED
    assert WAY_BACK not in ana.client.cookies
    # A part that HTMX asks for, and a form, belong to the page that holds them.
    host = str(ana.client.base_url).rstrip("/")
    ana.client.cookies.delete(COOKIE)
    headers = {"HX-Request": "true", "HX-Current-URL": f"{host}/clientes?q=Jo%C3%A3o"}
    part = await ana.client.get("/chamados/contagens", headers=headers)
    assert (part.status_code, part.headers["hx-redirect"]) == (401, "/entrar")
    assert await signed_in_at(ana) == "/clientes?q=Jo%C3%A3o"
    ana.client.cookies.delete(COOKIE)
    late = await ana.client.post(
        "/chamados/novo", data={"assunto": "Férias"}, headers={"Referer": f"{host}/chamados/novo"}
    )
    assert late.status_code == 401
    assert "o que você escreveu continua neste navegador" in late.text
    assert await signed_in_at(ana) == "/chamados/novo"


async def test_nobody_is_led_to_another_site(api: Api) -> None:
    await make_user(api, EMAIL)
    host = str(api.anonymous().base_url).rstrip("/")
    for sent in (
        "https://outro.example/chamados",
        f"{host}.outro.example/chamados",
        f"{host}//outro.example",
        f"{host}/\\outro.example",
        f"{host}/entrar?token=x",
        f"{host}/sair",
        f"{host}/" + "a" * 600,
        "javascript:alert(1)",
        "http://[",
    ):
        ana = await stranger(api)
        headers = {"HX-Request": "true", "HX-Current-URL": sent}
        await ana.client.get("/chamados/contagens", headers=headers)
        assert WAY_BACK not in ana.client.cookies, sent
    for planted in ("//outro.example", "/\\outro.example"):
        ana = await stranger(api)
        ana.client.cookies.set(WAY_BACK, planted)
        assert await signed_in_at(ana) == "/perguntar", planted
