"""Who delivers what lies in the outbox, by topic."""

from collections.abc import Mapping

from cogep_assist.core.outbox import MAIL, Courier
from cogep_assist.core.webhooks import CALLBACK, CHALLENGE, WEBHOOK
from cogep_assist.crm_service.tickets.ticket_letter_courier import TicketLetterCourier
from cogep_assist.crm_service.tickets.ticket_letters import TICKET_MAIL
from cogep_assist.integrations.mail import mail_courier
from cogep_assist.integrations.webhooks import WebhookCourier
from cogep_assist.pipeline.run import Stations


def couriers_of(stations: Stations) -> Mapping[str, Courier]:
    """Return the couriers of a worker process."""
    mail = mail_courier(stations.settings)
    webhooks = WebhookCourier(stations.database, stations.client)
    return {
        MAIL: mail,
        TICKET_MAIL: TicketLetterCourier(stations.database, stations.settings, mail),
        WEBHOOK: webhooks.event,
        CHALLENGE: webhooks.challenge,
        CALLBACK: webhooks.callback,
    }
