"""What a requester sees, and who has only a protocol and its code."""

from api import Api
from browser_session import stranger, words
from desk_client import detail, opened, page, send
from signed_in import Person, sign_in

from cogep_assist.core.models import Role


async def test_a_requester_sees_answers_and_rates_their_own_alone(
    api: Api, agent: Person, requester: Person
) -> None:
    carla = await sign_in(api, "Carla de Outro Órgão", Role.REQUESTER)
    theirs = await opened(carla, "De outra pessoa")
    made = await send(
        requester, "/chamados/novo", assunto="Férias", texto="Como marco?", urgencia="high"
    )
    here = made.headers["location"]
    assert "De outra pessoa" not in await page(requester, "/chamados")
    await page(requester, f"/chamados/{theirs['id']}", 404)
    ticket_id = here.rpartition("/")[2]
    await send(agent, f"{here}/escrever", tipo="resposta", texto="Pelo sistema.")
    await send(agent, f"{here}/escrever", tipo="nota", texto="Segredo da equipe.")
    shown = words(await page(requester, here))
    assert "Pelo sistema." in shown
    assert "Segredo" not in shown
    assert "Bruno Araújo" not in shown
    assert (await send(requester, f"{here}/avaliar", nota="5")).status_code == 409
    for closed in ("assumir", "alterar", "mesclar", "acoes/mover", "presenca"):
        reply = await send(requester, f"{here}/{closed}")
        assert reply.status_code in {403, 405}, closed
    await send(agent, f"{here}/estado", para="resolved")
    assert "Como foi o atendimento?" in words(await page(requester, here))
    rated = await send(requester, f"{here}/avaliar", nota="4", comentario="Bom.")
    assert rated.headers["location"] == here
    assert "Você avaliou: Bom" in words(await page(requester, here))
    assert (await send(carla, f"{here}/escrever", texto="Oi")).status_code == 404
    again = await send(requester, f"{here}/escrever", texto="Voltou a acontecer.")
    assert again.headers["location"] == here
    assert (await detail(agent, {"id": ticket_id}))["status"] == "open"


async def test_the_status_page_is_open_to_the_protocol_and_its_code_alone(
    api: Api, agent: Person
) -> None:
    ticket = await opened(agent, "Crachá perdido")
    ana = await stranger(api)
    assert (await ana.get("/acompanhar")).status_code == 200
    proof = {"protocolo": ticket["protocol"], "codigo": ticket["proof"].lower()}
    await send(agent, f"/chamados/{ticket['id']}/escrever", tipo="nota", texto="Só entre nós.")
    shown = await ana.client.post("/acompanhar", data=proof)
    assert shown.status_code == 200
    assert "Crachá perdido" in words(shown.text)
    assert "Só entre nós." not in shown.text
    assert "Como foi o atendimento?" not in shown.text
    early = await ana.client.post("/acompanhar/avaliar", data=proof | {"nota": "5"})
    assert early.status_code == 409
    await send(agent, f"/chamados/{ticket['id']}/estado", para="resolved")
    assert "Como foi o atendimento?" in (await ana.client.post("/acompanhar", data=proof)).text
    rated = await ana.client.post("/acompanhar/avaliar", data=proof | {"nota": "2"})
    assert "Obrigado" in words(rated.text)
    assert (await detail(agent, ticket))["rating"]["score"] == 2
    for wrong in (proof | {"codigo": "AAAAAAAAAA"}, proof | {"protocolo": "2026.999999-9"}, {}):
        refused = await ana.client.post("/acompanhar", data=wrong)
        assert refused.status_code == 404
        assert "Crachá" not in refused.text
    assert (
        await ana.client.post("/acompanhar", data=proof, headers={"Origin": "https://x.example"})
    ).status_code == 403
