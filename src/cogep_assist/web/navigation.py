"""The one list of places: what the rail, the command bar and the ``g`` keys offer, by act."""

from collections.abc import Sequence
from dataclasses import dataclass

from cogep_assist.core.principal import Act, Principal


@dataclass(frozen=True, slots=True)
class Place:
    """A page that a person may go to.

    ``act`` is what the page asks for. ``letter`` goes there after ``g``. ``also`` are words that
    find it in the command bar. Only places with an ``icon`` stand in the rail.
    """

    label: str
    href: str
    act: Act
    icon: str = ""
    letter: str = ""
    also: str = ""
    # Addresses under these belong to the place as well: the rail marks it on their pages.
    under: tuple[str, ...] = ()

    def holds(self, path: str) -> bool:
        """Tell whether an address is this place or lies under it."""
        return any(
            path == prefix or path.startswith(f"{prefix}/") for prefix in (self.href, *self.under)
        )


RAIL: Sequence[Place] = (
    Place(
        "Perguntar",
        "/perguntar",
        Act.ASK,
        "message-circle-question-mark",
        "p",
        "pergunta resposta conversa",
        ("/respostas", "/conversas", "/documentos"),
    ),
)
COMMANDS: Sequence[Place] = (
    Place("Minha conta", "/conta", Act.MANAGE_OWN_ACCOUNT, also="senha sessões duas etapas"),
)


def rail_of(principal: Principal | None) -> list[Place]:
    """Return what stands in somebody's rail."""
    return [place for place in RAIL if _may(principal, place)]


def commands_of(principal: Principal | None) -> list[Place]:
    """Return every place that somebody may go to by the command bar."""
    return [place for place in (*RAIL, *COMMANDS) if _may(principal, place)]


def _may(principal: Principal | None, place: Place) -> bool:
    if principal is None or not principal.may(place.act):
        return False
    return place.act is not Act.MANAGE_OWN_ACCOUNT or principal.user_id is not None
