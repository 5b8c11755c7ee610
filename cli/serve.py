"""`meterlake serve`: the REST API on this machine."""

from __future__ import annotations

import os

import click

from meterlake.cli.terminal.lake_option import chosen_settings


@click.command()
@click.option("--host", help="Address to listen on; one beyond this machine needs API keys.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on.")
@click.pass_context
def serve(context: click.Context, host: str | None, port: int | None) -> None:
    """Serve the REST API; the description is at /openapi.json."""
    import uvicorn

    from meterlake.api.admission.keys import KeyRing
    from meterlake.api.serving.server import server_options
    from meterlake.api.settings import ApiSettings
    from meterlake.lake.host_names import is_loopback

    # The application reads its settings where it starts, which is in uvicorn's hands.
    os.environ["METERLAKE_LAKE"] = chosen_settings(context).location
    settings = ApiSettings()
    chosen_host, chosen_port = host or settings.host, port or settings.port
    os.environ["METERLAKE_API_HOST"] = chosen_host
    if not KeyRing(settings).keys() and not is_loopback(chosen_host):
        raise click.UsageError(
            f"{chosen_host} can be reached from other machines, and no API key is set. Set METERLAKE_API_KEYS_FILE to a"
            " file of keys, or METERLAKE_API_KEY_HASHES to the hash of one: docs/how-to/secure_it.md says how they are made."
        )
    click.echo(f"meterlake: http://{chosen_host}:{chosen_port}/openapi.json", err=True)
    uvicorn.run(
        "meterlake.api.application:create_application",
        factory=True,
        host=chosen_host,
        port=chosen_port,
        **server_options(settings),
    )
