"""The pages of tickets, customers and reports, in the order in which their addresses are tried."""

from fastapi import APIRouter

from cogep_assist.web.routes import (
    customer_edit,
    customer_import,
    customer_merge,
    customers,
    follow,
    reports,
    ticket_acts,
    ticket_deadlines,
    ticket_forms,
    ticket_new,
    ticket_pages,
    ticket_writing,
    tickets,
)

routers: tuple[APIRouter, ...] = (
    follow.router,
    # Before the page of one ticket, whose id would else stand for these names.
    ticket_new.router,
    tickets.router,
    ticket_pages.router,
    ticket_forms.router,
    ticket_acts.router,
    ticket_deadlines.router,
    ticket_writing.router,
    # Before the page of one customer, for the same reason.
    customer_edit.router,
    customer_import.router,
    customer_merge.router,
    customers.router,
    reports.router,
)
