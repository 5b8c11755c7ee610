"""A lake as it was at a moment: what an answer would have been then, from what stands and what was replaced since.

Enters: a lake, and a moment or an ingest. Leaves: a lake of meterlake.lake.port whose readings are those of then. Readings that
came later are left out, and those that a later ingest replaced stand again. What is known of meters is that of now, and an
ingest that was taken back has never been.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from meterlake.lake.errors import BadParameter
from meterlake.lake.known_meters import EVERY_METER
from meterlake.lake.port import Lake
from meterlake.lake.questions import AS_IT_WAS, AS_IT_WAS_LAID, question_named
from meterlake.lake.settings import LakeSettings

_EVERY = dict(zip(("first", "last"), EVERY_METER, strict=True))


@dataclass(frozen=True)
class LakeAsItWas:
    """A lake of meterlake.lake.port around another, at a moment.

    Attributes:
        lake: The lake of now.
        moment: Ingests that were published later have not come yet.
    """

    lake: Lake
    moment: dt.datetime
    _known: dict[tuple[str, str, str], bool] = field(default_factory=dict, compare=False, repr=False)

    @property
    def settings(self) -> LakeSettings:
        """Where the lake lies; see meterlake.lake.port."""
        return self.lake.settings

    def ask(self, question: str, /, **parameters: Any) -> pa.Table:
        """Answer a question of lake/queries; see meterlake.lake.port."""
        if "readings" in question_named(question).tables:
            how = AS_IT_WAS_LAID if self._lay_anything_under(parameters) else AS_IT_WAS
            return self.lake.ask(question + how, as_of=self.moment, **parameters)
        return self.lake.ask(question, **parameters)

    def _lay_anything_under(self, parameters: dict[str, Any]) -> bool:
        """Say whether of the meters of a question something lay under other readings then."""
        quantity = parameters.get("quantity")
        if quantity is None:
            return False
        meter = parameters.get("meter_id")
        first, last = (parameters.get(f"{end}_meter_id", meter) or every for end, every in _EVERY.items())
        key = (quantity, first, last)
        if key not in self._known:
            self._known[key] = lay_anything_under(self.lake, *key, moment=self.moment)
        return self._known[key]

    def row_counts(self) -> dict[str, int]:
        """Return how many rows each table holds now; see meterlake.lake.port."""
        return self.lake.row_counts()

    def version_of(self, *tables: str) -> str:
        """Return a text that changes exactly when one of these tables changes."""
        return self.lake.version_of(*tables)


def lake_as_of(lake: Lake, as_of: str | None, moment_of: Callable[[str], dt.datetime | None]) -> Lake:
    """Return a lake as it was; the lake itself where nothing is said.

    Args:
        lake: The lake.
        as_of: The id of an ingest, which has come then, or a moment; see moment_of.
        moment_of: How the caller reads moments.

    Raises:
        BadParameter: If it is neither.
    """
    if as_of is None:
        return lake
    return LakeAsItWas(lake, published_at(lake, "as_of", as_of, moment_of))


def lay_anything_under(
    lake: Lake, quantity: str, first_meter_id: str, last_meter_id: str, *, moment: dt.datetime
) -> bool:
    """Say whether of some meters something lay under other readings then: to lay it anew costs ten times as much."""
    asked = {"quantity": quantity, "first_meter_id": first_meter_id, "last_meter_id": last_meter_id, "as_of": moment}
    return bool(lake.ask("lay_under_then", **asked)["readings"][0].as_py())


def published_at(lake: Lake, name: str, written: str, moment_of: Callable[[str], dt.datetime | None]) -> dt.datetime:
    """Return when an ingest of this id was published, or else the moment that is written; see lake_as_of.

    Args:
        lake: The lake.
        name: The parameter, for the message.
        written: An id, or a moment.
        moment_of: How the caller reads moments.

    Raises:
        BadParameter: If it is neither.
    """
    found = lake.ask("ingest_published", ingest_id=written)
    if found.num_rows:
        published: dt.datetime = found["finished_at"][0].as_py()
        return published
    expected = "the id of an ingest that stands, or a time with its offset"
    refusal = BadParameter(name, written, expected, "2024-07-01T00:00:00Z")
    try:
        moment = moment_of(written)
    except BadParameter as error:
        raise refusal from error
    if moment is None:
        raise refusal
    return moment
