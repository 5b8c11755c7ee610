"""Times for which a meter was away: silences and power events of one meter, joined.

Enters: silences (intervals owed and not sent, or sent as nothing) and events. Leaves: absences, each one loss of power at
most. What a meter reports is believed (message_pairing); what is left of its silences stands beside it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meterlake.outage.fleet import Flags, Fleet, Ints, Texts

UNKNOWN = -1
# What came of a silence: nothing; zeros for some of it; zeros for all of it; zeros as this meter often sends.
NONE, SOME, ALL, USUAL = range(4)


@dataclass(frozen=True)
class Silences:
    """Runs of intervals that meters owed and did not send, or sent as zeros, `(n,)` each, ordered by meter and start.

    Attributes:
        meter: Place of the meter in the fleet.
        from_s: Start of the first lost interval.
        to_s: End of the last lost one; the fleet's newest moment while the meter is still away.
        is_open: Whether it is still away.
        zeros: How much of it came as zeros: NONE, SOME, ALL, or USUAL.
    """

    meter: Ints
    from_s: Ints
    to_s: Ints
    is_open: Flags
    zeros: Ints


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
        zeros: As in Silences.
        has_dark: Whether it cost intervals; where it cost none, from_s and to_s are what was reported, or bounds of it.
        loss_s: When the meter reported that its power failed, or UNKNOWN.
        restored_s: When it reported power back, or UNKNOWN.
        is_loose: Whether it is one report without its other half and without a lost interval, which others must confirm.
        has_power: Whether the meter is known to have had power: it lost readings alone.
        codes: What it reported about this absence, separated by blanks.
        key_s: End of the interval in which power was lost: equal for meters that may share a cause.
    """

    meter: Ints
    from_s: Ints
    to_s: Ints
    is_open: Flags
    zeros: Ints
    has_dark: Flags
    loss_s: Ints
    restored_s: Ints
    is_loose: Flags
    has_power: Flags
    codes: Texts
    key_s: Ints

    def __len__(self) -> int:
        return int(self.meter.size)

    @property
    def has_event(self) -> Flags:
        """Whether the meter itself reported a loss or a return of power."""
        return np.asarray((self.loss_s != UNKNOWN) | (self.restored_s != UNKNOWN))

    @property
    def can_begin(self) -> Flags:
        """Whether an absence may be one of several that say a place has no power."""
        return ~(self.is_loose | self.has_power)

    @property
    def is_nothing_sent(self) -> Flags:
        """Whether intervals are really missing; zeros that nobody reported are no loss of readings."""
        return np.asarray(self.has_event | (self.zeros < ALL))

    def joined_with(self, more: Absences) -> Absences:
        """Return these and more of them."""
        return Absences(
            *(np.concatenate([getattr(self, name), getattr(more, name)]) for name in self.__dataclass_fields__)
        )

    def cut_to(self, places: Ints, from_s: Ints, to_s: Ints, is_open: Flags) -> Absences:
        """Return parts of some absences, without their events."""
        blank = np.full(places.size, UNKNOWN, dtype=np.int64)
        nothing = np.full(places.size, "", dtype=object)
        no, yes = np.zeros(places.size, dtype=bool), np.ones(places.size, dtype=bool)
        return Absences(
            self.meter[places],
            from_s,
            to_s,
            is_open,
            self.zeros[places],
            yes,
            blank,
            blank,
            no,
            no,
            nothing,
            from_s.copy(),
        )


def silent_absences(fleet: Fleet, silences: Silences, chosen: Flags) -> Absences:
    """Return some silences as absences of which nothing was reported."""
    places = np.flatnonzero(chosen & (silences.zeros < USUAL))
    count = places.size
    blank, no = np.full(count, UNKNOWN, dtype=np.int64), np.zeros(count, dtype=bool)
    nothing = np.full(count, "", dtype=object)
    silent = Absences(
        silences.meter[places],
        silences.from_s[places],
        silences.to_s[places],
        silences.is_open[places],
        silences.zeros[places],
        ~no,
        blank,
        blank.copy(),
        no,
        no,
        nothing,
        blank.copy(),
    )
    return with_keys(fleet, silent)


def with_keys(fleet: Fleet, absences: Absences) -> Absences:
    """Return absences with their keys, ordered by meter and start.

    What was reported is as sharp for all, so its keys are of the usual length; a silence is as sharp as the meter's own interval.
    """
    is_reported = absences.loss_s != UNKNOWN
    known = np.where(is_reported, np.minimum(absences.loss_s, absences.from_s), absences.from_s)
    usual = fleet.usual_interval_s
    length = np.where(is_reported, usual, np.maximum(fleet.interval_s[absences.meter], usual))
    keys = -(-known // length) * length
    order = np.lexsort((absences.from_s, absences.meter))
    columns = {name: getattr(absences, name) for name in absences.__dataclass_fields__} | {"key_s": keys}
    return Absences(**{name: np.asarray(column)[order] for name, column in columns.items()})
