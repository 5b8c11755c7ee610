from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import ibis
import pytest
from ibis.backends.sql.compilers import pyspark

from meterlake.etl.conforming.mapping_declaration import MappingDeclaration
from meterlake.etl.conforming.raw_format import Example, ReadOptions
from meterlake.etl.formats import FORMATS
from meterlake.etl.landing.landing_zone import find_files
from meterlake.etl.landing.recognition import recognise
from meterlake.etl.staging.raw_files import raw_table

DECLARED = MappingDeclaration.model_validate(
    {
        "meter_id": "m",
        "time": {"column": "t", "zone": "Europe/London", "format": "%d.%m.%Y %H:%M"},
        "values": [{"column": "v"}],
    }
)


@pytest.mark.parametrize("name", FORMATS.names)
def test_every_format_compiles_for_spark(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # Ibis looks these up with Spark installed; the compiler itself needs no Spark.
    monkeypatch.setattr(pyspark, "options", SimpleNamespace(pyspark=SimpleNamespace(treat_nan_as_null=False)))
    known = FORMATS.named(name)
    example = known.example or Example("declared.csv", "m,t,v\nM1,27.10.2013 02:00,1\n")
    (tmp_path / example.file_name).write_text(example.text)
    (file,) = find_files([tmp_path], tmp_path).files
    layout = recognise(file, declared=None if known.example else DECLARED)

    conformed = known.conform(raw_table(layout), layout, ReadOptions())

    assert layout.format == name
    assert ibis.to_sql(conformed, dialect="pyspark").startswith("SELECT")
