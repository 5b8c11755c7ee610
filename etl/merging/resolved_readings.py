"""What a step of merging leaves: the readings that stay in the upload, what lost, what was said again, and how many rows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from meterlake.etl.landing.accounts import Outcome
from meterlake.etl.relations import Relation


@dataclass(frozen=True)
class Resolved:
    """What is left once equal and contradicting readings were settled.

    Attributes:
        readings: The readings of the upload that stay in it.
        replaced: Readings that lost with another value, in the columns of the table `superseded` but for the time; where
            several of a key can lose, with `behind`: how many rows of the key came after it, itself counted.
        outcomes: How many rows of each file's number left the upload, and as what.
        repeated: The keys and the files' numbers of readings that were equal to what stood.
        came_in_order: Whether they came in the order of meter, quantity and time, as far as was looked.
    """

    readings: Relation
    replaced: Relation
    outcomes: Counter[tuple[int, Outcome]]
    repeated: Relation
    came_in_order: bool = field(default=False, kw_only=True)
