"""Where a reading's value comes from: the codes of the column `quality` and of `reading_type`."""

from __future__ import annotations

from enum import StrEnum


class Quality(StrEnum):
    """How far a value can be trusted, the best first. Missing is not a code: a missing reading has no row.

    Withdrawn says that what was said of an interval before holds no longer. It stands nowhere: it lies in `covered`, with what it
    took away.
    """

    ACTUAL = "actual"
    ESTIMATED = "estimated"
    EDITED = "edited"
    SUSPECT = "suspect"
    WITHDRAWN = "withdrawn"


# What a value that stands can be beside actual, the best first.
DOUBTFUL = (Quality.ESTIMATED, Quality.EDITED, Quality.SUSPECT)


class ReadingType(StrEnum):
    """What kind of measurement a value is. A remainder is what others that lie over an interval leave of its value."""

    INTERVAL = "interval"
    REMAINDER = "remainder"
    REGISTER = "register"
    INSTANT = "instant"
