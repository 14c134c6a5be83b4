"""Which addresses a model that was chosen on the page may have.

Who runs the server may name any endpoint. Who administers by the page may be somebody else, or
somebody who took an account: they reach public services over HTTPS, and of the organisation's own
network only what ``COGEP_MODEL_HOSTS`` lists.
"""

from cogep_assist.core.config import Settings
from cogep_assist.core.errors import AppError
from cogep_assist.integrations.http_address import Reach, parse_allow_entry, reach_of
from cogep_assist.integrations.http_url import WebAddress, parse_url


def may_be_internal(settings: Settings, kind: str, url: str) -> bool:
    """Tell whether a kind's service may lie in the organisation's own network."""
    return not settings.is_chosen(kind) or is_listed(settings, parse_url(url))


def is_listed(settings: Settings, address: WebAddress) -> bool:
    """Tell whether ``COGEP_MODEL_HOSTS`` names a server. Raises AppError("settings_invalid")."""
    ports = frozenset({address.port})
    for text in settings.model_hosts:
        entry = parse_allow_entry(text)
        if not entry.names_port(address.port, ports):
            continue
        if entry.name == address.host:
            return True
        if entry.suffix is not None and address.host.endswith(entry.suffix):
            return True
        if entry.network is not None and address.ip is not None and address.ip in entry.network:
            return True
    return False


def check_chosen_address(settings: Settings, url: str) -> None:
    """Refuse what the page may not reach; names are held to it again at each connection.

    Raises AppError("model_address_internal"|"model_address_not_secure") and those of ``parse_url``.
    """
    address = parse_url(url)
    if is_listed(settings, address):
        return
    literal = address.ip is not None and reach_of(address.ip) is not Reach.PUBLIC
    if literal or "." not in address.host:
        raise AppError("model_address_internal", host=address.host, port=address.port)
    if address.scheme != "https":
        raise AppError("model_address_not_secure", host=address.host)
