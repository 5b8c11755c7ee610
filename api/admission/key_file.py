"""The API's keys as they stand in a file: a name, the key's SHA-256, what it may do, until when.

    [[key]]
    name = "grafana"
    sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    rights = ["read"]
    expires = 2027-01-01T00:00:00Z

Enters: a TOML file. Leaves: keys. What is wrong with it is said by number and member, never with what stands there: that
may be a key in the clear.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from meterlake.lake.errors import BadParameter

FILE_SETTING = "METERLAKE_API_KEYS_FILE"


class Right(StrEnum):
    """What a key may do."""

    READ = "read"
    WRITE = "write"
    APPROVE = "approve"


@dataclass(frozen=True)
class ApiKey:
    """A key that is known; the key itself is not.

    Attributes:
        name: Stands in the log for whoever holds it.
        digest: SHA-256 of the key.
        rights: What it may do.
        expires: From when on it opens nothing; None for never.
    """

    name: str
    digest: bytes
    rights: frozenset[Right] = frozenset({Right.READ})
    expires: dt.datetime | None = None

    def has_expired(self, now: dt.datetime) -> bool:
        """Say whether it opens nothing any more."""
        return self.expires is not None and now >= self.expires


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    name: str = Field(pattern=r"^[\w.@ -]{1,80}$")
    sha256: str = Field(pattern="^[0-9a-fA-F]{64}$")
    rights: list[Right] = Field(default=[Right.READ], min_length=1)
    expires: AwareDatetime | None = None


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    key: list[_Written] = []


def read_keys(path: Path) -> tuple[ApiKey, ...]:
    """Read a file of keys.

    Raises:
        BadParameter: If it cannot be read, or is not as it has to be.
    """
    try:
        written = _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8"))).key
    except OSError as error:
        raise _bad(error.strerror or "cannot be read") from error
    except UnicodeDecodeError as error:
        raise _bad("is not UTF-8") from error
    except tomllib.TOMLDecodeError:
        raise _bad("is not TOML") from None  # the parser's words quote the text
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise _bad(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    names = [one.name for one in written]
    if len(set(names)) < len(names):
        raise _bad("names a key twice")
    return tuple(ApiKey(one.name, bytes.fromhex(one.sha256), frozenset(one.rights), one.expires) for one in written)


def _bad(found: str) -> BadParameter:
    return BadParameter(
        FILE_SETTING, found, "a TOML file of keys; docs/how-to/secure_it.md shows one", "/etc/meterlake/keys.toml"
    )
