from __future__ import annotations

from types import SimpleNamespace

import ibis
import pytest
from ibis.backends.sql.compilers import pyspark

from meterlake.etl.conforming.mapping_declaration import MappingDeclaration
from meterlake.etl.conforming.raw_format import Layout, ReadOptions
from meterlake.etl.formats import FORMATS
from meterlake.etl.staging.raw_files import raw_table

COLUMNS = {
    "london": "meter_id time value",
    "default": "meter_id obis_code reading_time reading_value error_value reading_type",
    "weather": "time temperature_c humidity_fraction site_id",
    "geodata": "meter_id latitude longitude time_zone commissioned_at",
    "households": "meter_id tariff segment",
    "wide": "meter_id day " + " ".join(f"cell_{slot:02d}" for slot in range(48)),
    "apartments": "time building apartment sensor value room",
    "mapping": "meter time value_0",
}
DECLARED = MappingDeclaration.model_validate(
    {
        "meter_id": "m",
        "time": {"column": "t", "zone": "Europe/London", "format": "%d.%m.%Y %H:%M"},
        "values": [{"column": "v"}],
    }
)


@pytest.mark.parametrize("name", COLUMNS)
def test_every_format_compiles_for_spark(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # Ibis looks these up with Spark installed; the compiler itself needs no Spark.
    monkeypatch.setattr(pyspark, "options", SimpleNamespace(pyspark=SimpleNamespace(treat_nan_as_null=False)))
    kind = "json" if name == "apartments" else "csv"
    layout = Layout(name, kind, tuple(COLUMNS[name].split()), is_ordered=name == "mapping")
    conformed = FORMATS.all()[name].conform(raw_table(layout), layout, ReadOptions(mapping=DECLARED))

    assert ibis.to_sql(conformed, dialect="pyspark").startswith("SELECT")


def test_every_format_is_compiled() -> None:
    assert set(COLUMNS) == set(FORMATS.all())
