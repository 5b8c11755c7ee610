"""The reference page of forecasters, out of the forecasters themselves.

Enters: forecasters. Leaves: docs/reference/forecasters.md, which `python docs/write_reference.py` writes and a test
holds to this.
"""

from __future__ import annotations

from collections.abc import Iterable

from meterlake.forecasting.forecaster import Forecaster
from meterlake.lake.plug_ins.markdown_table import markdown_table

_HEAD = """# Forecasters

Written by `docs/write_reference.py` from the code; change the code instead.

"""


def reference_page(forecasters: Iterable[Forecaster]) -> str:
    """Return the page: what each forecaster says, what can be set of it, and its presets."""
    known = sorted(forecasters, key=lambda one: one.name)
    rows = [(f"`{one.name}`", one.says) for one in known]
    return _HEAD + "\n".join([markdown_table(("forecaster", "says"), rows), *(_section(one) for one in known)])


def _section(forecaster: Forecaster) -> str:
    presets = list(forecaster.presets)
    rows = []
    for name, field in forecaster.parameters_type.model_fields.items():
        given = [f"`{forecaster.presets[preset].get(name, field.default)}`" for preset in presets]
        rows.append((f"`{name}`", f"`{field.default}`", *given, field.description or ""))
    names = ("parameter", "default", *(f"preset {preset}" for preset in presets), "meaning")
    return f"## {forecaster.name}\n\n{markdown_table(names, rows)}"
