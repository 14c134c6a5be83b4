"""Nothing reaches a model but through the privacy gateway: a census of the source."""

import ast
from collections.abc import Iterator

import pytest
from source_trees import SOURCE, nodes, source_trees

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import ModelKind, ModelProvider
from cogep_assist.integrations.privacy_gateway import ModelService, admit, open_channel
from cogep_assist.integrations.transfer_log import Transfer

GATEWAY = "integrations/privacy_gateway.py"
DOCTOR = "integrations/local_models.py"
# Who may open connections to one endpoint, and what for; models are the gateway's alone.
PINNED = {
    GATEWAY: "chat, embeddings and reranking",
    DOCTOR: "asks for lists of models, sends no text",
    "integrations/oidc.py": "signs people in",
    "integrations/pinned_socket.py": "reaches the mail servers",
    "integrations/otel.py": "sends traces, which hold no text of anybody's",
    "integrations/http.py": "is the guarded client itself",
    "integrations/http_policy.py": "is the guarded client itself",
    "integrations/http_transport.py": "is the guarded client itself",
}
# Where a model's address or key may be read; every other place is given a channel.
ADDRESSES = {
    "llm_url": {"integrations/llm.py"},
    "llm_api_key": {"integrations/llm.py"},
    "embed_url": {"integrations/embedder.py"},
    "embed_api_key": {"integrations/embedder.py"},
    "rerank_url": {"integrations/reranker.py"},
    "rerank_api_key": {"integrations/reranker.py"},
}
# Asked only whether they are set; the doctor opens a port to the embedder and sends nothing.
ASKED_WHETHER_SET = {
    "core/diagnosis/machine.py",
    "core/config.py",
}
SDKS = {
    "openai", "anthropic", "litellm", "langchain", "llama_index", "cohere", "ollama", "mistralai",
    "google", "transformers", "sentence_transformers", "huggingface_hub", "groq", "together",
}  # fmt: skip


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path, tree in source_trees():
        yield path.as_posix(), tree


def used(tree: ast.Module) -> Iterator[str]:
    for node in nodes(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.ImportFrom | ast.Import):
            yield from (alias.name for alias in node.names)


def test_only_the_gateway_opens_ways_to_models() -> None:
    opening = {
        name
        for name, tree in modules()
        if {"policy_for_pinned", "transport_for_pinned"} & set(used(tree))
    }
    assert opening <= set(PINNED), f"opens a way of its own: {opening - set(PINNED)}"
    assert {GATEWAY, DOCTOR} <= opening
    making = {name for name, tree in modules() if "ModelChannel" in _called(tree)}
    assert making == {GATEWAY}


def test_a_models_address_and_key_are_read_where_a_channel_is_asked_for() -> None:
    readers: dict[str, set[str]] = {name: set() for name in ADDRESSES}
    for name, tree in modules():
        for node in nodes(tree):
            if isinstance(node, ast.Attribute) and node.attr in ADDRESSES:
                readers[node.attr].add(name)
    for setting, places in readers.items():
        assert places - ASKED_WHETHER_SET == ADDRESSES[setting], setting
        for place in places - ASKED_WHETHER_SET:
            assert "open_channel" in set(used(ast.parse((SOURCE / place).read_text("utf-8"))))


def test_every_channel_is_admitted_and_every_sending_recorded() -> None:
    tree = ast.parse((SOURCE / GATEWAY).read_text("utf-8"))
    functions = {
        node.name: node
        for node in nodes(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert isinstance(functions["open_channel"].body[1], ast.Expr), "admission comes first"
    assert "admit" in set(used(ast.Module(functions["open_channel"].body[1:2], [])))
    for sending in ("stream", "send"):
        first = functions[sending].body[1]
        assert "_prepared" in set(used(ast.Module([first], []))), f"{sending} prepares first"
    # Admitted, then hidden, then written down; only what was hidden is built into a request.
    steps = [set(used(ast.Module([step], []))) for step in functions["_prepared"].body[1:]]
    assert "_admission" in steps[0]
    assert "_hidden" in steps[1]
    assert {"build", "hidden"} <= steps[2]
    assert "record" in steps[3]


def test_what_is_not_own_never_leaves_without_a_guard() -> None:
    """Prove it of every way to build a channel: no guard, no external service."""
    for kind in ModelKind:
        for provider in (None, ModelProvider.EXTERNAL):
            service = ModelService(kind, "https://api.exemplo.com/v1", "m", provider)
            with pytest.raises(AppError):
                admit(service, None)
            with pytest.raises(AppError):
                open_channel(service, _Nobody())


def test_no_vendors_library_is_there_to_be_used() -> None:
    for name, tree in modules():
        for node in nodes(tree):
            imported = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                imported = [node.module]
            roots = {one.partition(".")[0] for one in imported}
            assert not roots & SDKS, f"{name} imports {roots & SDKS}"


class _Nobody:
    async def record(self, transfer: Transfer) -> None:
        raise AssertionError("nothing may leave")


def _called(tree: ast.Module) -> set[str]:
    return {
        node.func.id
        for node in nodes(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
