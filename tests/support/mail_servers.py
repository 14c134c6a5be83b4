"""A real IMAP server (Dovecot) and a real SMTP server (OpenSMTPD), as Debian ships them."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

USER, PASSWORD = "atendimento", "senha-de-teste"
DESK, PEOPLE = "orgao.test", "exemplo.test"
# Who owns the mailboxes: a user that every Debian has.
OWNER = "mail"
DOVECOT = """
base_dir = {folder}/run
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = {ssl}
ssl_cert = <{folder}/server.pem
ssl_key = <{folder}/server.pem
disable_plaintext_auth = no
mail_location = maildir:{folder}/boxes/%u
first_valid_uid = 1
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={owner} gid={owner} home={folder}/boxes/%u
}}
service imap-login {{
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
"""
SMTPD = """
listen on 127.0.0.1 port {port}
action "desk" maildir "{folder}/boxes/{user}" virtual {{ "@" = "{owner}" }}
action "people" maildir "{folder}/boxes/people" virtual {{ "@" = "{owner}" }}
match from any for domain "{desk}" action "desk"
match from any for domain "{people}" action "people"
"""


@dataclass(frozen=True)
class Imap:
    """A running IMAP server; ``box`` is the desk's mailbox, a Maildir."""

    port: int
    box: Path


@dataclass(frozen=True)
class Smtp:
    """A running SMTP server; ``people`` is where mail to anybody outside ends."""

    port: int
    people: Path


def need(*programs: str) -> None:
    """Skip where a program is missing, or the user may not run it; fail where it is required."""
    missing = [name for name in programs if _program(name) is None]
    reason = f"not installed: {', '.join(missing)}" if missing else ""
    if not reason and os.geteuid() != 0:
        reason = "mail servers run as root"
    if reason and os.environ.get("COGEP_TEST_MAIL") == "required":
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)


@contextmanager
def folder_for_all() -> Iterator[Path]:
    """Give a folder that other users can look into: servers give up root's rights."""
    folder = Path(tempfile.mkdtemp(prefix="cogep-mail-"))
    folder.chmod(0o755)
    _write_certificate(folder)
    boxes = folder / "boxes"
    boxes.mkdir()
    shutil.chown(boxes, OWNER, OWNER)
    for name in (USER, "people"):
        for part in ("", "tmp", "new", "cur"):
            (boxes / name / part).mkdir(exist_ok=True)
            shutil.chown(boxes / name / part, OWNER, OWNER)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def dovecot(folder: Path, *, tls: bool = True, port: int = 0, more: str = "") -> Iterator[Imap]:
    """Run Dovecot on a free port, or the given one, until the block ends.

    ``more``: further lines of its configuration.
    """
    port = port or _free_port()
    config = folder / "dovecot.conf"
    config.write_text(
        DOVECOT.format(
            folder=folder,
            port=port,
            owner=OWNER,
            password=PASSWORD,
            ssl="required" if tls else "no",
        )
        + more
    )
    with _running([str(_program("dovecot")), "-F", "-c", str(config)], port, folder):
        yield Imap(port, folder / "boxes" / USER)


@contextmanager
def opensmtpd(folder: Path) -> Iterator[Smtp]:
    """Run OpenSMTPD on a free port until the block ends."""
    port = _free_port()
    config = folder / "smtpd.conf"
    config.write_text(
        SMTPD.format(folder=folder, port=port, owner=OWNER, user=USER, desk=DESK, people=PEOPLE)
    )
    config.chmod(0o600)
    with _running([str(_program("smtpd")), "-d", "-f", str(config)], port, folder):
        yield Smtp(port, folder / "boxes" / "people")


def messages(box: Path, *, wanted: int, seconds: float = 20.0) -> list[bytes]:
    """Return the messages of a Maildir once there are so many of them."""
    deadline = time.monotonic() + seconds
    while True:
        found = sorted((*box.glob("new/*"), *box.glob("cur/*")))
        if len(found) >= wanted or time.monotonic() > deadline:
            return [path.read_bytes() for path in found]
        time.sleep(0.05)


@contextmanager
def _running(command: list[str], port: int, folder: Path) -> Iterator[None]:
    log = folder / f"{Path(command[0]).name}.out"
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, cwd=folder)
    try:
        deadline = time.monotonic() + 20
        while not _answers(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{command[0]}: {log.read_text('utf-8', 'replace')}")
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)


def _write_certificate(folder: Path) -> None:
    """Make a certificate of 127.0.0.1 that is its own authority."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False
        )
        .sign(key, hashes.SHA256())
    )
    public = certificate.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    (folder / "authority.pem").write_bytes(public)
    (folder / "server.pem").write_bytes(public + private)
    (folder / "server.pem").chmod(0o600)


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _program(name: str) -> str | None:
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
