"""Read a mailbox by IMAP (RFC 3501): in order of arrival, without marking what is not kept yet.

Blocks: each method runs in a thread. The server is the administrator's, and reached as a pinned
endpoint; what it says is bounded, and its messages are bytes and nothing more.
"""

import base64
import contextlib
import hashlib
import imaplib
import re
import selectors
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from cogep_assist.core.config import Settings
from cogep_assist.core.errors import AppError
from cogep_assist.integrations.pinned_socket import open_pinned

SECONDS = 60.0
PORTS = {"tls": 993, "starttls": 143, "none": 143}
BATCH_MESSAGES = 100
BATCH_BYTES = 16 * 1024 * 1024
IDLE_TAG = b"COGEP1"
# A server that says more than this at the end of an IDLE says it for its own sake.
IDLE_LINES = 10_000
STOP_LOOK_SECONDS = 1.0
_UID = re.compile(rb"\bUID (\d+)")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")
_VALIDITY = re.compile(rb"(\d+)")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that lies in the mailbox."""

    uid: int
    size: int


class Mailbox:
    """One session with the mailbox that the settings name."""

    def __init__(self, settings: Settings, context: ssl.SSLContext | None = None) -> None:
        assert settings.imap_host is not None
        self._settings = settings
        self._context = context or ssl.create_default_context()
        self._server: imaplib.IMAP4 | None = None

    @property
    def name(self) -> str:
        """What tells this mailbox from others, and nobody what it is."""
        chosen = self._settings
        told = f"{chosen.imap_host}\n{chosen.imap_user}\n{chosen.imap_folder}"
        return hashlib.sha256(told.encode()).hexdigest()[:32]

    def open(self) -> int:
        """Sign in and select the folder; return its UIDVALIDITY. Raises AppError("imap_...")."""
        chosen = self._settings
        with _failures_named():
            server = self._server = self._connected()
            if chosen.imap_security == "starttls":
                server.starttls(self._context)
            if chosen.imap_user is not None and chosen.imap_password is not None:
                _sign_in(server, chosen.imap_user, chosen.imap_password.get_secret_value())
            _select(server, chosen.imap_folder)
            _, found = server.response("UIDVALIDITY")
            validity = _VALIDITY.search(found[0]) if found and found[0] else None
            return int(validity[1]) if validity else 0

    def waiting(self, after: int) -> list[Waiting]:
        """Return what came after a UID, oldest first."""
        with _failures_named():
            # "n:*" names the last message even where it is older than n.
            rows = self._fetch(f"{after + 1}:*", "(UID RFC822.SIZE)")
        found = {}
        for row in rows:
            text = row if isinstance(row, bytes) else row[0]
            uid, size = _UID.search(text), _SIZE.search(text)
            if uid and size and int(uid[1]) > after:
                found[int(uid[1])] = Waiting(int(uid[1]), int(size[1]))
        return [found[uid] for uid in sorted(found)]

    def read(self, uids: Sequence[int]) -> dict[int, bytes]:
        """Return whole messages by UID; they stay unread."""
        with _failures_named():
            rows = self._fetch(",".join(map(str, uids)), "(UID BODY.PEEK[])")
        found = {}
        for place, row in enumerate(rows):
            if isinstance(row, tuple):
                # Some servers tell the UID before the text, others after it.
                following = rows[place + 1] if place + 1 < len(rows) else b""
                after = following if isinstance(following, bytes) else b""
                uid = _UID.search(row[0]) or _UID.search(after)
                if uid:
                    found[int(uid[1])] = row[1]
        return found

    def done(self, uids: Sequence[int]) -> None:
        """Mark messages as read, or delete them, as the settings say."""
        if not uids:
            return
        delete = self._settings.imap_after == "delete"
        flag = r"(\Deleted)" if delete else r"(\Seen)"
        with _failures_named():
            assert self._server is not None
            self._server.uid("STORE", ",".join(map(str, uids)), "+FLAGS.SILENT", flag)
            if delete:
                self._server.expunge()

    def can_idle(self) -> bool:
        """Tell whether the server tells of new mail by itself; it may say so after the sign-in."""
        with _failures_named():
            assert self._server is not None
            _, told = self._server.capability()
        return b"IDLE" in b" ".join(row for row in told if row).upper().split()

    def begin_idle(self) -> None:
        """Ask the server to tell of new mail (RFC 2177). From here on, it does."""
        with _failures_named():
            assert self._server is not None
            self._server.send(IDLE_TAG + b" IDLE\r\n")
            while not self._line().startswith(b"+"):
                pass

    def wait_idle(self, seconds: float, stopped: Callable[[], bool]) -> None:
        """Wait until the server tells of something, for some seconds at most, and end the IDLE."""
        with _failures_named():
            assert self._server is not None
            _wait_for_bytes(self._server.socket(), seconds, stopped)
            self._server.send(b"DONE\r\n")
            for _ in range(IDLE_LINES):
                if self._line().startswith(IDLE_TAG + b" "):
                    return
        raise AppError("imap_refused", reply="IDLE")

    def _line(self) -> bytes:
        assert self._server is not None
        line: bytes = self._server.readline()
        if not line or line.upper().startswith(b"* BYE"):
            raise AppError("imap_unavailable", reply="BYE")
        if line.startswith((IDLE_TAG + b" NO", IDLE_TAG + b" BAD")):
            raise AppError("imap_refused", reply="IDLE")
        return line

    def close(self) -> None:
        """Leave politely, or at all."""
        server, self._server = self._server, None
        if server is not None:
            try:
                server.logout()
            except (imaplib.IMAP4.error, OSError):
                with contextlib.suppress(OSError):
                    server.shutdown()

    def _connected(self) -> imaplib.IMAP4:
        chosen = self._settings
        host, port = chosen.imap_host or "", chosen.imap_port or PORTS[chosen.imap_security]
        if chosen.imap_security == "tls":
            return _PinnedTls(host, port, ssl_context=self._context, timeout=SECONDS)
        return _Pinned(host, port, timeout=SECONDS)

    def _fetch(self, uids: str, what: str) -> list[bytes | tuple[bytes, bytes]]:
        assert self._server is not None
        status, rows = self._server.uid("FETCH", uids, what)
        if status != "OK":
            raise AppError("imap_refused", reply=status)
        return [row for row in rows if row is not None]


def batches(waiting: Sequence[Waiting]) -> Iterator[list[Waiting]]:
    """Part messages into batches that are neither many nor large."""
    batch: list[Waiting] = []
    size = 0
    for message in waiting:
        if batch and (len(batch) >= BATCH_MESSAGES or size + message.size > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(message)
        size += message.size
    if batch:
        yield batch


def encoded_folder(name: str) -> str:
    """Return a folder's name as IMAP writes it: accents in modified UTF-7 (RFC 3501, 5.1.3)."""
    return re.sub(r"[^\x20-\x7e]+", _shifted, name.replace("&", "&-"))


def _shifted(found: re.Match[str]) -> str:
    sextets = base64.b64encode(found[0].encode("utf-16-be")).decode()
    return "&" + sextets.rstrip("=").replace("/", ",") + "-"


def _wait_for_bytes(link: socket.socket, seconds: float, stopped: Callable[[], bool]) -> None:
    deadline = time.monotonic() + seconds
    # Not select(), which knows no descriptor above 1023: beside many open pages there are such.
    with selectors.DefaultSelector() as watched:
        watched.register(link, selectors.EVENT_READ)
        while not stopped() and (left := deadline - time.monotonic()) > 0:
            if isinstance(link, ssl.SSLSocket) and link.pending():
                return
            if watched.select(min(left, STOP_LOOK_SECONDS)):
                return


class _Pinned(imaplib.IMAP4):
    def _create_socket(self, timeout: float | None) -> socket.socket:
        return open_pinned(self.host, self.port, timeout or SECONDS)


class _PinnedTls(imaplib.IMAP4_SSL):
    def _create_socket(self, timeout: float | None) -> ssl.SSLSocket:
        plain = open_pinned(self.host, self.port, timeout or SECONDS)
        context = self.ssl_context
        assert isinstance(context, ssl.SSLContext)
        return context.wrap_socket(plain, server_hostname=self.host)


def _sign_in(server: imaplib.IMAP4, user: str, password: str) -> None:
    try:
        if "AUTH=PLAIN" in server.capabilities:
            # RFC 4616: unlike LOGIN, it carries accents.
            server.authenticate("PLAIN", lambda _: f"\0{user}\0{password}".encode())
        else:
            server.login(user, password)
    except (imaplib.IMAP4.error, UnicodeEncodeError):
        # What the server says of it may repeat the user's name.
        raise AppError("imap_credentials_refused") from None


def _select(server: imaplib.IMAP4, folder: str) -> None:
    name = encoded_folder(folder)
    quoted = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    status, _ = server.select(quoted)
    if status != "OK":
        raise AppError("imap_folder_missing", folder=folder[:100])


@contextlib.contextmanager
def _failures_named() -> Iterator[None]:
    """Turn what goes wrong into an error that says whether another time may help."""
    try:
        yield
    except imaplib.IMAP4.abort as error:
        raise AppError("imap_unavailable", reply=type(error).__name__) from None
    except imaplib.IMAP4.error as error:
        raise AppError("imap_refused", reply=type(error).__name__) from None
    except OSError as error:
        raise AppError("imap_unavailable", reply=type(error).__name__) from None
