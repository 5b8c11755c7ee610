"""Where the lake is and how much of the machine it may use; read from METERLAKE_* once."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class LakeSettings(BaseSettings):
    """Settings of the lake; each is the environment variable METERLAKE_ and its name in capitals."""

    model_config = SettingsConfigDict(env_prefix="METERLAKE_", frozen=True)

    lake: str = Field(default=".meterlake", description="The lake's root: a folder, or s3://bucket/prefix.")
    threads: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1, description="Threads a process may use.")
    memory_gb: float = Field(default=3.0, gt=0.2, description="Memory that the engine may use, in gigabytes.")
    query_seconds: float = Field(default=30.0, gt=0, description="After how long a query is stopped.")
    lock_seconds: float = Field(default=600.0, ge=0, description="How long a writer waits for another to finish.")

    @property
    def root(self) -> Path:
        """The lake's root as an absolute folder."""
        return Path(self.lake).expanduser().resolve()
