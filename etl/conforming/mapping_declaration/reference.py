"""Every key of a declaration with what it says: what the reference shows, and tests hold it to."""

from __future__ import annotations

from collections.abc import Iterable

from meterlake.etl.conforming.mapping_declaration.declaration import MappingDeclaration
from meterlake.etl.conforming.mapping_declaration.file import FileDeclaration
from meterlake.etl.conforming.mapping_declaration.ids import MeterId, RowName
from meterlake.etl.conforming.mapping_declaration.meters import MetersDeclaration
from meterlake.etl.conforming.mapping_declaration.part import Part
from meterlake.etl.conforming.mapping_declaration.rows import SlotColumns
from meterlake.etl.conforming.mapping_declaration.times import IntervalLength, MomentColumn, TimeColumn
from meterlake.etl.conforming.mapping_declaration.values import CodedQuantity, QualityColumn, ValueColumn
from meterlake.etl.conforming.mapping_declaration.weather import WeatherColumn, WeatherDeclaration

_PARTS: tuple[tuple[str, type[Part]], ...] = (
    ("", MappingDeclaration),
    ("meter_id.", MeterId),
    ("time.", TimeColumn),
    ("interval.", IntervalLength),
    ("wide.", SlotColumns),
    ("values[].", ValueColumn),
    ("values[].quantity.", CodedQuantity),
    ("quality.", QualityColumn),
)
# Their own keys are listed, and nothing else is to be said of them.
_NOT_LISTED = ("time", "values", "quality")


Rows = list[tuple[str, str, str]]


def mapping_keys() -> Rows:
    """Return each key of readings as it stands in YAML, what it says, and what holds where it is left out."""
    return _keys_of(_PARTS)


def weather_keys() -> Rows:
    """Return the keys that only weather has, or has in another sense."""
    return _keys_of((("", WeatherDeclaration), ("time.", MomentColumn), ("values[].", WeatherColumn)))


def meters_keys() -> Rows:
    """Return the keys that only lists of meters have, or have in another sense."""
    return _keys_of((("", MetersDeclaration),))


def _keys_of(parts: Iterable[tuple[str, type[Part]]]) -> Rows:
    rows = []
    for prefix, part in parts:
        shared = FileDeclaration.model_fields if part in (WeatherDeclaration, MetersDeclaration) else {}
        for name, field in part.keys().items():
            if (name in shared and name != "kind") or (not prefix and name in _NOT_LISTED):
                continue
            default = "required" if field.is_required() else _shown(field.default)
            rows.append((f"`{prefix}{name}`", (field.description or "").replace("|", "\\|"), default))
    return rows


def _shown(default: object) -> str:
    if default in (None, (), ""):
        return ""
    if isinstance(default, RowName):
        return f"`{default.constant}`"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"
