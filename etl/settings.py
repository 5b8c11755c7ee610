"""How the ETL reads, judges and lays out what lands; read from METERLAKE_* once."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class EtlSettings(BaseSettings):
    """Settings of the ETL; each is the environment variable METERLAKE_ and its name in capitals."""

    model_config = SettingsConfigDict(env_prefix="METERLAKE_", frozen=True)

    time_zone: str = Field(default="UTC", description="Zone of the days of meters that no file gives a zone.")
    batch_mb: int = Field(default=900, ge=1, description="Raw megabytes read, judged and committed together.")
    interval_minutes: int = Field(
        default=30, ge=1, le=1440, description="Length of intervals where a format leaves it open."
    )
    earliest_year: int = Field(default=1990, ge=1900, description="Readings before this year are implausible.")
    compact_after_files: int = Field(default=24, ge=2, description="Files in a partition after which it is compacted.")
    keep_snapshots_hours: float = Field(default=24.0, ge=0, description="How long old snapshots stay readable.")
