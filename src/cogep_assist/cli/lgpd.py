"""``cogep lgpd``: what the LGPD asks of the organisation, one file for each part."""

import typer

from cogep_assist.cli import lgpd_providers, lgpd_transfers

app = typer.Typer(help="Cuida das obrigações da LGPD.", no_args_is_help=True)
app.add_typer(lgpd_providers.app, name="providers")
app.command("transfers")(lgpd_transfers.transfers)


@app.callback()
def _group() -> None:
    """Cuida das obrigações da LGPD."""
