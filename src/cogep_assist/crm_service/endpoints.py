"""The service's face: everything that it serves."""

from fastapi import APIRouter

from cogep_assist.crm_service.articles import article_endpoints
from cogep_assist.crm_service.customers import (
    customer_change_endpoints,
    customer_endpoints,
    customer_file_endpoints,
)
from cogep_assist.crm_service.desk import desk_tool_endpoints, queue_endpoints
from cogep_assist.crm_service.mail import mail_endpoints
from cogep_assist.crm_service.reports import desk_report_endpoints
from cogep_assist.crm_service.sla import calendar_endpoints, sla_endpoints
from cogep_assist.crm_service.tickets import (
    ticket_act_endpoints,
    ticket_attachment_endpoints,
    ticket_endpoints,
    ticket_search_endpoints,
)

routers: tuple[APIRouter, ...] = (
    # Before the routes of one ticket, whose id would else stand for this name.
    ticket_search_endpoints.router,
    ticket_endpoints.router,
    ticket_act_endpoints.router,
    ticket_attachment_endpoints.router,
    article_endpoints.router,
    desk_report_endpoints.router,
    desk_tool_endpoints.router,
    queue_endpoints.router,
    sla_endpoints.router,
    calendar_endpoints.router,
    mail_endpoints.router,
    # Before the routes of one customer, whose id would else stand for these names.
    customer_change_endpoints.router,
    customer_file_endpoints.router,
    customer_endpoints.router,
)
