"""NEM12, the interval data of Australia's electricity market: record types that lean on those above them.

    100 header, 200 a meter's register, 300 its day, 400 the quality of some of the day's intervals, 500 a visit, 900 end

A 300 holds a value for each interval of a day of market time, the first of which begins at midnight. A file may hold many
meters, several ends, or no header. A 500 says nothing that is stored and is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from meterlake.etl.conforming.quarantine_reasons import Reason
from meterlake.etl.conforming.raw_format import Example, FileHead, Layout, Mismatch
from meterlake.etl.translating.aemo_codes import (
    DESCRIBED_AT,
    MARKET_CLOCK,
    MARKET_ZONE,
    MEASURED,
    QUALITY_METHOD,
    quality_of,
    series_of,
)
from meterlake.etl.translating.raw_source import Line, RawSource
from meterlake.etl.translating.record_lines import field as column
from meterlake.etl.translating.record_lines import (
    fields_of,
    first_records,
    local_time,
    read_records,
    seconds_of,
    whole_number,
)
from meterlake.etl.translating.translated_format import TranslatedFormat
from meterlake.etl.translating.translated_values import BrokenRecord, Series, Values
from meterlake.lake.codes.quality import Quality

_DAY_MINUTES = 1440
_VARIES = "V"
# A line of another type with about as many fields may be a 200 that was damaged.
_FIELDS_OF_200 = range(8, 12)


class Nem12(TranslatedFormat):
    """NEM12, interval data of Australia's market: record types 100, 200, 300, 400, 900."""

    holds = "a record a line, by its type: `200,NMI,…,suffix,…,unit,minutes,…` and `300,day,v1,…,vN,quality,…`; a row is a value"
    times = "market time, +10:00 all year; a value a slot of the day"
    described_at = DESCRIBED_AT
    zone = MARKET_ZONE
    measures = MEASURED
    example = Example(
        "nem12.csv",
        "100,NEM12,202401020000,MDP1,RET1\n200,9990000001,E1B1,1,E1,N1,M1,kWh,30,\n300,20240101"
        + ",0.1" * 24
        + ",0.2" * 24
        + ",V,,,20240102010000,\n400,1,20,F14,76,\n400,21,48,A,,\n900\n",
    )

    def recognise(self, head: FileHead) -> Layout | Mismatch:
        """Recognise a file by its 100 record, or by a 200 above a 300 where it has none."""
        rows = first_records(head, ",")
        first = rows[0]
        if first[0] == "100" and column(first, 1).upper() == "NEM12":
            return self.layout_of(head)
        if first[0] == "200" and len(first) in _FIELDS_OF_200 and len(rows) > 1 and rows[1][0] == "300":
            return self.layout_of(head)
        return Mismatch(0.5 if first[0] == "100" else 0.95, "expected a 100 record that says NEM12, or a 200 record")

    def translate(self, source: RawSource, layout: Layout) -> Iterator[Values | BrokenRecord]:
        """See TranslatedFormat."""
        reader = _Reader()
        yield from read_records(source, reader, ",")
        yield from reader.end_of_day()


@dataclass(frozen=True)
class _Register:
    """What a 200 says: whose values come, and how long each is."""

    series: Series
    minutes: int
    said: str


@dataclass
class _Day:
    """What a 300 says; the qualities are those that are known so far."""

    line: int
    register: _Register
    start_s: int
    texts: list[str]
    qualities: list[str] = field(default_factory=list)

    def values(self) -> Values:
        """Return the day's values, once no 400 can follow."""
        judged = {method: quality_of(method) if method else None for method in set(self.qualities)}
        why = {method: _why_none(method) if quality is None else None for method, quality in judged.items()}
        # One for all of them, as nearly every day has it.
        methods = self.qualities[:1] if len(judged) == 1 else self.qualities
        codes = [judged[method] or Quality.ACTUAL for method in methods]
        reasons = [why[method] for method in methods]
        said = self.register.said
        note = f"{said}; no 400 record says the quality" if "" in self.qualities else said
        return Values(
            self.line, self.register.series, self.start_s, self.register.minutes, self.texts, codes, reasons, note
        )


def _why_none(method: str) -> Reason:
    return Reason.MISSING_VALUE if method else Reason.BAD_RECORD


class _Reader:
    """Reads records one by one, and remembers what later ones lean on."""

    def __init__(self) -> None:
        self.register: _Register | None = None
        self.day: _Day | None = None

    def read(self, line: Line) -> Iterator[Values | BrokenRecord]:
        """Give what a record completes, and the record itself where it is broken."""
        fields = fields_of(line.text, ",")
        if fields[0] == "400":
            yield from self._set_quality(line, fields)
            return
        yield from self.end_of_day()
        match fields[0]:
            case "100" | "500" | "900":
                return
            case "200":
                self.register, broken = _register_of(line, fields)
            case "300":
                self.day, broken = self._day_of(line, fields)
            case kind:
                self.lose(fields)
                broken = line.broken(
                    Reason.BAD_RECORD, f"{kind[:20]!r} is no type of record: 100, 200, 300, 400, 500, 900"
                )
        if broken:
            yield broken

    def lose(self, fields: list[str]) -> None:
        """Forget the register where a line that cannot be read may have been another one's 200."""
        if fields[0] == "200" or (fields[0] not in ("300", "400", "500") and len(fields) in _FIELDS_OF_200):
            self.register = None

    def end_of_day(self) -> Iterator[Values]:
        """Give the day whose qualities are complete."""
        if self.day:
            yield self.day.values()
        self.day = None

    def _day_of(self, line: Line, fields: list[str]) -> tuple[_Day | None, BrokenRecord | None]:
        if self.register is None:
            return None, line.broken(Reason.BAD_RECORD, "no whole 200 record above it says whose values these are")
        wanted = _DAY_MINUTES // self.register.minutes
        if not _is_method(column(fields, 2 + wanted)):
            found = next((place for place, text in enumerate(fields[2:]) if _is_method(text)), None)
            shown = "no quality behind its values" if found is None else f"{found} values"
            said = f"{shown}, where its 200 record says {self.register.minutes} minutes: {wanted} values and a quality"
            return None, line.broken(Reason.WRONG_COLUMNS, said)
        midnight = local_time(fields[1])
        if midnight is None or len(fields[1]) != len("20240101"):
            return None, line.broken(Reason.BAD_TIME, f"{fields[1]!r} is no day such as 20240101")
        method = fields[2 + wanted].upper()
        qualities = ["" if method == _VARIES else method] * wanted
        start = seconds_of(midnight, MARKET_CLOCK)
        return _Day(line.number, self.register, start, fields[2 : 2 + wanted], qualities), None

    def _set_quality(self, line: Line, fields: list[str]) -> Iterator[BrokenRecord]:
        if self.day is None:
            yield line.broken(Reason.BAD_RECORD, "no whole 300 record above it holds these intervals")
            return
        count, method = len(self.day.texts), column(fields, 3)
        first, last = (whole_number(column(fields, place)) or 0 for place in (1, 2))
        if not (1 <= first <= last <= count and QUALITY_METHOD.fullmatch(method)):
            yield line.broken(Reason.BAD_RECORD, f"expected two intervals of 1 to {count} and their quality")
            return
        self.day.qualities[first - 1 : last] = [method.upper()] * (last - first + 1)


def _register_of(line: Line, fields: list[str]) -> tuple[_Register | None, BrokenRecord | None]:
    minutes = whole_number(column(fields, 8)) or 0
    if not (minutes > 0 and _DAY_MINUTES % minutes == 0):
        return None, line.broken(Reason.BAD_RECORD, f"{column(fields, 8)!r} is no length of intervals in minutes")
    if not fields[1]:
        return None, line.broken(Reason.MISSING_METER, "it names no NMI")
    suffix, unit = column(fields, 4), column(fields, 7)
    return _Register(series_of(fields[1], suffix, unit), minutes, f"suffix {suffix} in {unit}"), None


def _is_method(text: str) -> bool:
    return text.upper() == _VARIES or bool(QUALITY_METHOD.fullmatch(text))


FORMAT = Nem12()
