"""``cogep lgpd``: what the LGPD asks of the organisation, one file for each part."""

import typer

from cogep_assist.cli import (
    lgpd_consents,
    lgpd_deadlines,
    lgpd_erase,
    lgpd_export,
    lgpd_hold,
    lgpd_incidents,
    lgpd_keep,
    lgpd_officer,
    lgpd_providers,
    lgpd_receipt,
    lgpd_requests,
    lgpd_retention,
    lgpd_ripd,
    lgpd_ropa,
    lgpd_selftest,
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
app.add_typer(lgpd_erase.app, name="erase")
app.add_typer(lgpd_hold.app, name="hold")
app.add_typer(lgpd_keep.app, name="keep")
app.add_typer(lgpd_retention.app, name="retention")
app.command("export")(lgpd_export.export)
app.command("selftest")(lgpd_selftest.selftest)


@app.callback()
def _group() -> None:
    """Cuida das obrigações da LGPD."""
