"""What a translator gives: values of a series, many a record, or a record that no value can be read from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from meterlake.etl.conforming.quarantine_reasons import Reason
from meterlake.lake.codes.quality import Quality, ReadingType
from meterlake.lake.codes.quantities import Quantity, unit_factor
from meterlake.lake.errors import BadParameter


@dataclass(frozen=True)
class Series:
    """Whose values these are, and what they measure.

    Attributes:
        meter_id: The meter.
        name: What the file calls the series: a suffix, a register.
        quantity: What is measured, by its name; None where Meterlake has no quantity for it.
        factor: What a value is multiplied by to stand in the quantity's unit.
        reading_type: Interval, register or instant.
    """

    meter_id: str
    name: str
    quantity: str | None
    factor: float = 1.0
    reading_type: ReadingType = ReadingType.INTERVAL


@dataclass(frozen=True)
class Values:
    """The values of one record, each as long as the next, one behind the other.

    Attributes:
        line: Where the record stands in the file, from 1.
        series: What they are values of.
        start_s: When the first begins, in seconds since 1970 in UTC; None where that is no time.
        minutes: How long each of them is.
        texts: As they stand there.
        qualities: One for all, or one each.
        reasons: Why a value is none: one for all, or one each; None for a good one.
        note: What is to be said of the values that have a reason.
    """

    line: int
    series: Series
    start_s: int | None
    minutes: int
    texts: Sequence[str]
    qualities: Sequence[Quality] = (Quality.ACTUAL,)
    reasons: Sequence[Reason | None] = (None,)
    note: str = ""


@dataclass(frozen=True)
class BrokenRecord:
    """A record that no value can be read from: a row of its own in the accounts, and in quarantine."""

    line: int
    reason: Reason
    detail: str
    raw_text: str


def register_name(meter: str, register: str, *, is_first: bool) -> str:
    """Return what a register of a meter is called in the lake: the first is the meter, another stands beside it.

    The name follows from the register alone, so that files in any order, with one register or with several, agree; and the
    energy of a meter's registers adds up, since no two are one series.

    >>> register_name("9990000001", "E2", is_first=False)
    '9990000001/E2'
    """
    return meter if is_first or not meter else f"{meter}/{register}"


def factor_of(quantity: Quantity, unit: str) -> float | None:
    """Return the factor of a unit, however it is written in capitals; None where it does not measure the quantity."""
    try:
        return unit_factor(quantity, _SPELLED.get(unit.strip().lower(), unit))
    except BadParameter:
        return None


_SPELLED = {unit.lower(): unit for unit in ("kWh", "Wh", "MWh", "MJ", "GJ", "kvarh", "varh", "Mvarh", "m3", "L")}
_WORST_FIRST = tuple(reversed(Quality))


def worst(*qualities: Quality) -> Quality:
    """Return the worst of some qualities: what is made of several is as good as the worst of them."""
    return min(qualities, key=_WORST_FIRST.index)
