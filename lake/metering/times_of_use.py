"""Times of use: which name each moment of a meter's own clock has by a tariff's seasons, weekdays, holidays and hours.

Enters: lines of a tariff, as `peak,11-2,mon-fri,16:00-19:00`, the first that holds names the time; a zone and a range. Leaves:
stretches of time that each have one name, in order, without a gap.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from meterlake.lake.errors import BadParameter
from meterlake.lake.metering.calendars import Period

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOLIDAY = "holiday"
# What no line names.
OTHER = "other"
_ALL_DAYS = len(_DAYS) + 1
_ONE_DAY = dt.timedelta(days=1)
_LOOKED_AT_AGAIN = dt.timedelta(minutes=5)
_MINUTES_A_DAY = 1440
_EXAMPLE = "peak,11-2,mon-fri,16:00-19:00"
_SPAN = re.compile(r"(\w+)(?:-(\w+))?")
_CLOCKS = re.compile(r"(\d\d?):(\d\d)-(\d\d?):(\d\d)")


@dataclass(frozen=True)
class TimeOfUse:
    """A named time: it holds in these months, on these days, between these minutes of the clock.

    Attributes:
        name: Its name.
        months: 1 to 12.
        days: mon to sun, and holiday.
        minutes: Half-open spans of the day's minutes; one that goes over midnight is two.
    """

    name: str
    months: frozenset[int]
    days: frozenset[str]
    minutes: tuple[tuple[int, int], ...]

    def holds(self, month: int, day: str, minute: int) -> bool:
        """Say whether it holds."""
        return month in self.months and day in self.days and any(first <= minute < end for first, end in self.minutes)


@dataclass(frozen=True)
class Tariff:
    """The named times of a tariff, of which the first that holds counts; and the days that are holidays."""

    times: tuple[TimeOfUse, ...]
    holidays: Container[dt.date] = frozenset()

    @property
    def names(self) -> list[str]:
        """The names, each once, in order."""
        return list(dict.fromkeys(time.name for time in self.times))

    def stretches(self, periods: Sequence[Period], zone: ZoneInfo) -> Iterator[tuple[Period, str]]:
        """Yield the stretches of time within periods, each with its name."""
        for period in periods:
            begun, name = period.start, self._name_at(period.start, zone)
            for moment in self._edges(period, zone):
                next_name = self._name_at(moment, zone)
                if next_name != name:
                    yield Period(begun, moment), name
                    begun, name = moment, next_name
            yield Period(begun, period.end), name

    def _edges(self, period: Period, zone: ZoneInfo) -> list[dt.datetime]:
        """Return the moments within a period at which a time may begin or end, in order."""
        minutes = {edge for time in self.times for span in time.minutes for edge in span if edge < _MINUTES_A_DAY} | {0}
        day, last = period.start.astimezone(zone).date(), period.end.astimezone(zone).date()
        edges: set[dt.datetime] = set()
        while day <= last:
            midnight, next_midnight = (dt.datetime.combine(one, dt.time(), zone) for one in (day, day + _ONE_DAY))
            if midnight.utcoffset() == next_midnight.utcoffset():
                edges |= {midnight.replace(hour=at // 60, minute=at % 60).astimezone(dt.UTC) for at in minutes}
            else:
                # Where the clock is set an hour of it comes twice, or not at all: it is looked at again and again.
                moment = midnight.astimezone(dt.UTC)
                while moment < next_midnight.astimezone(dt.UTC):
                    edges.add(moment)
                    moment += _LOOKED_AT_AGAIN
            day += _ONE_DAY
        return sorted(edge for edge in edges if period.start < edge < period.end)

    def _name_at(self, moment: dt.datetime, zone: ZoneInfo) -> str:
        local = moment.astimezone(zone)
        day = _DAYS[local.weekday()]
        if local.date() in self.holidays:
            # Where no line names holidays they are Sundays.
            day = HOLIDAY if any(HOLIDAY in time.days and len(time.days) < _ALL_DAYS for time in self.times) else "sun"
        minute = 60 * local.hour + local.minute
        return next((time.name for time in self.times if time.holds(local.month, day, minute)), OTHER)


def tariff_of(text: str, country: str | None = None) -> Tariff:
    """Read a tariff: lines, or parts between semicolons, of name, months, days and hours, of which the last may be left out.

    Args:
        text: The lines.
        country: Whose public holidays are holidays, as an ISO 3166 code such as GB; none where left out.

    Raises:
        BadParameter: If one cannot be read, or the country is unknown.
    """
    lines = [line.strip() for line in re.split(r"[;\n]", text) if line.strip() and not line.strip().startswith("#")]
    if lines and lines[0].replace(" ", "").lower() == "name,months,days,hours":
        lines = lines[1:]
    if not lines:
        raise BadParameter("times", text, "lines of name, months, days and hours", _EXAMPLE)
    return Tariff(tuple(_time_of(line) for line in lines), _holidays(country))


def _holidays(country: str | None) -> Container[dt.date]:
    if country is None:
        return frozenset()
    import holidays  # takes a moment to import

    try:
        # Years are looked up when they are asked for.
        found: Container[dt.date] = holidays.country_holidays(country)
    except NotImplementedError as error:
        raise BadParameter("holidays", country, "a country's ISO 3166 code", "GB") from error
    return found


def _time_of(line: str) -> TimeOfUse:
    name, *said = (part.strip() for part in line.split(","))
    months, days, hours = [*said, "", "", ""][:3]
    if not name or len(said) > 3:
        raise BadParameter("times", line, "a name, and months, days and hours behind it", _EXAMPLE)
    return TimeOfUse(name, _months(months, line), _days(days, line), _minutes(hours, line))


def _months(text: str, line: str) -> frozenset[int]:
    found: set[int] = set()
    for first, last in _spans(text, line):
        if not (first.isdigit() and last.isdigit() and 1 <= int(first) <= 12 and 1 <= int(last) <= 12):
            raise BadParameter("times", line, "months as numbers, 11-2 or 6", _EXAMPLE)
        month = int(first)
        found.add(month)
        while month != int(last):
            month = month % 12 + 1
            found.add(month)
    return frozenset(found or range(1, 13))


def _days(text: str, line: str) -> frozenset[str]:
    found: set[str] = set()
    for first, last in _spans(text.lower(), line):
        if first == last == HOLIDAY:
            found.add(HOLIDAY)
            continue
        if first not in _DAYS or last not in _DAYS:
            raise BadParameter("times", line, f"days of {', '.join(_DAYS)} or {HOLIDAY}, as mon-fri", _EXAMPLE)
        place = _DAYS.index(first)
        found.add(first)
        while _DAYS[place] != last:
            place = (place + 1) % 7
            found.add(_DAYS[place])
    return frozenset(found or (*_DAYS, HOLIDAY))


def _minutes(text: str, line: str) -> tuple[tuple[int, int], ...]:
    if not text:
        return ((0, _MINUTES_A_DAY),)
    spans: list[tuple[int, int]] = []
    for part in text.split():
        clocks = _CLOCKS.fullmatch(part)
        first, end = (60 * int(clocks[at]) + int(clocks[at + 1]) for at in (1, 3)) if clocks else (-1, -1)
        if not (0 <= first < _MINUTES_A_DAY and 0 < end <= _MINUTES_A_DAY) or first == end:
            raise BadParameter("times", line, "hours as 16:00-19:00, several with a blank between", _EXAMPLE)
        spans += [(first, end)] if first < end else [(first, _MINUTES_A_DAY), (0, end)]
    return tuple(spans)


def _spans(text: str, line: str) -> Iterator[tuple[str, str]]:
    for part in text.split():
        found = _SPAN.fullmatch(part)
        if not found:
            raise BadParameter("times", line, "spans as 11-2 and mon-fri, several with a blank between", _EXAMPLE)
        yield found[1], found[2] or found[1]
