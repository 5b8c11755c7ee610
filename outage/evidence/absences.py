"""Times for which a meter was away: silences and power events of one meter, joined.

Enters: silences (intervals owed and not sent) and events. Leaves: absences. A silence without events begins somewhere
in the interval before it; with a last gasp its start is known to the second. A loss and a restoration that cost no
interval are an absence too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from meterlake.outage.fleet import Flags, Fleet, Ints, Texts

UNKNOWN = -1
# A meter reports that power is back when its network has found it again, a little after.
LATEST_REPORT_S = 600


@dataclass(frozen=True)
class Silences:
    """Runs of intervals that meters owed and did not send, `(n,)` each, ordered by meter and start.

    Attributes:
        meter: Place of the meter in the fleet.
        from_s: Start of the first lost interval.
        to_s: End of the last lost one; the fleet's newest moment while the meter is still away.
        is_open: Whether it is still away.
    """

    meter: Ints
    from_s: Ints
    to_s: Ints
    is_open: Flags


@dataclass(frozen=True)
class Events:
    """What meters reported, `(n,)` each, ordered by meter and time; `codes` in capitals."""

    meter: Ints
    at_s: Ints
    codes: Texts
    is_loss: Flags
    is_restored: Flags


@dataclass(frozen=True)
class Absences:
    """Times without a meter, `(n,)` each; the first four as in Silences.

    Attributes:
        loss_s: When the meter reported that its power failed, or UNKNOWN.
        restored_s: When it reported power back, or UNKNOWN.
        codes: What it reported about this absence, separated by blanks.
        key_s: End of the common interval in which power was lost: equal for meters that may share a cause.
    """

    meter: Ints
    from_s: Ints
    to_s: Ints
    is_open: Flags
    loss_s: Ints
    restored_s: Ints
    codes: Texts
    key_s: Ints

    def __len__(self) -> int:
        return int(self.meter.size)

    @property
    def has_event(self) -> Flags:
        """Whether the meter itself reported a loss or a return of power."""
        return np.asarray((self.loss_s != UNKNOWN) | (self.restored_s != UNKNOWN))

    def joined_with(self, more: Absences) -> Absences:
        """Return these and more of them."""
        return Absences(
            *(np.concatenate([getattr(self, name), getattr(more, name)]) for name in self.__dataclass_fields__)
        )

    def cut_to(self, places: Ints, from_s: Ints, to_s: Ints, is_open: Flags) -> Absences:
        """Return parts of some absences, without their events."""
        blank = np.full(places.size, UNKNOWN, dtype=np.int64)
        nothing = np.full(places.size, "", dtype=object)
        return Absences(self.meter[places], from_s, to_s, is_open, blank, blank, nothing, from_s.copy())


def join_absences(fleet: Fleet, silences: Silences, events: Events) -> Absences:
    """Join silences and events to absences, ordered by meter and start."""
    losses, restorations = _by_meter(events, events.is_loss), _by_meter(events, events.is_restored)
    count = silences.meter.size
    loss_s, restored_s = np.full(count, UNKNOWN, dtype=np.int64), np.full(count, UNKNOWN, dtype=np.int64)
    codes = np.full(count, "", dtype=object)
    used: set[int] = set()
    for place in np.flatnonzero(np.isin(silences.meter, events.meter)).tolist():
        meter = int(silences.meter[place])
        interval = int(fleet.interval_s[meter])
        begin, end = int(silences.from_s[place]), int(silences.to_s[place])
        # A meter that is alive when an interval begins sends it: power failed in the one before the silence.
        found = _between(events, losses.get(meter, []), begin - interval, begin + interval)
        returns = restorations.get(meter, [])
        if found and _between(events, returns, int(events.at_s[found[-1]]), begin - 1):
            found = []  # power was back before the silence began
        if found:
            loss_s[place] = events.at_s[found[0]]
        back = _between(events, returns, max(begin, end - interval + 1), end + LATEST_REPORT_S)
        if silences.is_open[place]:
            back = []
        if back:
            restored_s[place] = events.at_s[back[-1]]
        mentioned = sorted({*found, *back})
        used.update(mentioned)
        codes[place] = " ".join(dict.fromkeys(str(events.codes[one]) for one in mentioned))
    silent = Absences(
        silences.meter,
        silences.from_s,
        silences.to_s,
        silences.is_open,
        loss_s,
        restored_s,
        codes,
        silences.from_s,
    )
    joined = silent.joined_with(_without_silence(fleet, events, losses, restorations, used))
    return _ordered(replace(joined, key_s=_keys(fleet, joined)))


def _by_meter(events: Events, chosen: Flags) -> dict[int, list[int]]:
    """Return the places of the chosen events by meter, in time order."""
    found: dict[int, list[int]] = {}
    for place in np.flatnonzero(chosen).tolist():
        found.setdefault(int(events.meter[place]), []).append(place)
    return found


def _between(events: Events, places: list[int], first_s: int, last_s: int) -> list[int]:
    return [place for place in places if first_s <= events.at_s[place] <= last_s]


def _without_silence(
    fleet: Fleet, events: Events, losses: dict[int, list[int]], restorations: dict[int, list[int]], used: set[int]
) -> Absences:
    """Return losses that a restoration followed before an interval was lost."""
    pairs = []
    for meter, places in losses.items():
        longest = 2 * int(fleet.interval_s[meter])
        for loss in places:
            at = int(events.at_s[loss])
            back = [one for one in _between(events, restorations.get(meter, []), at, at + longest) if one not in used]
            if loss not in used and back:
                codes = f"{events.codes[loss]} {events.codes[back[0]]}"
                pairs.append((meter, at, int(events.at_s[back[0]]), codes))
    meters, starts, ends = (np.array([pair[place] for pair in pairs], dtype=np.int64) for place in range(3))
    reported = np.array([pair[3] for pair in pairs], dtype=object)
    return Absences(meters, starts, ends, np.zeros(len(pairs), dtype=bool), starts, ends, reported, starts)


def _keys(fleet: Fleet, absences: Absences) -> Ints:
    common = fleet.common_interval_s
    known = np.where(absences.loss_s != UNKNOWN, np.minimum(absences.loss_s, absences.from_s), absences.from_s)
    return np.asarray(-(-known // common) * common, dtype=np.int64)


def _ordered(absences: Absences) -> Absences:
    order = np.lexsort((absences.from_s, absences.meter))
    return Absences(*(getattr(absences, name)[order] for name in absences.__dataclass_fields__))
