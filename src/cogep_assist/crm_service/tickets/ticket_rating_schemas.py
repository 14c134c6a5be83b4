"""The shape of a rating by somebody without an account."""

from cogep_assist.crm_service.tickets.ticket_schemas import RatingBody, StatusQuery


class RatingByProofBody(StatusQuery, RatingBody):
    """What the person thought, with the protocol and its code in place of an account."""
