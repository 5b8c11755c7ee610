"""Raw files of every kind that is read, whole and mutated by a seed."""

from __future__ import annotations

import gzip
import io
import json
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import fastavro
import openpyxl
import pyarrow as pa
import pyarrow.orc as orc
import pyarrow.parquet as pq

from meterlake.etl.conforming.mapping_declaration import MappingDeclaration

GOOD_ROWS = 6
MAPPING = MappingDeclaration.model_validate(
    {
        "meter_id": "m",
        "time": {"column": "t", "format": "epoch_s"},
        "interval_minutes": 30,
        "values": [{"column": "v"}],
    }
)
_START = 1_356_998_400
_ODD_TEXTS = (
    b'"', b'""', b"'", b",", b";", b"\t", b"\x00", b"\x1e", b"\x1f", b"\x1d", b"\xff", b"\xc3\x28", b"\xef\xbb\xbf", b"\r", b"\r\n",
    b"\n", b"\n\n", b"NaN", b"inf", b"-inf", b"1e400", b"9223372036854775807", b"-1", b"null", b"{", b"}", b"[", b"]", b"\\", b"%",
    b"2013-02-30", b"9999-12-31", b"0000-00-00", b"24:00", b"+99:00", b"\xe2\x80\xae", b"\xf0\x9f\x92\xa1", b"$1", b"*", b"=1+1",
)  # fmt: skip


def good_file(folder: Path, number: int, *, is_mapped: bool) -> str:
    """Write a whole file with a meter of its own, of GOOD_ROWS rows; return the meter."""
    meter = f"GOOD{number:05d}"
    kinds = (
        (("csv", _mapped_csv),)
        if is_mapped
        else (("csv", _london), ("csv", _nem12), ("xml", _green_button), ("xlsx", _sheet))
    )
    suffix, write = kinds[number // 50 % len(kinds)]
    (folder / f"{number:05d}-good.{suffix}").write_bytes(write(meter, GOOD_ROWS))
    return meter


def mutated_file(folder: Path, number: int, chance: random.Random, *, is_mapped: bool, only: str = "") -> None:
    """Write a file of some kind, or of the one that is named, mutated once or more, sometimes not at all."""
    kinds = _MAPPED if is_mapped else _KNOWN
    suffix, write = chance.choice([kind for kind in kinds if only in ("", kind[1].__name__.strip("_"))])
    content = write(f"F{number:05d}", chance.randint(1, 60))
    is_text = suffix in ("csv", "jsonl", "txt", "usr", "xml")
    if is_text and chance.random() < 0.8:
        content = _mutated_text(content, chance)
    if is_text and chance.random() < 0.15:
        encoding = chance.choice(("utf-16", "utf-16-be", "utf-16-le", "utf-8-sig", "latin-1"))
        mark = "\ufeff" if encoding in ("utf-16-be", "utf-16-le") else ""
        content = (mark + content.decode("utf-8", "replace")).encode(encoding, "replace")
    if is_text and chance.random() < 0.25:
        content = gzip.compress(content)
        suffix += ".gz"
    elif is_text and chance.random() < 0.1:
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"inner.{suffix}", content)
        content, suffix = stream.getvalue(), "zip"
    if chance.random() < (0.1 if is_text else 0.7):
        content = _mutated_bytes(content, chance)
    name = chance.choice(("", "", "", " [1]", "?", "*", "'", '"', "ü"))
    (folder / f"{number:05d}{name}.{suffix}").write_bytes(content)


def _mutated_text(content: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.choice((1, 1, 1, 2, 5))):
        at = chance.randrange(len(content) + 1)
        match chance.randrange(9):
            case 0 | 1 | 2:
                content = content[:at] + chance.choice(_ODD_TEXTS) + content[at:]
            case 3:
                content = content[:at]
            case 4:
                end = chance.choice((b"\r", b"\r\n", b"\n\r", b"\n\n"))
                content = content.replace(b"\n", end, chance.choice((-1, 1, 3))) or b"\n"
            case 5:
                fields = content[at:].split(b",", 1)
                content = content[:at] + b",".join([chance.choice(_ODD_TEXTS), *fields[1:]])
            case 6:
                content = content[:at] + b"9" * chance.choice((100, 5_000, 2_100_000)) + content[at:]
            case 7:
                lines = content.split(b"\n")
                place = chance.randrange(len(lines))
                lines[place] = b",".join(b'"' + field + b'"' for field in lines[place].split(b","))
                content = b"\n".join(lines)
            case _:
                stop = min(len(content), at + chance.randint(1, 80))
                content = content[:at] + content[stop:]
    return content


def _mutated_bytes(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    if chance.random() < 0.3:
        return bytes(changed[: chance.randrange(len(changed) + 1)])
    for _ in range(chance.choice((1, 4, 30))):
        if changed:
            changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _times(rows: int) -> list[str]:
    return [f"2013-01-{1 + slot // 48:02d} {slot % 48 // 2:02d}:{slot % 2 * 30:02d}:00.0000000" for slot in range(rows)]


def _lines(*lines: str) -> bytes:
    return ("\n".join(lines) + "\n").encode()


def _london(meter: str, rows: int) -> bytes:
    body = (f"{meter},Std,{time}, 0.25 ,ACORN-A,Affluent" for time in _times(rows))
    return _lines("LCLid,stdorToU,DateTime,KWH/hh (per half hour) ,Acorn,Acorn_grouped", *body)


def _default(meter: str, rows: int) -> bytes:
    kinds = ("INT", "INT", "AGG", "ERR")
    return _lines(*(f"{meter},1-0:1.8.0,20130101{n % 24:02d}240000,{n}.5,,{kinds[n % 4]}" for n in range(rows)))


def _weather(meter: str, rows: int) -> bytes:
    return _lines(
        "visibility,windBearing,temperature,time,humidity", *(f"1,2,3,{time[:19]},0.5" for time in _times(rows))
    )


def _geodata(meter: str, rows: int) -> bytes:
    body = (f"{meter}-{n},51.5,-0.1,B{n},Europe/London" for n in range(rows))
    return _lines("meter_id,latitude,longitude,building_id,time_zone", *body)


def _households(meter: str, rows: int) -> bytes:
    return _lines("LCLid,stdorToU,Acorn,Acorn_grouped", *(f"{meter}-{n},Std,ACORN-A,Affluent" for n in range(rows)))


def _wide(meter: str, rows: int) -> bytes:
    body = (f"{meter},2013-{1 + n // 28:02d}-{1 + n % 28:02d}" + ",1" * 48 for n in range(rows))
    return _lines("LCLid,day," + ",".join(f"hh_{slot}" for slot in range(48)), *body)


def _apartments(meter: str, rows: int) -> bytes:
    readings = [{"sensor_type": "heating_energy_kwh", "value": 10}, {"sensor_type": "room_temp_c", "value": 20}]
    return _lines(
        *(
            json.dumps({"timestamp_str": time[:19], "building_id": meter, "apartment_id": "a", "readings": readings})
            for time in _times(rows)
        )
    )


def _nem12(meter: str, rows: int) -> bytes:
    """Six values a day of four hours each, their qualities in one 400 record."""
    days = (
        f"300,201301{1 + n // 6 % 28:02d}" + ",0.5" * 6 + ",V,,,20130201000000\n400,1,6,A,," for n in range(0, rows, 6)
    )
    return _lines("100,NEM12,201302010000,MDP1,RET1", f"200,{meter},E1,1,E1,N1,M1,kWh,240,", *days, "900")


def _nem13(meter: str, rows: int) -> bytes:
    reads = (
        f"250,{meter}-{n},11,1,11,11,M2,E,{n}.0,20130101000000,A,,,{n + 5}.0,20130201000000,A,,,5.0,kWh,,20130202000000,"
        for n in range(rows)
    )
    return _lines("100,NEM13,201302010000,MDP1,RET1", *reads, "900")


def _d0010(meter: str, rows: int) -> bytes:
    reads = (f"030|{1 + n % 2:02d}|201301{1 + n // 2 % 28:02d}000000|{100 + n}.5|||T|N|" for n in range(rows))
    header = "ZHV|0000000001|D0010002|D|UDMS|X|AAAA|20130302153151||||OPER|"
    return _lines(header, f"026|{meter}|V|", "028|S1|R|", *reads, f"ZPT|0000000001|{rows + 2}||1|20130302154650|")


def _green_button(meter: str, rows: int) -> bytes:
    kind = "<flowDirection>1</flowDirection><intervalLength>1800</intervalLength><uom>72</uom>"
    readings = (
        f"<IntervalReading><timePeriod><duration>1800</duration><start>{_START + 1_800 * n}</start></timePeriod><value>250</value></IntervalReading>"
        for n in range(rows)
    )
    return _lines(
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:e="http://naesb.org/espi">',
        f'<entry><link rel="self" href="/UsagePoint/{meter}"/><content><e:UsagePoint/></content></entry>',
        f"<entry><content><ReadingType xmlns='http://naesb.org/espi'>{kind}</ReadingType></content></entry>",
        f"<entry><content><IntervalBlock xmlns='http://naesb.org/espi'><interval><duration>1</duration><start>{_START}</start></interval>",
        *readings,
        "</IntervalBlock></content></entry>",
        "</feed>",
    )


def _esb_hdf(meter: str, rows: int) -> bytes:
    body = (
        f"{meter},1,0.5,Active Import Interval (kW),{1 + n // 48:02d}-06-2024 {n % 48 // 2:02d}:{n % 2 * 30:02d}"
        for n in range(rows)
    )
    return _lines("MPRN,Meter Serial Number,Read Value,Read Type,Read Date and End Time", *reversed(list(body)))


def _sheet(meter: str, rows: int) -> bytes:
    book = openpyxl.Workbook()
    for line in _london(meter, rows).decode().splitlines():
        book.active.append(line.split(","))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _records(meter: str, rows: int) -> list[dict[str, str]]:
    return [{"m": meter, "t": str(_START + 1_800 * n), "v": f"{n}.5"} for n in range(rows)]


def _mapped_csv(meter: str, rows: int) -> bytes:
    return _lines("m,t,v", *(",".join(record.values()) for record in _records(meter, rows)))


def _mapped_json(meter: str, rows: int) -> bytes:
    return _lines(*map(json.dumps, _records(meter, rows)))


def _parquet(meter: str, rows: int) -> bytes:
    stream = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(_records(meter, rows)), stream, compression="snappy" if rows % 2 else "none")
    return stream.getvalue()


def _orc(meter: str, rows: int) -> bytes:
    stream = io.BytesIO()
    orc.write_table(pa.Table.from_pylist(_records(meter, rows)), stream)
    return stream.getvalue()


def _avro(meter: str, rows: int) -> bytes:
    stream = io.BytesIO()
    schema = {"type": "record", "name": "r", "fields": [{"name": name, "type": "string"} for name in "mtv"]}
    fastavro.writer(stream, schema, _records(meter, rows), codec="deflate" if rows % 2 else "null")
    return stream.getvalue()


_Kinds = tuple[tuple[str, Callable[[str, int], bytes]], ...]
_KNOWN: _Kinds = (
    ("csv", _london),
    ("csv", _london),
    ("csv", _default),
    ("csv", _weather),
    ("csv", _geodata),
    ("csv", _households),
    ("csv", _wide),
    ("jsonl", _apartments),
    ("csv", _esb_hdf),
    ("csv", _nem12),
    ("txt", _nem13),
    ("usr", _d0010),
    ("xml", _green_button),
    ("xlsx", _sheet),
)
_MAPPED: _Kinds = (
    ("csv", _mapped_csv),
    ("jsonl", _mapped_json),
    ("parquet", _parquet),
    ("orc", _orc),
    ("avro", _avro),
)
