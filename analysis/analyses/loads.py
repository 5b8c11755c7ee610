"""What all analyses of loads share: windows, units, groups of meters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from meterlake.analysis.selection import Selection, window_minutes
from meterlake.lake.codes.quantities import Aggregation
from meterlake.lake.errors import BadParameter
from meterlake.lake.metering.windows import power_unit, powered
from meterlake.lake.nearest_names import nearest_names
from meterlake.lake.tables import METERS

OF_CLOCK = ("season", "month", "weekday", "day_type")
UNLABELLED = "unlabelled"


def window_values(asked: Selection, freq: str) -> dict[str, Any]:
    """Return the parameters by which the SQL of loads knows its windows.

    Raises:
        BadParameter: If a quantity has no power, or a window does not part a day.
    """
    minutes = window_minutes(freq)
    adds_up = powered(asked.quantity).aggregation is Aggregation.SUM
    return {"window_us": minutes * 60_000_000, "adds_up": adds_up, "scale": 60 / minutes if adds_up else 1.0}


def unit_of(asked: Selection) -> str:
    """Return the unit of a quantity's power."""
    return power_unit(asked.quantity)


def group_columns(by: str | Iterable[str] | None, *, with_clock: bool = False) -> tuple[str, ...]:
    """Return the columns by which meters, and with the clock times, are told apart.

    Raises:
        BadParameter: If there is no such column.
    """
    names = (by,) if isinstance(by, str) else tuple(by or ())
    known = (*METERS.column_names, *(OF_CLOCK if with_clock else ()))
    for name in names:
        if name not in known:
            raise BadParameter("by", name, "columns of meters", "segment", nearest=nearest_names(name, known))
    return names


def labelled(names: Iterable[str], source: str = "known") -> str:
    """Return columns of meters as SQL, with a comma behind each; what has no label is said to have none."""
    return "".join(
        f"coalesce(nullif(CAST({source}.{name} AS VARCHAR), ''), '{UNLABELLED}') AS {name}, " for name in names
    )


def group_words(names: Sequence[str]) -> dict[str, str]:
    """Return the columns of groups as the words of SQL that tells their loads apart, and the join that brings them."""
    joined = "LEFT JOIN meters AS known USING (meter_id)" if names else ""
    return {"keys": labelled(names), "names": listed(names), "labels": joined}


def groups_said(names: Iterable[str]) -> str | None:
    """Return the columns of the groups as an answer's attributes say them."""
    return ", ".join(names) or None


def listed(names: Iterable[str], source: str = "") -> str:
    """Return columns as SQL, with a comma behind each."""
    return "".join(f"{source}.{name}, " if source else f"{name}, " for name in names)
