"""TLS before a PostgreSQL that has none of its own, as libpq asks a server for it."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TLS = Path(__file__).parent / "tls"
AUTHORITY = TLS / "authority.pem"
CERTIFICATE = TLS / "server.pem"
_SSL_REQUEST = bytes.fromhex("0000000804d2162f")


class TlsFront:
    """What a front was spoken to in: how many clients came in TLS, and how many did not."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.in_tls = 0
        self.in_clear = 0


@contextmanager
def tls_front(
    server_port: int, *, certificate: Path = CERTIFICATE, asks_for_one: bool = False
) -> Iterator[TlsFront]:
    """Stand before the server on a port of one's own; the client may need one too."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    # In 1.3 a client learns of a refused certificate only after it believes to be in.
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    if asks_for_one:
        context.load_verify_locations(AUTHORITY)
        context.verify_mode = ssl.CERT_REQUIRED
    with socket.create_server(("127.0.0.1", 0)) as listener:
        front = TlsFront(listener.getsockname()[1])
        taker = threading.Thread(
            target=_take, args=(listener, context, server_port, front), daemon=True
        )
        taker.start()
        yield front
        # A listener that is closed under accept() may go on waiting: it is woken first.
        listener.shutdown(socket.SHUT_RDWR)
        taker.join()


def _take(
    listener: socket.socket, context: ssl.SSLContext, server_port: int, front: TlsFront
) -> None:
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        threading.Thread(
            target=_serve, args=(client, context, server_port, front), daemon=True
        ).start()


def _serve(
    client: socket.socket, context: ssl.SSLContext, server_port: int, front: TlsFront
) -> None:
    with contextlib.suppress(OSError), client:
        if client.recv(8, socket.MSG_WAITALL) != _SSL_REQUEST:
            front.in_clear += 1
            return
        client.sendall(b"S")
        front.in_tls += 1
        with (
            context.wrap_socket(client, server_side=True) as inside,
            socket.create_connection(("127.0.0.1", server_port)) as server,
        ):
            back = threading.Thread(target=_copy, args=(server, inside), daemon=True)
            back.start()
            _copy(inside, server)
            back.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(65_536):
            target.sendall(piece)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)
