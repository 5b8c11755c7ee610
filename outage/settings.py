"""What counts as an outage; read from METERLAKE_OUTAGE_* once."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, field_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from meterlake.lake.settings import MeterlakeSettings

_LOSS_CODES = ("PWR_LOSS", "POWER_LOSS", "POWER_LOST", "POWER_FAIL", "POWER_DOWN", "LAST_GASP", "OUTAGE")
# The categories of IEEE Std 1782.
_REASONS = (
    *("equipment", "lightning", "planned", "power_supply", "public", "vegetation"),
    *("weather", "wildlife", "unknown", "other"),
)
_RESTORED_CODES = ("PWR_RESTORED", "POWER_RESTORED", "POWER_UP", "RESTORATION", "RESTORED")


class AliveAt(StrEnum):
    """When a meter must have power to send an interval: as it begins or as it ends; found is by what most messages say."""

    FOUND = "found"
    START = "start"
    END = "end"


class OutageSettings(MeterlakeSettings):
    """Settings of outages; each is the environment variable METERLAKE_OUTAGE_ and its name in capitals."""

    model_config = SettingsConfigDict(env_prefix="METERLAKE_OUTAGE_")

    reasons: Annotated[tuple[str, ...], NoDecode] = Field(
        default=_REASONS, description="What a person can say that an outage came of, comma between them."
    )
    quantity: str = Field(default="energy", description="The quantity whose intervals a meter owes.")
    loss_codes: Annotated[tuple[str, ...], NoDecode] = Field(
        default=_LOSS_CODES, description="Codes that a meter sends as its power fails, comma between them."
    )
    restored_codes: Annotated[tuple[str, ...], NoDecode] = Field(
        default=_RESTORED_CODES, description="Codes that a meter sends when power is back, comma between them."
    )
    alive_at: AliveAt = Field(
        default=AliveAt.FOUND,
        description="When a meter must have power to send an interval: start, end, or found from its messages.",
    )
    momentary_minutes: float = Field(
        default=5.0,
        ge=0,
        description="An interruption of at most so many minutes is momentary; longer ones are sustained.",
    )
    momentary_holds_limit: bool = Field(
        default=True, description="Whether one of exactly so many minutes is momentary; where false it is sustained."
    )
    least_meters: int = Field(
        default=3, ge=2, description="Meters of a place that must fall silent together; events need fewer."
    )
    least_place_fraction: float = Field(
        default=0.25, gt=0, le=1, description="Part of a place's meters that must fall silent together."
    )
    largest_chance: float = Field(
        default=1e-6, gt=0, lt=1, description="How likely so many silent meters of one place may be by chance."
    )
    neighbour_metres: float = Field(
        default=250.0, gt=0, description="Meters without transformer and building are neighbours up to this distance."
    )
    district_metres: float = Field(
        default=1500.0, gt=0, description="Places that fail together up to this distance apart are one outage."
    )
    least_head_end_meters: int = Field(
        default=5, ge=2, description="Meters all over that must miss the same interval for a head-end loss."
    )
    stopped_hours: float = Field(
        default=72.0, gt=0, description="After how long without a reading a meter counts as stopped."
    )
    planned_tolerance_minutes: float = Field(
        default=30.0, ge=0, description="How long before its window announced work may begin."
    )

    @field_validator("loss_codes", "restored_codes", mode="before")
    @classmethod
    def _split(cls, given: Any) -> tuple[str, ...]:
        """Take codes apart, whatever the case of their letters."""
        parts = given.split(",") if isinstance(given, str) else given
        return tuple(part.strip().upper() for part in parts if part.strip())

    @field_validator("reasons", mode="before")
    @classmethod
    def _listed(cls, given: Any) -> tuple[str, ...]:
        parts = given.split(",") if isinstance(given, str) else given
        return tuple(part.strip() for part in parts if part.strip())


class Duration(StrEnum):
    """How long an interruption is, as IEEE Std 1366 tells them apart."""

    MOMENTARY = "momentary"
    SUSTAINED = "sustained"


def duration_of(minutes: float, settings: OutageSettings) -> Duration:
    """Return whether so many minutes are momentary or sustained."""
    limit = settings.momentary_minutes
    is_momentary = minutes <= limit if settings.momentary_holds_limit else minutes < limit
    return Duration.MOMENTARY if is_momentary else Duration.SUSTAINED
