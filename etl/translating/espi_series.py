"""Which meter and which quantity the readings of each block are of, found by the links between entries.

Enters: the entries of a feed. Leaves: a source of values for each block, or the word why none can be told. Links lead from a
usage point to its meter readings, and from those to their reading type and their blocks; where a file has only one of a
kind, it needs no link.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote, urlsplit

from meterlake.etl.translating.espi_codes import DELIVERED, NET, RECEIVED, TOTAL, Measured, measured_by
from meterlake.etl.translating.espi_entries import BLOCK, Entry
from meterlake.etl.translating.record_lines import whole_number
from meterlake.etl.translating.translated_values import Series

_OWNERS = ("RetailCustomer", "Subscription", "Customer")


@dataclass(frozen=True)
class BlockSeries:
    """What a block's values are of.

    Attributes:
        series: Their series.
        back: The series of values below zero, where flows of both directions stand in one; None elsewhere.
        measured: What their reading type says.
        step: The seconds of an interval where a reading does not say its own.
        quality: The code of values that have none of their own.
    """

    series: Series
    back: Series | None
    measured: Measured
    step: str
    quality: str


def series_of_blocks(entries: Sequence[Entry], file_name: str) -> dict[int, BlockSeries | str]:
    """Return the series of each block by the number of its entry, or why it has none."""
    feed = _Feed(entries)
    wanted = [number for number, entry in enumerate(entries) if entry.kind == BLOCK]
    chains = {number: feed.chain_of(entries[number]) for number in wanted}
    distinct = {chain.key: chain for chain in chains.values() if isinstance(chain, _Chain)}
    named = _named(list(distinct.values()), file_name)
    return {
        number: chain if isinstance(chain, str) else _block_series(chain, named[chain.key])
        for number, chain in chains.items()
    }


@dataclass(frozen=True)
class _Chain:
    """What a block hangs on: a usage point, a meter reading and a reading type; the first two may be missing."""

    point: Entry | None
    reading: Entry | None
    type: Entry

    @property
    def key(self) -> tuple[int, int, int]:
        return id(self.point), id(self.reading), id(self.type)

    @property
    def measured(self) -> Measured:
        return measured_by(self.type.said, self.point.said.get("ServiceCategory/kind", "") if self.point else "")


class _Feed:
    """The entries by their kinds, and who hangs on whom."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.points = [entry for entry in entries if entry.kind == "UsagePoint"]
        self.readings = [entry for entry in entries if entry.kind == "MeterReading"]
        self.types = {entry.own: entry for entry in entries if entry.kind == "ReadingType"}
        self.all_types = [entry for entry in entries if entry.kind == "ReadingType"]
        self._parents: dict[tuple[str, str], Entry | None] = {}

    def chain_of(self, block: Entry) -> _Chain | str:
        reading = self._parent(block, self.readings)
        point = self._parent(reading, self.points) if reading else self._parent(block, self.points)
        linked = [self.types[address] for address in (reading.related if reading else []) if address in self.types]
        linked = linked or (self.all_types if len(self.all_types) == 1 else [])
        for found, every, noun in ((reading, self.readings, "meter readings"), (point, self.points, "usage points")):
            if found is None and len(every) > 1:
                return f"{len(every)} {noun} stand in the file, and no link says which of them its block is of"
        if len(linked) != 1:
            return (
                f"{len(self.all_types)} reading types stand in the file, and no link says which of them its block has"
            )
        return _Chain(point, reading, linked[0])

    def _parent(self, child: Entry, candidates: Sequence[Entry]) -> Entry | None:
        """Return what a child hangs on: what names it or its collection, or what its address goes on from."""
        key = (child.up or child.own, candidates[0].kind if candidates else "")
        if key not in self._parents or not key[0]:
            self._parents[key] = self._found_parent(child, candidates)
        return self._parents[key]

    def _found_parent(self, child: Entry, candidates: Sequence[Entry]) -> Entry | None:
        addresses = {child.up, child.own} - {""}
        by_link = [one for one in candidates if addresses & set(one.related)]
        by_address = [
            one for one in candidates if one.own and any(f"{own}/".startswith(f"{one.own}/") for own in addresses)
        ]
        for found in (by_link, by_address, candidates):
            if len(found) == 1:
                return found[0]
        return None


def _named(chains: Sequence[_Chain], file_name: str) -> dict[tuple[int, int, int], tuple[str, Measured]]:
    """Return each chain's meter, so that no two of one meter measure one quantity, and what it measures.

    A register and what flows through it are one quantity here, since what flowed between two reads is stored, too.
    """
    named: dict[tuple[int, int, int], tuple[str, Measured]] = {}
    by_meter: dict[str, list[_Chain]] = {}
    for chain in chains:
        by_meter.setdefault(meter_of(chain.point, file_name), []).append(chain)
    for meter, own in by_meter.items():
        flows = {(_family(chain.measured), chain.measured.flow) for chain in own}
        taken: set[str | None] = set()
        for chain in sorted(own, key=_shortest_first):
            measured = _without_doubled_flow(chain.measured, flows)
            flow = measured.quantity and measured.quantity.removesuffix("_register")
            is_first = flow not in taken
            taken.add(flow)
            own_name = _last_step(chain.reading.own) if chain.reading else ""
            named[chain.key] = (meter if is_first else f"{meter}/{own_name or len(named)}", measured)
    return named


def _shortest_first(chain: _Chain) -> tuple[int, str]:
    step = whole_number(chain.type.said.get("intervalLength", ""))
    return 1 << 62 if step is None else step, chain.reading.own if chain.reading else ""


def _family(measured: Measured) -> str:
    """Return what is measured, whichever way it flows and however it is read."""
    return (measured.quantity or "").removesuffix("_register").removesuffix("_export")


def _without_doubled_flow(measured: Measured, flows: set[tuple[str, str]]) -> Measured:
    """Let what is made of two flows be no quantity where the file has the flows themselves."""
    family = _family(measured)
    is_doubled = measured.flow in (NET, TOTAL) and bool(flows & {(family, DELIVERED), (family, RECEIVED)})
    return (
        replace(measured, quantity=None, said=f"{measured.said}: the flows it is made of stand beside it")
        if is_doubled
        else measured
    )


def meter_of(point: Entry | None, file_name: str) -> str:
    """Return the name of a usage point's meter: by its address with its customer's, its id, its title, or the file's name."""
    if point is None:
        return file_name
    steps = [unquote(step) for step in urlsplit(point.own).path.split("/")]
    if "UsagePoint" in steps[:-1]:
        place = steps.index("UsagePoint")
        owner = [steps[place - 1]] if place >= 2 and steps[place - 2] in _OWNERS else []
        return "/".join([*owner, steps[place + 1]])
    return point.uuid.rpartition(":")[2] or point.title or file_name


def _last_step(address: str) -> str:
    return unquote(address.rpartition("/")[2])


def _block_series(chain: _Chain, named: tuple[str, Measured]) -> BlockSeries:
    meter, measured = named
    series = Series(meter, chain.type.title or "reading", measured.quantity, measured.factor, measured.reading_type)
    is_both = measured.flow == NET and measured.quantity == "energy"
    back = replace(series, quantity="energy_export") if is_both else None
    said = chain.type.said
    return BlockSeries(series, back, measured, said.get("intervalLength", ""), said.get("defaultQuality", "0"))
