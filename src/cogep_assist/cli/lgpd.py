"""``cogep lgpd``: what the LGPD asks of the organisation, one file for each part."""

import typer

from cogep_assist.cli import (
    lgpd_consents,
    lgpd_deadlines,
    lgpd_incidents,
    lgpd_officer,
    lgpd_providers,
    lgpd_receipt,
    lgpd_requests,
    lgpd_ripd,
    lgpd_ropa,
    lgpd_transfers,
)

app = typer.Typer(help="Cuida das obrigações da LGPD.", no_args_is_help=True)
app.add_typer(lgpd_providers.app, name="providers")
app.add_typer(lgpd_requests.app, name="requests")
app.add_typer(lgpd_receipt.app, name="receipt")
app.add_typer(lgpd_deadlines.app, name="deadlines")
app.add_typer(lgpd_consents.app, name="consents")
app.add_typer(lgpd_incidents.app, name="incidents")
app.add_typer(lgpd_officer.app, name="officer")
app.add_typer(lgpd_ropa.app, name="ropa")
app.add_typer(lgpd_ripd.app, name="ripd")
app.command("transfers")(lgpd_transfers.transfers)


@app.callback()
def _group() -> None:
    """Cuida das obrigações da LGPD."""
