"""``cogep lgpd receipt``: check a receipt without the network, and show the key that checks it."""

import base64
import hashlib
import json
from pathlib import Path
from typing import Annotated, Any

import typer

from cogep_assist.cli.console import out, print_json, safe
from cogep_assist.cli.context import settings_for
from cogep_assist.cli.options import AsJson, DataDir
from cogep_assist.core import secret_key, signing
from cogep_assist.core.errors import AppError
from cogep_assist.lgpd_service.requests.receipts import SIGNED_KIND

app = typer.Typer(help="Confere comprovantes e mostra a chave pública.", no_args_is_help=True)
MAX_BYTES = 5 * 1024 * 1024


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(metavar="ARQUIVO", help="O comprovante, em JSON.")],
    key: Annotated[
        Path | None,
        typer.Option(
            "--key", metavar="ARQUIVO", help="Chave pública, salva de /lgpd/receipts/key."
        ),
    ] = None,
    json_: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Confere a assinatura de um comprovante; sai com 1 se ela não confere.

    Sem --key vale a chave desta instalação: a que vem no próprio arquivo não prova nada.
    """
    document = _read(file, "receipt_unreadable")
    trusted = _trusted(key, data_dir)
    fields = signing.check_document(SIGNED_KIND, document, trusted)
    told = {
        "valid": fields is not None,
        "number": document.get("number"),
        "key_id": signing.key_id(trusted),
        "signed_by": (document.get(signing.SIGNATURE) or {}).get("key_id"),
        "sha256": fields and hashlib.sha256(signing.canonical(fields)).hexdigest(),
    }
    if json_:
        print_json(told)
    elif fields is not None:
        out().print(f"Confere: {safe(str(told['number']))}, chave {told['key_id']}.", markup=False)
        out().print(f"SHA-256 {told['sha256']}", markup=False)
    else:
        out().print("Não confere: o arquivo foi alterado, ou foi assinado com outra chave.")
        out().print(
            f"Chave usada aqui: {told['key_id']}; chave citada no arquivo: "
            f"{safe(str(told['signed_by']))}.",
            markup=False,
        )
    if fields is None:
        raise typer.Exit(1)


@app.command("key")
def key_(json_: AsJson = False, data_dir: DataDir = None) -> None:
    """Mostra a chave pública desta instalação, para publicar e guardar."""
    secret_key.load(settings_for(data_dir))
    raw = signing.public_key()
    told = {
        "algorithm": signing.ALGORITHM,
        "kind": SIGNED_KIND,
        "key_id": signing.key_id(raw),
        "public_key": base64.b64encode(raw).decode(),
    }
    if json_:
        print_json(told)
        return
    for name, value in told.items():
        out().print(f"{name}: {value}", markup=False)


def _trusted(key: Path | None, data_dir: Path | None) -> bytes:
    if key is None:
        secret_key.load(settings_for(data_dir))
        return signing.public_key()
    try:
        raw = base64.b64decode(_read(key, "public_key_unreadable")["public_key"], validate=True)
    except (KeyError, TypeError, ValueError):
        raise AppError("public_key_unreadable", name=key.name) from None
    if len(raw) != 32:
        raise AppError("public_key_unreadable", name=key.name)
    return raw


def _read(file: Path, code: str) -> dict[str, Any]:
    try:
        with file.open("rb") as opened:
            content = json.loads(opened.read(MAX_BYTES))
    except (OSError, ValueError, RecursionError):
        raise AppError(code, name=file.name) from None
    if not isinstance(content, dict):
        raise AppError(code, name=file.name)
    return content
