"""Readings as a Green Button feed: Atom entries that link a usage point to its readings, as ESPI's schema has them.

Enters: rows of readings, those of one meter and quantity one behind the other. Leaves: XML, written as the rows come; a meter's
readings of one quantity are in memory together, no more. A block holds the readings that begin on one day of UTC.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise
from typing import BinaryIO
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from meterlake.lake.codes.quality import Quality
from meterlake.lake.codes.quantities import QUANTITIES
from meterlake.lake.green_button.reading_types import QUALITY_CODES, ReadingCodes, codes_of, whole_numbers

COLUMNS = ("meter_id", "quantity", "interval_start", "interval_end", "value")
QUALITY = "quality"
_RESOURCE = "/espi/1_1/resource"
_ATOM, _ESPI = "http://www.w3.org/2005/Atom", "http://naesb.org/espi"
_DAY_S = 86_400
_Numbers = npt.NDArray[np.int64]
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def write_feed(batches: Iterable[pa.RecordBatch], sink: BinaryIO, *, updated: dt.datetime = _EPOCH) -> int:
    """Write rows as one feed.

    Args:
        batches: Rows with `COLUMNS` and, if they like, `quality`; those of a meter together, and of a quantity.
        sink: Where the XML goes.
        updated: When what they say was last changed, which Atom wants to be told.

    Returns:
        How many readings were written.

    Raises:
        BadParameter: If ESPI has no codes for a quantity.
    """
    moment = updated.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    sink.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns={quoteattr(_ATOM)}>\n'.encode())
    sink.write(
        f"<id>{_urn(_RESOURCE)}</id>\n<title>Green Button Usage Feed</title>\n<updated>{moment}</updated>\n".encode()
    )
    count = 0
    for meter, of_meter in groupby(_series_of(batches), key=lambda series: str(series.column("meter_id")[0])):
        point, is_begun = f"{_RESOURCE}/UsagePoint/{quote(meter, safe='')}", False
        for found in of_meter:
            # What has no value is no reading.
            series = found.filter(pc.is_finite(found.column("value").cast(pa.float64())))
            if not series.num_rows:
                continue
            codes = codes_of(str(series.column("quantity")[0]))
            if not is_begun:
                sink.write(_usage_point(meter, point, codes, moment).encode())
                is_begun = True
            sink.writelines(part.encode() for part in _reading_entries(series, codes, point, moment))
            count += series.num_rows
    sink.write(b"</feed>\n")
    return count


def _series_of(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Give the rows of each meter and quantity together, however the batches cut them."""
    waiting: list[pa.RecordBatch] = []
    for batch in batches:
        keys = list(
            zip(
                batch.column("meter_id").to_pylist(),
                batch.column("quantity").cast(pa.string()).to_pylist(),
                strict=True,
            )
        )
        start = 0
        for key, group in groupby(keys):
            size = len(list(group))
            piece = batch.slice(start, size)
            start += size
            if waiting and _key_of(waiting[0]) != key:
                yield pa.Table.from_batches(waiting)
                waiting = []
            waiting.append(piece)
    if waiting:
        yield pa.Table.from_batches(waiting)


def _key_of(rows: pa.RecordBatch) -> tuple[str, str]:
    return str(rows.column("meter_id")[0]), str(rows.column("quantity")[0])


def _usage_point(meter: str, point: str, codes: ReadingCodes, moment: str) -> str:
    content = f"<UsagePoint xmlns={quoteattr(_ESPI)}><ServiceCategory><kind>{codes.service}</kind></ServiceCategory></UsagePoint>"
    return _entry(content, point, f"{_RESOURCE}/UsagePoint", [f"{point}/MeterReading"], meter, moment)


def _reading_entries(series: pa.Table, codes: ReadingCodes, point: str, moment: str) -> Iterator[str]:
    """Give the meter reading of a series, its type and its blocks."""
    quantity = str(series.column("quantity")[0])
    own, kind = (
        f"{point}/MeterReading/{quantity}",
        f"{_RESOURCE}/ReadingType/{uuid.uuid5(uuid.NAMESPACE_URL, f'{point} {quantity}')}",
    )
    title = QUANTITIES[quantity].label
    values, power = whole_numbers(series.column("value").cast(pa.float64()).to_numpy(), codes)
    starts, ends = (_seconds(series.column(name)) for name in ("interval_start", "interval_end"))
    lengths = np.zeros_like(starts) if codes.behaviour == 3 else ends - starts
    yield _entry(
        f"<MeterReading xmlns={quoteattr(_ESPI)}/>",
        own,
        f"{point}/MeterReading",
        [f"{own}/IntervalBlock", kind],
        title,
        moment,
    )
    yield _entry(_reading_type(codes, power, lengths), kind, f"{_RESOURCE}/ReadingType", [], title, moment)
    lines = _readings(values, starts, lengths, _qualities(series))
    days = starts // _DAY_S
    cuts = [0, *(np.flatnonzero(np.diff(days)) + 1).tolist(), len(starts)]
    for first, last in pairwise(cuts):
        start, end = int(starts[first]), int((starts[first:last] + lengths[first:last]).max())
        inside = "".join(lines[first:last])
        content = (
            f"<IntervalBlock xmlns={quoteattr(_ESPI)}><interval><duration>{end - start}</duration><start>{start}</start></interval>\n"
            f"{inside}</IntervalBlock>"
        )
        yield _entry(content, f"{own}/IntervalBlock/{start}", f"{own}/IntervalBlock", [], "", moment)


def _reading_type(codes: ReadingCodes, power: int, lengths: _Numbers) -> str:
    told = {
        "accumulationBehaviour": codes.behaviour,
        "commodity": codes.commodity,
        "defaultQuality": QUALITY_CODES[Quality.ACTUAL],
        "flowDirection": codes.flow,
        **({"intervalLength": int(lengths[0])} if len(set(lengths.tolist())) == 1 and lengths[0] else {}),
        "powerOfTenMultiplier": power,
        "uom": codes.uom,
    }
    return f"<ReadingType xmlns={quoteattr(_ESPI)}>{''.join(f'<{name}>{code}</{name}>' for name, code in told.items())}</ReadingType>"


def _readings(values: _Numbers, starts: _Numbers, lengths: _Numbers, qualities: list[str]) -> list[str]:
    return [
        f"<IntervalReading>{quality}<timePeriod><duration>{length}</duration><start>{start}</start></timePeriod>"
        f"<value>{value}</value></IntervalReading>\n"
        for value, start, length, quality in zip(
            values.tolist(), starts.tolist(), lengths.tolist(), qualities, strict=True
        )
    ]


def _qualities(series: pa.Table) -> list[str]:
    """Return the element of each value's quality, empty for one that is as good as the type says."""
    if QUALITY not in series.column_names:
        return [""] * series.num_rows
    shown = {
        str(quality): "" if quality is Quality.ACTUAL else f"<ReadingQuality><quality>{code}</quality></ReadingQuality>"
        for quality, code in QUALITY_CODES.items()
    }
    return [shown[quality] for quality in series.column(QUALITY).cast(pa.string()).to_pylist()]


def _seconds(moments: pa.ChunkedArray) -> _Numbers:
    seconds: _Numbers = moments.cast(pa.timestamp("us", "UTC")).cast(pa.int64()).to_numpy() // 1_000_000
    return seconds


def _entry(content: str, own: str, up: str, related: list[str], title: str, moment: str) -> str:
    links = [("self", own), ("up", up), *(("related", address) for address in related)]
    linked = "".join(f"<link rel={quoteattr(name)} href={quoteattr(address)}/>" for name, address in links)
    return (
        f"<entry><id>{_urn(own)}</id>{linked}<title>{escape(title)}</title><content>{content}</content>"
        f"<published>{moment}</published><updated>{moment}</updated></entry>\n"
    )


def _urn(address: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, address).urn
