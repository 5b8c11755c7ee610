"""What SQL, descriptions and the table say of causes and verdicts is what the codes say."""

from __future__ import annotations

import re

import pytest

from meterlake.lake.codes.causes import Cause
from meterlake.lake.codes.verdicts import Verdict
from meterlake.lake.questions import question_named
from meterlake.lake.tables import ANOMALY_SCORES, OUTAGES, Table


@pytest.mark.parametrize("name", ["interruptions", "meters_without_power"])
def test_the_queries_of_interruptions_name_the_causes_without_power(name: str) -> None:
    named = re.search(r"cause IN \(([^)]*)\)", question_named(name).sql)

    assert named is not None
    assert set(re.findall(r"'(\w+)'", named.group(1))) == {cause.value for cause in Cause if cause.is_without_power}


@pytest.mark.parametrize(
    ("table", "column", "codes"), [(OUTAGES, "cause", Cause), (ANOMALY_SCORES, "verdict", Verdict)]
)
def test_a_column_of_codes_lists_all_of_them(table: Table, column: str, codes: type[Cause] | type[Verdict]) -> None:
    (meaning,) = [one.meaning for one in table.columns if one.name == column]

    assert set(re.split(r", | or ", meaning)) == {code.value for code in codes}
