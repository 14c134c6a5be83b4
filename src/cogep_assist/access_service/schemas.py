"""What the routes of access take and reply."""

from datetime import date, datetime
from typing import Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from cogep_assist.core.access_absence import Absence
from cogep_assist.core.access_teams import Member
from cogep_assist.core.models import ApiKey, OutboxMessage, OutboxStatus, Role, Session, Team, User
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.validation_words import FieldsError


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class UserBody(_Body):
    """A user to be made."""

    email: str = Field(min_length=3, max_length=254)
    role: Role
    name: str | None = Field(default=None, min_length=1, max_length=200)
    invite: bool = Field(default=True, description="Envia o convite por e-mail.")
    reads_sensitive: bool = Field(
        default=False, description="Lê chamados com dados sensíveis; só conta para atendentes."
    )


class UserChangeBody(_Body):
    """What is to change; what is left out stays."""

    name: str | None = Field(default=None, min_length=1, max_length=200)
    role: Role | None = None
    disabled: bool | None = None
    reads_sensitive: bool | None = Field(
        default=None, description="Lê chamados com dados sensíveis; só conta para atendentes."
    )


class UserReply(BaseModel):
    """A user, without anything that proves who it is.

    Colleagues need a name to pick somebody by; the address, and how the account is guarded and
    used, are for who manages users, and for its owner (LGPD, art. 6, III).
    """

    id: UUID
    email: str | None = Field(description="Nulo para quem não gerencia usuários.")
    name: str
    role: Role
    reads_sensitive: bool | None = Field(
        description="Se lê chamados com dados sensíveis (LGPD, art. 11)."
    )
    second_step: bool | None
    has_password: bool | None
    disabled_at: datetime | None
    leaves_at: datetime | None = Field(description="Ausente desde, ou a partir de, este momento.")
    away_until: datetime | None = Field(description="O fim da ausência; nulo: nenhuma marcada.")
    last_sign_in_at: datetime | None
    created_at: datetime
    revision: int
    links: dict[str, str]

    @classmethod
    def of(cls, user: User, reader: Principal) -> Self:
        """Describe a user to somebody."""
        whole = reader.may(Act.MANAGE_USERS) or reader.user_id == user.id
        return cls(
            id=user.id,
            email=user.email if whole else None,
            name=user.name,
            role=user.role,
            reads_sensitive=_reads_sensitive(user) if whole else None,
            second_step=user.totp_confirmed_at is not None if whole else None,
            has_password=user.password_hash is not None if whole else None,
            disabled_at=user.disabled_at,
            leaves_at=user.leaves_at,
            away_until=user.away_until,
            last_sign_in_at=user.last_sign_in_at if whole else None,
            created_at=user.created_at,
            revision=user.revision,
            links={"self": f"/access/users/{user.id}"},
        )


class UserPage(BaseModel):
    """Users, the newest first."""

    items: list[UserReply]
    next_cursor: str | None


class SessionReply(BaseModel):
    """An open session."""

    id: UUID
    device: str
    current: bool
    created_at: datetime
    seen_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, opened: Session, current: UUID | None) -> Self:
        """Describe a session."""
        return cls(
            id=opened.id,
            device=opened.device,
            current=opened.id == current,
            created_at=opened.created_at,
            seen_at=opened.seen_at,
            expires_at=opened.expires_at,
        )


class SessionList(BaseModel):
    """Open sessions, the newest first."""

    items: list[SessionReply]


class MeReply(BaseModel):
    """Who makes the request."""

    kind: str
    role: Role
    acts: list[str] = Field(description="O que quem pede pode fazer.")
    user: UserReply | None


class AbsenceBody(_Body):
    """The first and the last day that somebody is away; both null: they are back."""

    first: date | None = None
    last: date | None = None

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if (self.first is None) is not (self.last is None):
            raise FieldsError("last", "acompanha first: os dois dias, ou nenhum")
        return self

    def absence(self) -> Absence | None:
        """Return what a use-case takes."""
        return Absence(self.first, self.last) if self.first and self.last else None


class DeadlineMailBody(_Body):
    """Whether letters about deadlines are wanted."""

    wanted: bool


class PasswordBody(_Body):
    """One's own password, the present one and the next."""

    current: str = Field(min_length=1, max_length=256)
    new: str = Field(min_length=1, max_length=256)


class TeamBody(_Body):
    """A team to be made."""

    name: str = Field(min_length=1, max_length=100)
    description: str = Field(default="", max_length=1000)


class TeamChangeBody(_Body):
    """What is to change of a team; what is left out stays."""

    name: str | None = Field(default=None, min_length=1, max_length=100)
    description: str | None = Field(default=None, max_length=1000)


class MemberBody(_Body):
    """How somebody is in a team."""

    leader: bool = False


class MemberReply(BaseModel):
    """Somebody in a team."""

    user_id: UUID
    name: str
    email: str | None = Field(description="Nulo para quem não gerencia usuários.")
    leader: bool

    @classmethod
    def of(cls, member: Member, reader: Principal) -> Self:
        """Describe a member to somebody."""
        whole = reader.may(Act.MANAGE_USERS) or reader.user_id == member.user_id
        email = member.email if whole else None
        return cls(user_id=member.user_id, name=member.name, email=email, leader=member.leader)


class TeamReply(BaseModel):
    """A team and how many are in it."""

    id: UUID
    name: str
    description: str
    members: int
    revision: int
    created_at: datetime
    links: dict[str, str]

    @classmethod
    def of(cls, team: Team, members: int) -> Self:
        """Describe a team."""
        return cls(
            id=team.id,
            name=team.name,
            description=team.description,
            members=members,
            revision=team.revision,
            created_at=team.created_at,
            links={"self": f"/access/teams/{team.id}"},
        )


class TeamList(BaseModel):
    """All teams, by name."""

    items: list[TeamReply]


class MemberList(BaseModel):
    """All members of a team, by name."""

    items: list[MemberReply]


class KeyBody(_Body):
    """A key to be made."""

    name: str = Field(min_length=1, max_length=100)
    role: Role
    scopes: list[str] | None = Field(
        default=None, max_length=100, description="Só estes atos do papel; sem o campo, todos."
    )
    expires_at: AwareDatetime | None = None


class KeyReply(BaseModel):
    """A key, known by its beginning; it is told whole only as it is made."""

    id: UUID
    name: str
    role: Role
    scopes: list[str] | None
    hint: str
    key: str | None = Field(
        default=None, description="A chave, mostrada só na primeira resposta da criação."
    )
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
    created_at: datetime

    @classmethod
    def of(cls, key: ApiKey, plaintext: str | None = None) -> Self:
        """Describe a key."""
        return cls(
            id=key.id,
            name=key.name,
            role=key.role,
            scopes=key.scopes,
            hint=key.hint,
            key=plaintext,
            expires_at=key.expires_at,
            last_used_at=key.last_used_at,
            revoked_at=key.revoked_at,
            created_at=key.created_at,
        )


class KeyList(BaseModel):
    """The keys that are not revoked, by name."""

    items: list[KeyReply]


class OutboxReply(BaseModel):
    """A message of the outbox, without what is in it."""

    id: UUID
    topic: str
    resource_key: str
    status: OutboxStatus
    attempts: int
    available_at: datetime
    created_at: datetime
    finished_at: datetime | None

    @classmethod
    def of(cls, message: OutboxMessage) -> Self:
        """Describe a message."""
        return cls(
            id=message.id,
            topic=message.topic,
            resource_key=message.resource_key,
            status=message.status,
            attempts=message.attempts,
            available_at=message.available_at,
            created_at=message.created_at,
            finished_at=message.finished_at,
        )


class OutboxList(BaseModel):
    """Messages, the newest first."""

    items: list[OutboxReply]
    next_cursor: str | None


def _reads_sensitive(user: User) -> bool:
    return user.role is Role.ADMIN or (user.role is Role.AGENT and user.reads_sensitive)
