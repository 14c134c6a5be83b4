"""The address of the administrator's own PostgreSQL: one server, a socket, or several in turn.

Inside, an address has one form whichever way it was written: one server by name stands in the
address itself; a socket's folder, and several servers, stand in the query as libpq reads them
(``host=a,b&port=5432,5433``), which psycopg, SQLAlchemy and PostgreSQL's own programs all take.
"""

import re
from collections.abc import Mapping
from urllib.parse import unquote

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from cogep_assist.core.errors import AppError

USUAL_PORT = 5432
POSTGRES_FIELDS = ("user", "password", "db", "host", "port")
_LOCAL = {"localhost", "127.0.0.1", "::1"}
_PARTS = re.compile(r"(?P<scheme>[^:/?#]+://)(?P<login>[^@]*@)?(?P<servers>[^/?#]*)(?P<rest>.*)")
_SERVER = re.compile(r"(?P<host>\[[^\]]+\]|[^:\[\]]*)(?::(?P<port>\d*))?")
# Where there are several, the one that takes writes is meant: a standby serves nothing here.
_ROLE = "target_session_attrs"
_WRITES = "read-write"


def parse_address(text: str) -> URL:
    """Read ``DATABASE_URL``. Raises AppError("database_url_invalid")."""
    parts = _PARTS.fullmatch(text.strip().strip('"').strip("'"))
    if parts is None:
        raise _invalid("não é um endereço postgresql://")
    try:
        url = make_url(parts["scheme"] + (parts["login"] or "") + parts["rest"])
    except (ArgumentError, ValueError) as error:
        raise _invalid(type(error).__name__) from None
    if url.get_backend_name() not in {"postgresql", "postgres"} or not url.database:
        raise _invalid("não é um endereço postgresql://")
    servers = [_server(one) for one in parts["servers"].split(",")] if parts["servers"] else []
    given = _listed(url, "host")
    if servers and given:
        raise _invalid("há servidores antes e depois da interrogação")
    url = url.set(drivername="postgresql+psycopg")
    _refuse_unknown(url)
    return _at(url, servers or _in_query(given, _listed(url, "port")))


def address_of_parts(parts: Mapping[str, str | None]) -> URL:
    """Make an address of ``POSTGRES_*``. Raises AppError("database_settings_incomplete")."""
    if not parts["user"] or not parts["db"]:
        missing = "POSTGRES_USER" if not parts["user"] else "POSTGRES_DB"
        raise AppError("database_settings_incomplete", missing=missing)
    url = URL.create(
        "postgresql+psycopg",
        username=parts["user"],
        password=parts["password"],
        database=parts["db"],
    )
    hosts = (parts["host"] or "localhost").split(",")
    return _at(url, [(host.strip(), int(parts["port"] or USUAL_PORT)) for host in hosts])


def servers_of(url: URL) -> list[tuple[str, int]]:
    """Return the servers that an address names, in the order in which they are asked."""
    if url.host:
        return [(url.host, url.port or USUAL_PORT)]
    return _in_query(_listed(url, "host"), _listed(url, "port")) or [("localhost", USUAL_PORT)]


def one_by_one(url: URL) -> list[URL]:
    """Return an address for each server that an address names, alike in all else."""
    return [_at(url, [server]) for server in servers_of(url)]


def shown_servers(url: URL) -> str:
    """Return the servers of an address as people write them."""
    return ", ".join(_shown(host, port) for host, port in servers_of(url))


def refuse_disagreement(url: URL, parts: Mapping[str, str | None]) -> None:
    """Raise AppError("database_settings_disagree") at the first field that differs."""
    servers = servers_of(url)
    in_url = {
        "user": url.username,
        "password": str(url.password) if url.password is not None else None,
        "db": url.database,
        "host": ",".join(host for host, _ in servers),
        "port": ",".join(dict.fromkeys(str(port) for _, port in servers)),
    }
    for field in POSTGRES_FIELDS:
        given, expected = in_url[field], parts[field]
        if expected is None or given == expected:
            continue
        if field == "host" and {given, expected} <= _LOCAL:
            continue
        secret = field == "password"
        raise AppError(
            "database_settings_disagree",
            field=f"POSTGRES_{field.upper()}",
            in_url="***" if secret else given,
            in_field="***" if secret else expected,
        )


def _refuse_unknown(url: URL) -> None:
    """Other programs' addresses carry parameters of their own, as ``schema`` and ``charset``."""
    # Where there is an address to read, and only there: commands start without the driver.
    from psycopg import pq  # noqa: PLC0415 - as the line above says

    known = {option.keyword.decode() for option in pq.Conninfo.get_defaults()}
    for name in url.query:
        if name not in known:
            raise _invalid(f"{name} não é um parâmetro de conexão do PostgreSQL")


def _server(text: str) -> tuple[str, int]:
    found = _SERVER.fullmatch(text.strip())
    if found is None:
        raise _invalid("a porta não é um número")
    host = unquote(found["host"]).removeprefix("[").removesuffix("]")
    return host or "localhost", _port(found["port"])


def _in_query(hosts: list[str], ports: list[str]) -> list[tuple[str, int]]:
    """Pair servers with ports, given apart as libpq has them or together as SQLAlchemy has."""
    if not ports:
        return [(host, USUAL_PORT) if _is_folder(host) else _server(host) for host in hosts]
    if len(ports) not in {1, len(hosts) or 1}:
        raise _invalid("há mais portas que servidores, ou menos")
    each = ports * len(hosts) if len(ports) == 1 else ports
    return [
        (host or "localhost", _port(port))
        for host, port in zip(hosts or ["localhost"], each or ports, strict=True)
    ]


def _port(text: str | None) -> int:
    if not text:
        return USUAL_PORT
    if not text.isdecimal() or not 0 < int(text) < 65_536:
        raise _invalid("a porta não vale")
    return int(text)


def _listed(url: URL, name: str) -> list[str]:
    given = url.query.get(name, ())
    each = [given] if isinstance(given, str) else list(given)
    return [part.strip() for one in each for part in one.split(",")]


def _at(url: URL, servers: list[tuple[str, int]]) -> URL:
    if not servers:
        # libpq's own way: the usual socket, or what PGHOST says.
        return url
    url = url.difference_update_query(["host", "port"])
    if len(servers) == 1 and not _is_folder(servers[0][0]):
        return url.set(host=servers[0][0], port=servers[0][1])
    query = {
        "host": ",".join(host for host, _ in servers),
        "port": ",".join(str(port) for _, port in servers),
    }
    if len(servers) > 1 and _ROLE not in url.query:
        query[_ROLE] = _WRITES
    return url.update_query_dict(query)


def _is_folder(host: str) -> bool:
    """Tell whether a server is named by its socket: a folder, or an abstract name."""
    return host.startswith(("/", "@"))


def _shown(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _invalid(reason: str) -> AppError:
    return AppError("database_url_invalid", reason=reason)
