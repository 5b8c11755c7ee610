"""Every key of a declaration with what it says: what the reference shows, and tests hold it to."""

from __future__ import annotations

from meterlake.etl.conforming.mapping_declaration.declaration import MappingDeclaration
from meterlake.etl.conforming.mapping_declaration.ids import MeterId
from meterlake.etl.conforming.mapping_declaration.part import Part
from meterlake.etl.conforming.mapping_declaration.rows import SlotColumns
from meterlake.etl.conforming.mapping_declaration.times import IntervalLength, TimeColumn
from meterlake.etl.conforming.mapping_declaration.values import CodedQuantity, QualityColumn, ValueColumn

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


def mapping_keys() -> list[tuple[str, str, str]]:
    """Return each key as it stands in YAML, what it says, and what holds where it is left out."""
    rows = []
    for prefix, part in _PARTS:
        for name, field in part.model_fields.items():
            if not prefix and name in _NOT_LISTED:
                continue
            default = "required" if field.is_required() else _shown(field.default)
            rows.append((f"`{prefix}{field.alias or name}`", (field.description or "").replace("|", "\\|"), default))
    return rows


def _shown(default: object) -> str:
    if default in (None, (), ""):
        return ""
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"
