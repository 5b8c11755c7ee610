"""Which quality stands over which: actual before estimated, edited and suspect, or a utility's own order."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field, field_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from meterlake.lake.codes.quality import DOUBTFUL, Quality
from meterlake.lake.settings import MeterlakeSettings

_STANDING = (Quality.ACTUAL, *DOUBTFUL)


def _split(given: object) -> object:
    return tuple(part.strip() for part in given.split(",")) if isinstance(given, str) else given


class QualitySettings(MeterlakeSettings):
    """In which order qualities stand over one another; read from METERLAKE_*."""

    model_config = SettingsConfigDict(env_prefix="METERLAKE_")

    quality_order: Annotated[tuple[Quality, ...], NoDecode, BeforeValidator(_split)] = Field(
        default=_STANDING,
        description="Qualities, the best first: what is better stands over what is worse, whichever came first. A lake's stays the "
        "same: what stands already is laid anew only where something comes.",
    )

    @field_validator("quality_order")
    @classmethod
    def _names_each(cls, order: tuple[Quality, ...]) -> tuple[Quality, ...]:
        if sorted(order) != sorted(_STANDING):
            raise ValueError(f"{', '.join(_STANDING)}, each once, the best first")
        return order


def quality_order() -> tuple[Quality, ...]:
    """Return the qualities, the best first; a withdrawal is behind all."""
    return (*QualitySettings().quality_order, Quality.WITHDRAWN)
