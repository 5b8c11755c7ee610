"""What SQL, descriptions and the table say of causes and verdicts is what the codes say."""

from __future__ import annotations

import re

import pytest

from meterlake.lake.codes.causes import Cause
from meterlake.lake.codes.verdicts import Verdict
from meterlake.lake.tables import ANOMALY_SCORES, OUTAGES, Table


@pytest.mark.parametrize(
    ("table", "column", "codes"), [(OUTAGES, "cause", Cause), (ANOMALY_SCORES, "verdict", Verdict)]
)
def test_a_column_of_codes_lists_all_of_them(table: Table, column: str, codes: type[Cause] | type[Verdict]) -> None:
    (meaning,) = [one.meaning for one in table.columns if one.name == column]

    assert set(re.split(r", | or ", meaning)) == {code.value for code in codes}
