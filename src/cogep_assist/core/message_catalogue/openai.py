"""Messages of the doors that speak as OpenAI's do, and of MCP."""

from cogep_assist.core.message import Message

MESSAGES: dict[str, Message] = {
    "openai_unknown_parameter": Message(
        400, "O parâmetro “{param}” não existe.", "Retire-o do pedido."
    ),
    "openai_unsupported_parameter": Message(
        400,
        "O parâmetro “{param}” não é aceito aqui.",
        "Retire-o: as respostas vêm só dos documentos, sem ferramentas nem ajustes do modelo.",
    ),
    "openai_unsupported_value": Message(
        400,
        "O valor de “{param}” não é aceito aqui.",
        "Envie e receba texto: mensagens de system, developer, user e assistant.",
    ),
    "openai_invalid_value": Message(
        400, "O valor de “{param}” não serve: {reason}.", "Corrija o pedido e envie de novo."
    ),
    "openai_model_not_found": Message(
        404,
        "O modelo “{model}” não existe, ou não está ao seu alcance.",
        "Use “cogep”, ou um dos que GET /v1/models mostra.",
    ),
    "openai_path_unknown": Message(
        404,
        "Abaixo de /v1 não há este endereço: aqui se pergunta em /v1/chat/completions.",
        "No cliente, escolha “chat completions” em vez de “responses”, “completions” ou "
        "“embeddings”; as coleções estão em /v1/models.",
    ),
    "mcp_tool_unknown": Message(
        404, "A ferramenta “{tool}” não existe.", "Veja as que há com tools/list."
    ),
    "mcp_resource_unknown": Message(
        404,
        "Este recurso não existe, ou não está ao seu alcance.",
        "Use um endereço cogep://documents/ID, com o document_id de uma busca.",
    ),
}
