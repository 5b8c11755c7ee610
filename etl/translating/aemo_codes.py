"""The codes of AEMO's Meter Data File Format (NEM12 and NEM13): suffixes, units, quality methods, and its one clock.

Market time is Australian Eastern Standard Time, ten hours ahead of UTC all year, wherever the meter is.
"""

from __future__ import annotations

import datetime as dt
import re

from meterlake.etl.translating.translated_values import Series, factor_of, register_name
from meterlake.lake.codes.quality import Quality
from meterlake.lake.codes.quantities import QUANTITIES

MARKET_CLOCK = dt.timedelta(hours=10)
MARKET_ZONE = "Australia/Brisbane"
DESCRIBED_AT = "AEMO, *Meter Data File Format Specification NEM12 & NEM13* (aemo.com.au)"
# The first letter of a suffix: E is what the customer drew, B what was fed in; Q and K are the same of reactive energy.
_OF_SUFFIX = {"E": "energy", "B": "energy_export", "Q": "energy_reactive", "K": "energy_reactive_export"}
MEASURED = tuple(_OF_SUFFIX.values())
QUALITY_METHOD = re.compile(r"([AEFNS])(\d{2})?", re.IGNORECASE)
# Substitution types: agreed between the participants, or put in place of an earlier substitute; all others are estimates.
_EDITED_METHODS = frozenset({"16", "53", "55"})


def series_of(meter: str, suffix: str, unit: str, *, quantity: str | None = None) -> Series:
    """Return the series of a suffix, whose quantity is None where its letter or its unit measures none of ours.

    The first register of a meter has the meter's name: E1, B1, Q1, K1, or 11 of an accumulated read.
    """
    suffix = suffix.upper()
    name = quantity or _OF_SUFFIX.get(suffix[:1])
    factor = factor_of(QUANTITIES[name], unit) if name else None
    called = register_name(meter, suffix, is_first=suffix == "11" or (suffix[:1].isalpha() and suffix[1:] == "1"))
    return Series(called, suffix, None if factor is None else name, factor or 1.0)


def quality_of(method: str) -> Quality | None:
    """Return the quality of a quality method, such as A, S14 or F16; None for N, where there is no value.

    >>> quality_of("F14"), quality_of("S16"), quality_of("N")
    (<Quality.ESTIMATED: 'estimated'>, <Quality.EDITED: 'edited'>, None)
    """
    flag, number = method[:1].upper(), method[1:]
    if flag == "N":
        return None
    if flag == "A":
        return Quality.ACTUAL
    return Quality.EDITED if number in _EDITED_METHODS else Quality.ESTIMATED
