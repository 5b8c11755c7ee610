"""A declaration from a person's YAML: of readings, or of what the file says its rows are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from meterlake.etl.conforming.mapping_declaration.declaration import MappingDeclaration
from meterlake.etl.conforming.mapping_declaration.file import FileDeclaration
from meterlake.etl.conforming.mapping_declaration.meters import MetersDeclaration
from meterlake.etl.conforming.mapping_declaration.refusals import refusal_of
from meterlake.etl.conforming.mapping_declaration.weather import WeatherDeclaration
from meterlake.lake.errors import BadParameter
from meterlake.lake.nearest_names import nearest_names

KINDS: dict[str, type[FileDeclaration]] = {
    "readings": MappingDeclaration,
    "weather": WeatherDeclaration,
    "meters": MetersDeclaration,
}


def load_mapping(path: Path, *, meter_id: str | None = None) -> FileDeclaration:
    """Read a declaration from a YAML file.

    Args:
        path: The file.
        meter_id: The meter that all rows are of, where the file does not say it.

    Raises:
        BadParameter: If the file cannot be read, is no YAML, or a key is wrong; the error names the key.
    """
    try:
        declared: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadParameter("mapping", str(path), f"a YAML file that can be read ({error})", "mapping.yaml") from error
    if not isinstance(declared, dict):
        raise BadParameter("mapping", declared, "a YAML mapping with meter_id, time and values", "mapping.yaml")
    if meter_id is not None:
        declared = {**declared, "meter_id": {"constant": meter_id}}
    return declaration_of(declared)


def declaration_of(declared: dict[str, Any]) -> FileDeclaration:
    """Return what YAML says as a checked declaration.

    Raises:
        BadParameter: If a key is wrong; the error names it.
    """
    said = declared.get("kind", "readings")
    kind = KINDS.get(said) if isinstance(said, str) else None
    if kind is None:
        raise BadParameter(
            "kind", said, f"one of {', '.join(KINDS)}", "weather", nearest=nearest_names(str(said), KINDS, 1)
        )
    try:
        return kind.model_validate(declared)
    except ValidationError as error:
        raise refusal_of(error, kind) from error
