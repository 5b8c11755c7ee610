"""How the ETL takes in and lays out what lands; read from METERLAKE_* once. How files are read: ReadOptions."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from meterlake.lake.settings import MeterlakeSettings


class EtlSettings(MeterlakeSettings):
    """Settings of the ETL; each is the environment variable METERLAKE_ and its name in capitals."""

    model_config = SettingsConfigDict(env_prefix="METERLAKE_")

    batch_mb: int = Field(default=900, ge=1, description="Raw megabytes read, judged and committed together.")
    compact_after_files: int = Field(default=24, ge=2, description="Files in a partition after which it is compacted.")
    most_snapshots: int = Field(
        default=50, ge=2, description="Snapshots of a table after which an ingest forgets the older half."
    )
    keep_snapshots_hours: float = Field(default=24.0, ge=0, description="How long old snapshots stay readable.")
