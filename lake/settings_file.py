"""`meterlake.toml`: the settings in a file, beside the variables, which win over it.

Enters: the file in the working directory, or the one that METERLAKE_SETTINGS names. Leaves: what it says of one settings
model. A key at its top is a variable's name in lower case, without METERLAKE_; a section holds the keys of the variables
whose names begin with METERLAKE_ and the section's. Read and checked whole, once a process.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from meterlake.lake.errors import UnknownSetting, UnreadableFile
from meterlake.lake.nearest_names import nearest_names

if TYPE_CHECKING:
    from meterlake.lake.settings import MeterlakeSettings

FILE_NAME, VARIABLE = "meterlake.toml", "METERLAKE_SETTINGS"

# Every settings model, by its section. By name, for the lake imports no room above it, and to say that a key is none of
# theirs only those of its section are loaded. A test holds that none is missing.
MODELS = {
    "": (
        "meterlake.lake.settings:LakeSettings",
        "meterlake.etl.settings:EtlSettings",
        "meterlake.etl.conforming.raw_format:ReadOptions",
        "meterlake.etl.merging.quality_order:QualitySettings",
    ),
    "athena": ("meterlake.lake.aws.athena_settings:AthenaSettings",),
    "s3": ("meterlake.lake.aws.s3_client:S3Settings",),
    "plan": ("meterlake.etl.plan_ingest:PlanSettings",),
    "forecast": ("meterlake.forecasting.settings:ForecastSettings",),
    "sagemaker": ("meterlake.forecasting.sagemaker.settings:SageMakerSettings",),
    "gas": ("meterlake.lake.metering.gas_settings:GasSettings",),
    "outage": ("meterlake.outage.settings:OutageSettings",),
    "api": ("meterlake.api.settings:ApiSettings",),
}


def said_of(model: type[MeterlakeSettings]) -> dict[str, Any]:
    """Return what the settings file says of a model; nothing where there is no file.

    Raises:
        UnreadableFile: If it is no TOML, or METERLAKE_SETTINGS names a file that is not there.
        UnknownSetting: If one of its keys is no setting.
    """
    named = os.environ.get(VARIABLE)
    content = _content(Path(named or FILE_NAME).expanduser().absolute(), must_exist=bool(named))
    section = str(model.model_config.get("env_prefix", "")).removeprefix("METERLAKE_").rstrip("_").lower()
    found = content.get(section, {}) if section else content
    return {name: value for name, value in found.items() if name in model.model_fields}


def models_of(section: str) -> Iterable[type[MeterlakeSettings]]:
    """Load the models of a section, one by one."""
    for place in MODELS[section]:
        module, _, name = place.partition(":")
        yield getattr(import_module(module), name)


@cache
def _content(path: Path, *, must_exist: bool) -> Mapping[str, Any]:
    try:
        text = path.read_bytes()
    except FileNotFoundError as error:
        if must_exist:
            raise UnreadableFile(
                path, f"{VARIABLE} names it, and it is not there", f"Write it, or unset {VARIABLE}"
            ) from error
        return {}
    import tomllib  # most have no such file

    try:
        content = tomllib.loads(text.decode())
    except ValueError as error:
        raise UnreadableFile(path, f"it is not TOML: {error}", 'Write lines such as: lake = "my-lake"') from error
    _check(path, "", {name for name, value in content.items() if not isinstance(value, dict)})
    for section, values in content.items():
        if not isinstance(values, dict):
            continue
        if section not in MODELS or not section:
            sections = [f"[{name}]" for name in MODELS if name]
            raise UnknownSetting(path, f"[{section}]", nearest_names(f"[{section}]", sections))
        _check(path, section, values.keys())
    return content


def _check(path: Path, section: str, names: Iterable[str]) -> None:
    unknown, known = set(names), set[str]()
    for model in models_of(section) if unknown else ():
        known |= model.model_fields.keys()
        unknown -= known
        if not unknown:
            return
    for name in sorted(unknown):
        where = f" of [{section}]" if section else ""
        raise UnknownSetting(path, f"{name}{where}", nearest_names(name, sorted(known)))
