"""Lakes drawn by chance, about a change of the clocks, and what is right of their days, by Python's own zones and whole numbers.

Three kinds of meters: `parts` sends totals and parts that agree, with gaps and estimates; `restated` sends half-hours again and
again, and the last value counts; `stands` shows a register. Files come in any order, their times written in any way.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from zoneinfo import ZoneInfo

# Where a clock is set at two, at midnight, by half an hour, in Ramadan, never, or a whole day was left out: a day near each.
ZONES = {
    "Europe/London": dt.date(2024, 3, 31),
    "Europe/Berlin": dt.date(2024, 10, 27),
    "America/Chicago": dt.date(2024, 11, 3),
    "America/Havana": dt.date(2024, 3, 10),
    "Atlantic/Azores": dt.date(2024, 10, 27),
    "Australia/Lord_Howe": dt.date(2024, 4, 7),
    "Asia/Beirut": dt.date(2024, 10, 27),
    "America/Santiago": dt.date(2024, 9, 8),
    "America/Sao_Paulo": dt.date(2018, 11, 4),
    "Africa/Casablanca": dt.date(2024, 4, 14),
    "Asia/Kathmandu": dt.date(2024, 12, 31),
    "Pacific/Apia": dt.date(2011, 12, 30),
}
KINDS = ("parts", "restated", "stands")
_DAY, _MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)
_STEP = 15 * _MINUTE
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_LONGEST_OF_A_DAY = 36 * 60 * _MINUTE


@dataclass(frozen=True)
class Said:
    """One row of a file: what flowed in an interval, or where a register stood at its start; in thousandths."""

    meter_id: str
    start: dt.datetime
    end: dt.datetime
    value: int
    quality: str = "A"


@dataclass(frozen=True)
class RawFile:
    """Rows, or what a list of meters says of their zones, as text."""

    kind: str
    rows: tuple[Said, ...]
    text: str
    clock: str


@dataclass
class Sums:
    """What is right of a period, in thousandths and minutes."""

    value: int = 0
    present: int = 0
    estimated: int = 0

    def add(self, start: dt.datetime, end: dt.datetime, value: int, *, is_estimated: bool = False) -> None:
        self.value += value
        self.present += (end - start) // _MINUTE
        self.estimated += (end - start) // _MINUTE if is_estimated else 0


@dataclass(frozen=True)
class RandomLake:
    """Files in the order in which they come, and the zone of each meter."""

    files: tuple[RawFile, ...]
    zone_of: dict[str, str]
    pieces: tuple[Said, ...] = field(repr=False)

    def sums_of_periods(self, period: str) -> dict[tuple[str, dt.date], Sums]:
        """Return what is right of each meter's days, weeks or months."""
        found: dict[tuple[str, dt.date], Sums] = defaultdict(Sums)
        for piece in self.pieces:
            zone = ZoneInfo(self.zone_of[piece.meter_id])
            first = piece.start.astimezone(zone).date()
            days = max(1, int((piece.end - piece.start) / _DAY + 0.5))
            is_span = piece.end - piece.start >= _LONGEST_OF_A_DAY
            if period == "day":
                if is_span:
                    continue
            elif is_span and first_day(period, first) != first_day(period, first + (days - 1) * _DAY):
                continue
            key = piece.meter_id, first_day(period, first)
            found[key].add(piece.start, piece.end, piece.value, is_estimated=piece.quality == "E")
        return dict(found)

    def minutes_of(self, period: str, meter_id: str, day: dt.date) -> int:
        """Return how long a period is on the meter's clock."""
        zone = ZoneInfo(self.zone_of[meter_id])
        behind = day + _DAY if period == "day" else day + 7 * _DAY if period == "week" else _next_month(day)
        return (_midnight(behind, zone) - _midnight(day, zone)) // _MINUTE


def first_day(period: str, day: dt.date) -> dt.date:
    """Return the first day of the day, week or month that a day lies in."""
    return {"day": day, "week": day - day.weekday() * _DAY, "month": day.replace(day=1)}[period]


def random_lake(seed: int) -> RandomLake:
    """Draw a lake."""
    chance = random.Random(seed)
    zones = chance.sample(sorted(ZONES), 1 if chance.random() < 0.7 else 2)
    around, zone_of = ZONES[zones[0]], {}
    drawn: list[tuple[str, list[list[Said]], list[Said]]] = []
    files: list[RawFile] = []
    for number in range(chance.randint(1, 3)):
        meter_id, clock, kind = f"M{number}", chance.choice(zones), chance.choice(KINDS)
        uploads, right = _DRAWERS[kind](chance, meter_id, ZoneInfo(clock), around)
        drawn.append((kind, uploads, right))
        files += [_file("stands" if kind == "stands" else "values", rows, clock, chance) for rows in uploads if rows]
        # A day's total stays that of the clock by which it was counted.
        zone_of[meter_id] = clock if kind == "parts" else chance.choice(zones)
    chance.shuffle(files)
    if len(zones) > 1:
        files.insert(chance.randint(0, len(files)), _places(zone_of))
    pieces = [
        piece
        for (kind, _, own), meter_id in zip(drawn, zone_of, strict=True)
        for piece in (_last_said(files, meter_id) if kind == "restated" else own)
    ]
    return RandomLake(tuple(files), zone_of, tuple(pieces))


def _parts(
    chance: random.Random, meter_id: str, zone: ZoneInfo, around: dt.date
) -> tuple[list[list[Said]], list[Said]]:
    """Draw quarters, half-hours, hours and days that agree; return them by file, and what is right."""
    said: list[Said] = []
    stands: list[Said] = []
    first = around - chance.randint(0, 4) * _DAY
    for day in (first + number * _DAY for number in range(chance.randint(1, 6))):
        midnight, behind = _midnight(day, zone), _midnight(day + _DAY, zone)
        steps = (behind - midnight) // _STEP
        if not steps:
            continue
        truth = [chance.randint(0, 900) for _ in range(steps)]
        measured: set[int] = set()
        for length, share in ((1, 0.3), (2, 0.4), (4, 0.4), (steps, 0.4)):
            # Where a clock is set by half an hour, hours that follow one another begin in the middle of its own.
            if chance.random() < 0.3 or steps % length:
                continue
            for at in range(0, steps, length):
                if chance.random() < share * (1 if length < steps else 2):
                    until = min(at + length, steps)
                    start, end = (midnight + place * _STEP for place in (at, until))
                    said.append(Said(meter_id, start, end, sum(truth[at:until])))
                    measured |= set(range(at, until))
        for at, value in enumerate(truth):
            start = midnight + at * _STEP
            if at in measured:
                stands.append(Said(meter_id, start, start + _STEP, value))
            if chance.random() < 0.1:
                estimate = Said(meter_id, start, start + _STEP, chance.randint(0, 900), "E")
                said.append(estimate)
                stands += [] if at in measured else [estimate]
    return _dealt(chance, said), stands


def _restated(
    chance: random.Random, meter_id: str, zone: ZoneInfo, around: dt.date
) -> tuple[list[list[Said]], list[Said]]:
    """Draw half-hours that are said in several files with other values."""
    midnight = _midnight(around - 2 * _DAY, zone)
    uploads = []
    for _ in range(chance.randint(1, 4)):
        begins, count = chance.randint(0, 150), chance.randint(1, 90)
        starts = [midnight + 2 * _STEP * place for place in range(begins, begins + count)]
        uploads.append(
            [Said(meter_id, one, one + 2 * _STEP, chance.randint(0, 900)) for one in starts if chance.random() < 0.9]
        )
    return uploads, []


def _stands(
    chance: random.Random, meter_id: str, zone: ZoneInfo, around: dt.date
) -> tuple[list[list[Said]], list[Said]]:
    """Draw reads of a register, some hours or days apart."""
    moment, stand = _midnight(around - 3 * _DAY, zone), 1_000
    reads = []
    for _ in range(chance.randint(2, 12)):
        reads.append(Said(meter_id, moment, moment, stand))
        if chance.random() < 0.4:
            moment = _midnight(moment.astimezone(zone).date() + chance.randint(1, 9) * _DAY, zone)
        else:
            moment += chance.randint(1, 300) * _STEP
        stand += chance.randint(1, 900)
        if moment <= reads[-1].start:  # of a day that was left out
            moment = reads[-1].start + _STEP
    flowed = [Said(meter_id, one.start, other.start, other.value - one.value) for one, other in pairwise(reads)]
    return _dealt(chance, reads), flowed


_DRAWERS = {"parts": _parts, "restated": _restated, "stands": _stands}


def _dealt(chance: random.Random, said: list[Said]) -> list[list[Said]]:
    """Deal rows out to files; some stand in two."""
    uploads: list[list[Said]] = [[] for _ in range(chance.randint(1, 4))]
    for row in said:
        for upload in chance.sample(uploads, 2 if len(uploads) > 1 and chance.random() < 0.1 else 1):
            upload.append(row)
    return uploads


def _last_said(files: list[RawFile], meter_id: str) -> Iterator[Said]:
    last = {row.start: row for one in files for row in one.rows if row.meter_id == meter_id}
    yield from last.values()


def _file(kind: str, rows: list[Said], clock: str, chance: random.Random) -> RawFile:
    """Write rows in order or not, in UTC, with offsets, or where a clock's times are no others', as it shows them."""
    rows = [*rows]
    if chance.random() < 0.4:
        chance.shuffle(rows)
    zone = ZoneInfo(clock)
    is_plain = all(_is_plain(moment, zone) for row in rows for moment in (row.start, row.end))
    # Of an interval that does not begin on the grid of the clock that it is written in, nobody knows what it is.
    is_on_grid = all((row.start - _EPOCH) % (row.end - row.start or _STEP) == dt.timedelta() for row in rows)
    form = chance.choice(["offset", *["local"] * is_plain, *["utc"] * is_on_grid])
    lines = ["id,start,end,v,q" if kind == "values" else "id,t,v,q"]
    for row in rows:
        times = [_written(moment, form, zone) for moment in (row.start, row.end)]
        times = times if kind == "values" else times[:1]
        lines.append(",".join([row.meter_id, *times, f"{row.value / 1000:.3f}", row.quality]))
    return RawFile(kind, tuple(rows), "\n".join(lines) + "\n", clock)


def _written(moment: dt.datetime, form: str, zone: ZoneInfo) -> str:
    if form == "utc":
        return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
    local = moment.astimezone(zone)
    return local.isoformat() if form == "offset" else f"{local:%Y-%m-%d %H:%M}"


def _is_plain(moment: dt.datetime, zone: ZoneInfo) -> bool:
    local = moment.astimezone(zone).replace(tzinfo=None)
    return {local.replace(tzinfo=zone, fold=fold).astimezone(dt.UTC) for fold in (0, 1)} == {moment}


def _places(zone_of: dict[str, str]) -> RawFile:
    lines = [f"{meter_id},10,20,{zone}" for meter_id, zone in zone_of.items()]
    return RawFile("places", (), "\n".join(["meter_id,latitude,longitude,time_zone", *lines]) + "\n", "UTC")


def _midnight(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), zone).astimezone(dt.UTC)


def _next_month(day: dt.date) -> dt.date:
    return (day.replace(day=1) + 31 * _DAY).replace(day=1)
