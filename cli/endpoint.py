"""`meterlake endpoint`: a model on this machine as SageMaker would serve it."""

from __future__ import annotations

from pathlib import Path

import click

from meterlake.cli.terminal import completion
from meterlake.cli.terminal.lake_option import chosen_settings


@click.command()
@click.option(
    "--model-name",
    shell_complete=completion.model_names,
    help="The model; the newest approved of any name otherwise.",
)
@click.option("--model-version", type=int, help="A version, approved or not; the one in service otherwise.")
@click.option(
    "--model-dir", type=click.Path(path_type=Path, exists=True), help="A folder of the training shell instead."
)
@click.option("--port", default=8081, show_default=True, type=click.IntRange(1, 65535))
@click.pass_context
def endpoint(
    context: click.Context, model_name: str | None, model_version: int | None, model_dir: Path | None, port: int
) -> None:
    """Serve /ping and /invocations on this machine, with the JSON of SageMaker's DeepAR."""
    import uvicorn

    from meterlake.api.serving.server import server_options
    from meterlake.api.settings import ApiSettings
    from meterlake.forecasting.endpoint.inference import model_fn
    from meterlake.forecasting.endpoint.invocations import MOST_BODY_BYTES, create_endpoint
    from meterlake.forecasting.endpoint.served_model import served_from
    from meterlake.forecasting.model_choice import open_models
    from meterlake.lake.engine_choice import open_lake

    if model_dir:
        served = model_fn(str(model_dir))
        label = str(model_dir)
    else:
        store = open_models(open_lake(chosen_settings(context)))
        record = store.chosen(model_name, model_version)
        served = served_from(record, store.fitted(record))
        label = record.label
    click.echo(f"meterlake: {label} at http://127.0.0.1:{port}/invocations", err=True)
    settings = ApiSettings()
    options = server_options(
        settings, body_bytes=2 * MOST_BODY_BYTES
    )  # it refuses larger ones itself, in its own words
    uvicorn.run(create_endpoint(served, settings.hosts), host="127.0.0.1", port=port, **options)
