"""What became of every row: the accounts of a file and of a whole run."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from meterlake.etl.conforming.raw_format import Layout
from meterlake.etl.landing.landed_file import LandedFile, Sighting
from meterlake.lake.errors import UnreadableFile


class Outcome(StrEnum):
    """What became of a good row."""

    STORED = "stored"
    DUPLICATE = "duplicate"
    SUPERSEDED = "superseded"


@dataclass
class FileAccount:
    """One file's accounts: rows_read = rows_stored + duplicates + superseded + quarantined."""

    file: LandedFile
    ingest_id: str
    content_hash: str
    layout: Layout
    started_at: dt.datetime
    sighting: Sighting
    rows_read: int = 0
    duplicates: int = 0
    superseded: int = 0
    quarantined: int = 0

    @property
    def rows_stored(self) -> int:
        """Rows that went into a table: what is left of those read."""
        return self.rows_read - self.duplicates - self.superseded - self.quarantined


def count_outcomes(accounts: Sequence[FileAccount], outcomes: Mapping[tuple[int, Outcome], int]) -> None:
    """Count good rows in their files' accounts.

    Args:
        accounts: By the files' numbers.
        outcomes: How many rows of each file's number became what; those stored are what is left of all.
    """
    for (number, outcome), row_count in outcomes.items():
        if outcome is Outcome.DUPLICATE:
            accounts[number].duplicates += row_count
        elif outcome is Outcome.SUPERSEDED:
            accounts[number].superseded += row_count


@dataclass(frozen=True)
class RefusedFile:
    """A file that was not taken in, and why."""

    name: str
    why: str


@dataclass(frozen=True)
class PassedOver:
    """A file or a folder that was not looked at, and why."""

    name: str
    why: str


@dataclass
class RunReport:
    """What a run did, over all its files."""

    accounts: list[FileAccount] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    refused: list[RefusedFile] = field(default_factory=list)
    passed_over: list[PassedOver] = field(default_factory=list)
    quarantine_reasons: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def found_nothing(self) -> bool:
        """Whether there was no file that could be looked at, known ones included."""
        return not (self.accounts or self.skipped or self.refused)

    def refuse(self, name: str, what: str, advice: str = "Send it again, whole") -> None:
        """Note a file that is not taken in."""
        self.refused.append(RefusedFile(name, str(UnreadableFile(name, what, advice))))

    def as_json(self) -> dict[str, Any]:
        """Return the run as plain data, for machines."""
        names = ("rows_read", "rows_stored", "duplicates", "superseded", "quarantined")
        return {
            "files": len(self.accounts),
            **{name: sum(getattr(account, name) for account in self.accounts) for name in names},
            "quarantine_reasons": dict(sorted(self.quarantine_reasons.items())),
            "skipped": len(self.skipped),
            "refused": [{"file": refused.name, "why": refused.why} for refused in self.refused],
            "passed_over": [{"file": one.name, "why": one.why} for one in self.passed_over],
            "ingests": [
                {
                    "ingest_id": account.ingest_id,
                    "source_file": account.file.name,
                    "format": account.layout.format,
                    **({"read_by": account.layout.read_by} if account.layout.read_by else {}),
                    **{name: getattr(account, name) for name in names},
                }
                for account in self.accounts
            ],
            "seconds": round(self.seconds, 3),
        }
