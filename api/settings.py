"""Where the API listens, who may ask and how much; read from METERLAKE_API_* once."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import Field, field_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from meterlake.lake.settings import MeterlakeSettings

_SHA256_HEX = re.compile(r"[0-9a-f]{64}")


class ApiSettings(MeterlakeSettings):
    """Settings of the API; each is the environment variable METERLAKE_API_ and its name in capitals."""

    # What is wrong is said without what was given: that may be a key.
    model_config = SettingsConfigDict(env_prefix="METERLAKE_API_", hide_input_in_errors=True)

    host: str = Field(default="127.0.0.1", description="The address to listen on; all but loopback need keys.")
    port: int = Field(default=8080, ge=0, le=65535, description="The port to listen on.")
    hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Names besides the loopback ones that a request without a key may give as Host, comma between"
        " them; * for any.",
    )
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Origins whose web pages may read answers, such as https://console.example, comma between them.",
    )
    key_hashes: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        repr=False,
        description="SHA-256 of each API key in hexadecimal, comma between them; a key of these may read.",
    )
    keys_file: str | None = Field(
        default=None,
        description="A TOML file of keys with names, rights and expiry; read again when it changes.",
    )
    requests_per_minute: int | None = Field(
        default=None,
        ge=1,
        description="Requests a caller may make in a minute; unset: 600 a key, no limit on loopback.",
    )
    concurrent_queries: int = Field(default=2, ge=1, description="Queries that run at the same time.")
    waiting_queries: int = Field(
        default=64, ge=0, description="Queries that may wait for their turn; more are refused."
    )
    caller_queries: int | None = Field(
        default=None,
        ge=1,
        description="Queries of one caller that run at the same time; unset: all, but one less where there are keys.",
    )
    answer_seconds: float = Field(
        default=30.0, gt=0, description="After how long an answer is given up, waiting and a model's work included."
    )
    connections: int = Field(default=1000, ge=1, description="Connections at the same time; more are closed.")
    head_kb: int = Field(default=64, ge=1, description="The longest address and headers of a request, in kibibytes.")
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Addresses of proxies whose X-Forwarded-For says who the caller is, comma between them.",
    )
    widest_readings_days: int = Field(default=1100, ge=1, description="The widest time range of readings.")
    widest_consumption_days: int = Field(default=7320, ge=1, description="The widest time range of consumption.")
    widest_outage_days: int = Field(default=366, ge=1, description="The widest time range of the route /outage.")
    page_rows: int = Field(default=1000, ge=1, description="Rows a page where the request names no limit.")
    largest_page_rows: int = Field(default=10_000, ge=1, description="The largest limit that a request may name.")
    cache_mb: float = Field(default=32.0, ge=0, description="Memory for finished answers, in megabytes; 0 keeps none.")
    request_log: bool = Field(default=True, description="Write one JSON line a request on standard error.")

    @property
    def has_keys(self) -> bool:
        """Whether callers have keys."""
        return bool(self.key_hashes or self.keys_file)

    @property
    def queries_of_a_caller(self) -> int:
        """How many queries of one caller run at the same time; where callers have keys, one thread is left to others."""
        return self.caller_queries or max(1, self.concurrent_queries - self.has_keys)

    @field_validator("hosts", "allowed_origins", "trusted_proxies", mode="before")
    @classmethod
    def _split(cls, given: Any) -> tuple[str, ...]:
        parts = given.split(",") if isinstance(given, str) else given
        return tuple(part.strip() for part in parts if part.strip())

    @field_validator("key_hashes", mode="before")
    @classmethod
    def _split_key_hashes(cls, given: Any) -> tuple[str, ...]:
        """Take the hashes apart and refuse what is none, such as a key in the clear."""
        parts = given.split(",") if isinstance(given, str) else given
        hashes = tuple(part.strip().lower() for part in parts if part.strip())
        for place, one in enumerate(hashes, start=1):
            if not _SHA256_HEX.fullmatch(one):
                raise ValueError(
                    f'hash {place} is not 64 hexadecimal digits; make one with: printf %s "$KEY" | sha256sum'
                )
        return hashes
