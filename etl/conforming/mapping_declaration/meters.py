"""What a list of meters does not say itself: which column names the meter, and which says what of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pydantic import Field, model_validator

from meterlake.etl.conforming.mapping_declaration.file import FileDeclaration
from meterlake.etl.conforming.mapping_declaration.ids import RowName
from meterlake.etl.conforming.mapping_declaration.part import Column, named_zone
from meterlake.etl.conforming.mapping_declaration.times import MomentColumn
from meterlake.lake.tables import LIMITS, MULTIPLIERS

TEXT_FACTS = (
    *("site_id", "building_id", "transformer_id", "tariff", "segment", "time_zone"),
    *("service_point_id", "feeder_id", "substation_id", "district_id"),
)

_NUMBER_FACTS = ("latitude", "longitude", *MULTIPLIERS, *LIMITS)


class MetersDeclaration(FileDeclaration):
    """Everything that a list of meters does not say itself: of its facts any, each a column or one for all."""

    kind: Literal["meters"] = Field(description="`meters`: the rows say what is known of meters")
    meter_id: RowName = Field(
        description="the column that names the meter; several, or the file's name, as in readings"
    )
    site_id: RowName | None = Field(default=None, description="the site; `{constant: …}` where it is one for all")
    building_id: RowName | None = Field(default=None, description="the building")
    transformer_id: RowName | None = Field(default=None, description="the transformer that feeds it")
    tariff: RowName | None = Field(default=None, description="the tariff")
    segment: RowName | None = Field(default=None, description="the customer segment")
    time_zone: RowName | None = Field(default=None, description="the IANA zone of its days")
    service_point_id: RowName | None = Field(
        default=None, description="the customer's connection, which stays where a meter is exchanged"
    )
    feeder_id: RowName | None = Field(default=None, description="the feeder of its transformer")
    substation_id: RowName | None = Field(default=None, description="the substation of that feeder")
    district_id: RowName | None = Field(default=None, description="the district of the network")
    latitude: Column | None = Field(default=None, description="degrees north, WGS 84")
    longitude: Column | None = Field(default=None, description="degrees east, WGS 84")
    multiplier: Column | None = Field(
        default=None, description="what its values are multiplied by, where they are of a secondary side"
    )
    ct_ratio: Column | None = Field(default=None, description="the ratio of its current transformers, as 40")
    vt_ratio: Column | None = Field(default=None, description="the ratio of its voltage transformers, as 100")
    highest_kw: Column | None = Field(
        default=None, description="the most power that can flow through it, such as what its connection bears"
    )
    commissioned_at: MomentColumn | None = Field(
        default=None, description="when it came into service; written as in `time` of readings"
    )
    valid_from: MomentColumn | None = Field(
        default=None, description="the first local day on which a row holds; where it says none it has always held"
    )
    valid_until: MomentColumn | None = Field(
        default=None, description="the day behind the last; a time behind midnight is within the last"
    )

    @model_validator(mode="after")
    def _says_something(self) -> MetersDeclaration:
        facts = (*TEXT_FACTS, *_NUMBER_FACTS, "commissioned_at")
        if all(getattr(self, name) is None for name in facts):
            raise ValueError(f"one of {', '.join(facts)}: beside the meter it says nothing of it")
        if self.time_zone is not None and self.time_zone.constant is not None:
            named_zone(self.time_zone.constant)
        if any(name.file_name is not None for name in self.texts.values()):
            raise ValueError("file_name: for meter_id alone; say a column or a constant")
        return self

    @property
    def texts(self) -> dict[str, RowName]:
        """The facts that are texts, by the columns of `meters`."""
        named = {name: getattr(self, name) for name in TEXT_FACTS}
        return {name: fact for name, fact in named.items() if fact is not None}

    @property
    def days(self) -> dict[str, MomentColumn]:
        """The days between which a row holds, by the columns of meter_facts."""
        named = {"valid_from": self.valid_from, "valid_until": self.valid_until}
        return {name: column for name, column in named.items() if column is not None}

    @property
    def own_columns(self) -> Iterable[Column | None]:
        """See FileDeclaration."""
        yield from self.meter_id.columns
        for fact in self.texts.values():
            yield from fact.columns
        yield from self.value_columns
        yield from self.commissioned_at.column if self.commissioned_at else ()
        for day in self.days.values():
            yield from day.column

    @property
    def telling_columns(self) -> tuple[Column, ...]:
        """See FileDeclaration."""
        return self.columns_read[:2]

    @property
    def value_columns(self) -> tuple[Column, ...]:
        """See FileDeclaration."""
        named = (getattr(self, name) for name in _NUMBER_FACTS)
        return tuple(column for column in named if column is not None)

    @property
    def clock_zone(self) -> str | None:
        """See FileDeclaration."""
        return self.commissioned_at.zone if self.commissioned_at else "UTC"
