"""Silences and messages of all meters as absences.

Enters: the fleet, its silences, what was reported, and when a meter must be alive to send an interval. Leaves: absences. Meters that
reported nothing are taken all at once; each of the others is paired by itself.
"""

from __future__ import annotations

import numpy as np

from meterlake.outage.evidence.absences import NONE, UNKNOWN, Absences, Events, Silences, silent_absences, with_keys
from meterlake.outage.evidence.message_pairing import MessagePairing
from meterlake.outage.evidence.meter_messages import DarkRun, Lost, Message, MeterClock, ordered_messages
from meterlake.outage.fleet import NEVER_S, Fleet
from meterlake.outage.settings import AliveAt


def join_absences(fleet: Fleet, silences: Silences, events: Events) -> Absences:
    """Join silences and events to absences, ordered by meter and start."""
    reporting = np.unique(events.meter[events.is_loss | events.is_restored])
    silent = silent_absences(fleet, silences, ~np.isin(silences.meter, reporting))
    rows: list[tuple[int, Lost]] = []
    for meter in reporting.tolist():
        pairing = MessagePairing(_clock(fleet, meter), _runs(silences, meter))
        lost = pairing.paired(ordered_messages(_messages(events, meter)))
        rows += [(meter, one) for one in [*lost, *pairing.left_over()]]
    return with_keys(fleet, silent.joined_with(_absences(rows)))


def sends_at_end(fleet: Fleet, silences: Silences, events: Events, alive_at: AliveAt) -> bool:
    """Say whether meters send an interval if they have power at its end, and not at its start.

    Where nobody declares it, most messages say it: a loss in the interval before the first that is missing, or within that one.
    """
    if alive_at is not AliveAt.FOUND:
        return alive_at is AliveAt.END
    before = within = 0
    for meter in np.unique(events.meter[events.is_loss]).tolist():
        if fleet.first_s[meter] >= NEVER_S:
            continue
        interval = int(fleet.interval_s[meter])
        low, high = np.searchsorted(events.meter, [meter, meter + 1]).tolist()
        lost_at = events.at_s[low:high][events.is_loss[low:high]]
        for run in _runs(silences, meter):
            if run.zeros == NONE:
                gone = lost_at - run.from_s
                before += int(((gone > -interval) & (gone < 0)).sum())
                within += int(((gone > 0) & (gone < interval)).sum())
    return within > before


def _clock(fleet: Fleet, meter: int) -> MeterClock:
    newest_s = fleet.newest_s
    if fleet.first_s[meter] >= NEVER_S:
        newest_s = 0 if fleet.last_stand_s is None else int(fleet.last_stand_s[meter])
    return MeterClock(int(fleet.first_s[meter]), max(1, int(fleet.interval_s[meter])), newest_s, fleet.sends_at_end)


def _runs(silences: Silences, meter: int) -> list[DarkRun]:
    low, high = np.searchsorted(silences.meter, [meter, meter + 1]).tolist()
    return [
        DarkRun(
            int(silences.from_s[one]), int(silences.to_s[one]), bool(silences.is_open[one]), int(silences.zeros[one])
        )
        for one in range(low, high)
    ]


def _messages(events: Events, meter: int) -> list[Message]:
    low, high = np.searchsorted(events.meter, [meter, meter + 1]).tolist()
    return [
        Message(int(events.at_s[one]), bool(events.is_loss[one]), str(events.codes[one]))
        for one in range(low, high)
        if events.is_loss[one] or events.is_restored[one]
    ]


def _absences(rows: list[tuple[int, Lost]]) -> Absences:
    def whole(name: str) -> np.ndarray:
        return np.array([getattr(lost, name) for _, lost in rows], dtype=np.int64)

    def flags(name: str) -> np.ndarray:
        return np.array([getattr(lost, name) for _, lost in rows], dtype=bool)

    return Absences(
        np.array([meter for meter, _ in rows], dtype=np.int64),
        whole("from_s"),
        whole("to_s"),
        flags("is_open"),
        whole("zeros"),
        flags("has_dark"),
        whole("loss_s"),
        whole("restored_s"),
        flags("is_loose"),
        flags("has_power"),
        np.array([" ".join(dict.fromkeys(lost.codes)) for _, lost in rows], dtype=object),
        np.full(len(rows), UNKNOWN, dtype=np.int64),
    )
