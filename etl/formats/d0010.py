"""D0010, the meter readings that Britain's data collectors and suppliers send each other: records between bars.

    ZHV header, 026 a supply point and what became of its check, 028 a meter, 030 a register read, ZPT end

Each record leans on those above it. The other records (027, 029, 032, 033) say nothing that is stored and are passed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from meterlake.etl.conforming.quarantine_reasons import Reason
from meterlake.etl.conforming.raw_format import Example, FileHead, Layout, Mismatch
from meterlake.etl.translating.local_moments import moment_of
from meterlake.etl.translating.raw_source import Line, RawSource
from meterlake.etl.translating.record_lines import field, fields_of, first_records, local_time, read_records
from meterlake.etl.translating.translated_format import TranslatedFormat
from meterlake.etl.translating.translated_values import BrokenRecord, Series, Values, register_name, worst
from meterlake.lake.codes.quality import Quality, ReadingType

_ZONE = "Europe/London"
_REGISTER = "energy_register"
_PASSED_OVER = ("027", "029", "031", "032", "033", "ZPT")
# A meter of one rate calls its only register S.
_FIRST_REGISTERS = ("1", "01", "S")
# A line of another type with so few fields may be a 026 or a 028 that was damaged.
_FIELDS_OF_028 = range(2, 6)
# V validated; U not yet, F failed.
_OF_STATUS = {"V": Quality.ACTUAL, "U": Quality.SUSPECT, "F": Quality.SUSPECT}
# D deemed, O the old supplier's estimate; Q changed by hand; W withdrawn. All others were read.
_OF_READING_TYPE = {"D": Quality.ESTIMATED, "O": Quality.ESTIMATED, "Q": Quality.EDITED, "W": Quality.SUSPECT}
# T the read is good, F it is not.
_OF_FLAG = {"F": Quality.SUSPECT}


class D0010(TranslatedFormat):
    """D0010, register reads of Britain's market: records 026, 028 and 030 between bars."""

    holds = "a record a line, by its type: `026|MPAN|status|`, `028|serial|type|`, `030|register|time|read|…|`; a row is a read"
    times = "local time of Britain"
    described_at = "Elexon and RECCo, *Energy Market Data Specification*, flow D0010 (recportal.co.uk)"
    zone = _ZONE
    measures = (_REGISTER,)
    has_registers = True
    example = Example(
        "d0010.usr",
        (
            "ZHV|0000000001|D0010002|D|UDMS|X|AAAA|20260302153151||||OPER|\n026|1000000000001|V|\n028|METER01|D|\n"
            "030|01|20260115000000|12345.0|||T|A|\nZPT|0000000001|3||1|20260302154650|\n"
        ),
    )

    def recognise(self, head: FileHead) -> Layout | Mismatch:
        """Recognise a file by its header, or by a 026 above a 028 where it has none."""
        rows = first_records(head, "|")
        first = rows[0]
        if first[0] == "ZHV" and field(first, 2).startswith("D0010"):
            return self.layout_of(head)
        if first[0] == "026" and len(rows) > 1 and rows[1][0] in ("027", "028"):
            return self.layout_of(head)
        return Mismatch(0.5 if first[0] == "ZHV" else 0.95, "expected a header ZHV|…|D0010…, or a 026 record")

    def translate(self, source: RawSource, layout: Layout) -> Iterator[Values | BrokenRecord]:
        """See TranslatedFormat."""
        reader = _Reader()
        yield from read_records(source, reader, "|")


class _Reader:
    """Reads records one by one, and remembers what later ones lean on."""

    def __init__(self) -> None:
        self.zone = ZoneInfo(_ZONE)
        self.mpan = self.meter = ""
        self.qualities: dict[str, Quality] = {}

    def lose(self, fields: list[str]) -> None:
        """Forget whose reads come, where a line that cannot be read may have said so."""
        if fields[0] not in ("030", *_PASSED_OVER) and len(fields) in _FIELDS_OF_028:
            self._forget()

    def _forget(self) -> None:
        self.mpan = self.meter = ""
        self.qualities = {}

    def read(self, line: Line) -> Iterator[Values | BrokenRecord]:
        """Give what a record says, or the record itself where it is broken."""
        fields = fields_of(line.text, "|")
        match fields[0]:
            case "026":
                self._forget()
                self.mpan = field(fields, 1)
                broken = self._judge("026", field(fields, 2), _OF_STATUS) if self.mpan else "it names no MPAN"
            case "028":
                self.meter = f"{self.mpan}/{field(fields, 1)}" if self.mpan and field(fields, 1) else ""
                self._judge("028", field(fields, 2), _OF_READING_TYPE, others=Quality.ACTUAL)
                broken = "" if self.meter else "no 026 record above it says whose meter this is, or it names none"
            case "030":
                yield self._read_of(line, fields)
                return
            case "ZHV":
                self._forget()
                return
            case kind if kind in _PASSED_OVER:
                return
            case kind:
                self.lose(fields)
                broken = f"{kind[:20]!r} is no type of record: ZHV, 026, 028, 030, {', '.join(_PASSED_OVER)}"
        if broken:
            yield line.broken(Reason.BAD_RECORD, broken)

    def _judge(self, record: str, code: str, codes: dict[str, Quality], others: Quality | None = None) -> str:
        """Note what a record says of the reads below it; return a word where it says nothing that is known."""
        quality = codes.get(code.upper(), others)
        if quality is None:
            self._forget()
            return f"{code!r} is none of {', '.join(codes)}"
        self.qualities[record] = quality
        return ""

    def _read_of(self, line: Line, fields: list[str]) -> Values | BrokenRecord:
        if not self.meter:
            return line.broken(Reason.BAD_RECORD, "no whole 026 and 028 record above it say whose read this is")
        register = field(fields, 1)
        if not register:
            return line.broken(Reason.BAD_RECORD, "it names no register")
        start, reason = moment_of(local_time(field(fields, 2)), self.zone)
        name = register_name(self.meter, register, is_first=register in _FIRST_REGISTERS)
        series = Series(name, f"register {register}", _REGISTER, reading_type=ReadingType.REGISTER)
        quality = worst(*self.qualities.values(), _OF_FLAG.get(field(fields, 6).upper(), Quality.ACTUAL))
        return Values(
            line.number, series, start, 0, [field(fields, 3)], [quality], [reason], f"read at {field(fields, 2)}"
        )


FORMAT = D0010()
