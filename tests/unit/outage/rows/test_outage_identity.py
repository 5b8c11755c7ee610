"""An outage keeps its id while it grows, merges and closes."""

from __future__ import annotations

from meterlake.lake.codes.causes import Cause
from meterlake.outage.judged_outages import Outage, OutagePart
from meterlake.outage.rows.outage_identity import StoredPart, identify
from tests.unit.outage.fleet_fixture import Town

FLEET = Town().fleet


def cut(meters: range, start: int, end: int | None) -> Outage:
    parts = tuple(OutagePart(meter, start, end, start, 1, "") for meter in meters)
    return Outage(Cause.POWER_CUT, start, end, parts, 1.0, {})


def stored(outage_id: str, meters: range, start: int, end: int | None) -> list[StoredPart]:
    return [StoredPart(outage_id, f"M{meter:03d}", start, end) for meter in meters]


def test_an_outage_that_grows_and_closes_keeps_its_id() -> None:
    (identity,) = identify(FLEET, [cut(range(12), 0, 7200)], stored("out-a", range(8), 0, None))

    assert (identity.outage_id, identity.merged) == ("out-a", ())


def test_of_two_that_become_one_the_larger_lends_its_id_and_the_other_is_named() -> None:
    before = stored("out-a", range(4), 0, 3600) + stored("out-b", range(4, 12), 0, 3600)

    (identity,) = identify(FLEET, [cut(range(12), 0, 3600)], before)

    assert (identity.outage_id, identity.merged) == ("out-b", ("out-a",))


def test_of_one_that_becomes_two_the_larger_part_keeps_the_id() -> None:
    small, large = identify(
        FLEET, [cut(range(3), 0, 3600), cut(range(3, 12), 0, 3600)], stored("out-a", range(12), 0, 3600)
    )

    assert large.outage_id == "out-a"
    assert small.outage_id not in ("out-a", "")


def test_the_same_meters_at_another_time_are_another_outage() -> None:
    (identity,) = identify(FLEET, [cut(range(3), 7200, 9000)], stored("out-a", range(3), 0, 3600))

    assert identity.outage_id != "out-a"


def test_a_new_id_is_made_from_what_is_in_the_outage() -> None:
    one, other = cut(range(3), 0, 3600), cut(range(3, 6), 0, 3600)

    assert identify(FLEET, [one, other], []) == identify(FLEET, [one, other], [])
    assert len({identity.outage_id for identity in identify(FLEET, [one, other], [])}) == 2
