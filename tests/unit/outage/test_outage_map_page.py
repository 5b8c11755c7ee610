"""Customers out over time, as the map's slider shows them."""

from __future__ import annotations

import datetime as dt

from meterlake.outage.outage_map_page import curve_of


def test_the_curve_changes_where_somebody_is_lost_or_comes_back() -> None:
    def at(minute: int) -> dt.datetime:
        return dt.datetime(2024, 3, 5, 10, tzinfo=dt.UTC) + dt.timedelta(minutes=minute)

    rows = [
        {"outage_id": "a", "lost_at": at(-5), "returned_at": at(20)},  # out before the curve begins
        {"outage_id": "a", "lost_at": at(10), "returned_at": at(20)},
        {"outage_id": "b", "lost_at": at(20), "returned_at": None},
        {"outage_id": "c", "lost_at": at(-9), "returned_at": at(0)},  # over as it begins
        {"outage_id": "c", "lost_at": at(61), "returned_at": None},  # not yet
    ]

    curve = curve_of(rows, at(0), at(60))

    minutes = [(moment - round(at(0).timestamp())) // 60 for moment in curve.moments]
    assert minutes == [0, 10, 20, 60]
    assert curve.steps == {"a": [(0, 1), (1, 2), (2, 0)], "b": [(2, 1)]}
