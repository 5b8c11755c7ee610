"""Which detectors run on which meters: a YAML file that a person edits.

Enters: such a file; docs/reference/detectors.md shows one. Leaves: assignments of detectors to meters, which are `all`, a
list of ids, or conditions that must all hold. Thresholds change a band's width by meter without a refit.
"""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from meterlake.anomaly.scoring_lake import KnownMeter
from meterlake.lake.errors import BadParameter, UnreadableFile
from meterlake.lake.plug_ins.expected_words import expected_of

_CONFIG = ConfigDict(frozen=True, extra="forbid")


class MeterChoice(BaseModel):
    """Conditions that all hold for a chosen meter; none chooses every meter."""

    model_config = _CONFIG

    ids: tuple[str, ...] = ()
    pattern: str | None = None
    site: str | None = None
    segment: str | None = None
    quantity: str = "energy"

    def chooses(self, meter: KnownMeter) -> bool:
        """Say whether a meter is chosen; the quantity is the loader's business."""
        return (
            (not self.ids or meter.meter_id in self.ids)
            and (self.pattern is None or fnmatchcase(meter.meter_id, self.pattern))
            and (self.site is None or meter.site_id == self.site)
            and (self.segment is None or meter.segment == self.segment)
        )


def _choice(meters: Any) -> MeterChoice:
    if meters == "all":
        return MeterChoice()
    return MeterChoice(ids=tuple(meters)) if isinstance(meters, list | tuple) else meters


class Threshold(BaseModel):
    """Another width for some meters."""

    model_config = _CONFIG

    meters: tuple[str, ...] | Literal["all"] | MeterChoice
    interval_width: float = Field(gt=0, lt=1)

    def chooses(self, meter: KnownMeter) -> bool:
        """Say whether a meter has this width."""
        return _choice(self.meters).chooses(meter)


class Assignment(BaseModel):
    """One detector on some meters."""

    model_config = _CONFIG

    detector: str
    meters: tuple[str, ...] | Literal["all"] | MeterChoice = "all"
    parameters: dict[str, Any] = {}
    thresholds: tuple[Threshold, ...] = ()

    @property
    def choice(self) -> MeterChoice:
        """The conditions on meters."""
        return _choice(self.meters)


class DetectorLists(BaseModel):
    """The whole file."""

    model_config = _CONFIG

    detectors: tuple[Assignment, ...]


DEFAULT_LISTS = DetectorLists(detectors=(Assignment(detector="fleet_band"),))


def read_lists(path: Path) -> DetectorLists:
    """Read a file of lists.

    Raises:
        UnreadableFile: If it is missing or no YAML.
        BadParameter: If an entry is not as it should be.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise UnreadableFile(path, str(error).split("\n")[0], "See docs/reference/detectors.md") from error
    try:
        return DetectorLists.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise BadParameter(
            place, first.get("input"), expected_of(first), "{detector: fleet_band, meters: all}"
        ) from error


def chosen_meters(assignment: Assignment, meters: Sequence[KnownMeter]) -> list[KnownMeter]:
    """Return the meters that an assignment is for."""
    return [meter for meter in meters if assignment.choice.chooses(meter)]
