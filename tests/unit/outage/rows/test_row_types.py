"""The types of rows are the tables' declarations, column by column."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields
from typing import get_args, get_type_hints

import pytest

from meterlake.lake.tables import ColumnType
from meterlake.outage.rows.row_types import (
    InterruptionRow,
    LakeRow,
    OutageMeterRow,
    OutageRow,
    PlannedOutageRow,
    ServiceRow,
)

TYPES = {ColumnType.TEXT: {str}, ColumnType.NUMBER: {float}, ColumnType.COUNT: {int}, ColumnType.TIME: {dt.datetime}}


@pytest.mark.parametrize("row_type", [OutageRow, OutageMeterRow, InterruptionRow, ServiceRow, PlannedOutageRow])
def test_a_row_has_a_field_of_the_right_type_for_each_column(row_type: type[LakeRow]) -> None:
    hints = get_type_hints(row_type)
    named = {
        field.name: set(get_args(hints[field.name]) or (hints[field.name],)) - {type(None)}
        for field in fields(row_type)
    }

    assert named == {column.name: TYPES[column.type] for column in row_type.table.columns}


@pytest.mark.parametrize("row_type", [OutageRow, OutageMeterRow, InterruptionRow, ServiceRow, PlannedOutageRow])
def test_the_columns_that_name_a_row_are_never_missing(row_type: type[LakeRow]) -> None:
    hints = get_type_hints(row_type)

    assert all(type(None) not in get_args(hints[name]) for name in row_type.table.key)
