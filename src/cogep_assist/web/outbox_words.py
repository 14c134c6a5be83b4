"""What the pages call the states of what leaves the house, and the kind of each one's mark."""

from cogep_assist.core.models import OutboxStatus

STATES = {
    OutboxStatus.PENDING: ("na fila", "info"),
    OutboxStatus.HELD: ("em espera", "warn"),
    OutboxStatus.DELIVERED: ("entregue", "good"),
    OutboxStatus.DEAD: ("desistiu", "bad"),
    OutboxStatus.CANCELLED: ("cancelado", ""),
}
