"""Where the lake is and how much of the machine it may use; read from METERLAKE_* once."""

from __future__ import annotations

import os
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, InitSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from meterlake.lake.errors import BadParameter
from meterlake.lake.settings_file import said_of


class MeterlakeSettings(BaseSettings):
    """What every settings model has: what a call says wins over the environment, and that over `meterlake.toml`."""

    model_config = SettingsConfigDict(frozen=True)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Name the sources, the strongest first."""
        return init_settings, env_settings, InitSettingsSource(settings_cls, said_of(cls))


class LakeSettings(MeterlakeSettings):
    """Settings of the lake; each is the environment variable METERLAKE_ and its name in capitals."""

    model_config = SettingsConfigDict(env_prefix="METERLAKE_")

    lake: str = Field(default=".meterlake", description="The lake's root: a folder, or s3://bucket/prefix.")
    threads: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1, description="Threads a process may use.")
    memory_gb: float = Field(default=3.0, gt=0.2, description="Memory that the engine may use, in gigabytes.")
    engine: Literal["athena", "duckdb"] = Field(
        default="athena",
        description="What answers a lake on S3: Athena, or this process's own engine where it need not read much and Athena else.",
    )
    engine_mb: float = Field(
        default=64.0, ge=0, description="How many megabytes the own engine may read from S3 for one question."
    )
    query_seconds: float = Field(default=30.0, gt=0, description="After how long a query is stopped.")
    lock_seconds: float = Field(default=600.0, ge=0, description="How long a writer waits for another to finish.")

    @property
    def is_on_s3(self) -> bool:
        """Whether the lake lies on S3."""
        return self.lake.startswith("s3://")

    @property
    def root(self) -> Path:
        """The lake's root as an absolute folder.

        Raises:
            BadParameter: If the lake is at an address and not in a folder.
        """
        if "://" in self.lake:
            wanted = "a folder, for what is asked here" if self.is_on_s3 else "a folder or an s3:// address"
            raise BadParameter("METERLAKE_LAKE", self.lake, wanted, ".meterlake")
        return Path(self.lake).expanduser().resolve()

    @property
    def location(self) -> str:
        """The lake's root as a text without a slash at its end: a folder's path, or an s3:// address."""
        return self.lake.rstrip("/") if self.is_on_s3 else str(self.root)

    @property
    def work_folder(self) -> Path:
        """A folder of this machine for what a run needs only while it runs: the root, or one for the lake's address."""
        if not self.is_on_s3:
            return self.root
        return Path(tempfile.gettempdir()) / "meterlake" / sha256(self.lake.encode()).hexdigest()[:16]
