"""What was announced, meter by meter, on a transformer that is dark from minute 10 to minute 130."""

from __future__ import annotations

import pytest

from meterlake.lake.codes.causes import Cause
from meterlake.outage.evidence.announcements import PlannedOutage
from meterlake.outage.judged_outages import Outage
from meterlake.outage.judging.outage_judging import judge_outages
from meterlake.outage.settings import OutageSettings
from tests.unit.outage.fleet_fixture import SLOT_S, Town

BEGIN_S = 100 * SLOT_S


def announced(first: int, last: int, **places: str) -> PlannedOutage:
    named = {"meter_id": "", "building_id": "", "transformer_id": "", "site_id": ""} | places
    return PlannedOutage(BEGIN_S + 60 * first, BEGIN_S + 60 * last, note="work", **named)


def judged(*planned: PlannedOutage, meters: range = range(10)) -> list[Outage]:
    town = Town()
    for meter in meters:
        town.report(meter, BEGIN_S + 600, "PWR_LOSS").report(meter, BEGIN_S + 130 * 60, "PWR_RESTORED")
        town.silence([meter], 101, 105)
    return judge_outages(town.fleet, town.silences(), town.events(), town, OutageSettings(), list(planned))


def planned_minutes(outage: Outage) -> list[float]:
    return [part.planned_s / 60 for part in outage.parts]


def test_rows_that_name_one_meter_each_add_up() -> None:
    (outage,) = judged(*(announced(0, 180, meter_id=f"M{meter:03d}") for meter in range(10)))

    assert (outage.cause, planned_minutes(outage)) == (Cause.PLANNED, [120.0] * 10)
    assert len(outage.evidence["planned_ids"]) == 10


def test_rows_that_name_one_transformer_each_add_up() -> None:
    rows = (announced(0, 180, transformer_id=name) for name in ("T0", "T1"))

    (outage,) = judged(*rows, meters=range(20))

    assert (outage.cause, len(outage.parts)) == (Cause.PLANNED, 20)


def test_one_customer_is_planned_too() -> None:
    (outage,) = judged(announced(0, 180, meter_id="M004"), meters=range(4, 5))

    assert (outage.cause, planned_minutes(outage)) == (Cause.PLANNED, [120.0])


def test_an_overrun_is_unplanned_from_the_announced_end() -> None:
    (outage,) = judged(announced(0, 90, transformer_id="T0"))

    assert (outage.cause, planned_minutes(outage)) == (Cause.PLANNED, [80.0] * 10)
    assert outage.evidence["planned_customer_minutes"] == 800.0


def test_who_was_not_named_is_not_planned() -> None:
    planned, cut = judged(announced(0, 180, transformer_id="T0"), meters=range(20))

    assert [(planned.cause, len(planned.parts)), (cut.cause, len(cut.parts))] == [("planned", 10), ("power_cut", 10)]
    assert {part.meter for part in cut.parts} == set(range(10, 20))


def test_announcements_that_overlap_or_follow_count_each_minute_once() -> None:
    first, overlapping, following = announced(0, 60, site_id=""), announced(30, 70), announced(70, 100)
    rows = [PlannedOutage(one.start_s, one.end_s, "", "", "T0", "", "") for one in (first, overlapping, following)]

    (outage,) = judged(*rows)

    assert planned_minutes(outage) == [90.0] * 10  # from minute 10 to minute 100


@pytest.mark.parametrize(("first", "is_planned"), [(40, True), (41, False)])
def test_work_may_begin_half_an_hour_before_its_time(first: int, is_planned: bool) -> None:
    (outage,) = judged(announced(first, 180, transformer_id="T0"))

    assert (outage.cause is Cause.PLANNED) is is_planned


def test_a_customer_may_be_named() -> None:
    named = PlannedOutage(BEGIN_S, BEGIN_S + 3 * 3600, "", "", "", "", "", customer_id="M003")

    planned, cut = judged(named)

    assert (len(planned.parts), planned.cause, len(cut.parts)) == (1, Cause.PLANNED, 9)
