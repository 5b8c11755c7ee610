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
    # By a later row of its own file.
    SUPERSEDED_BY_ITSELF = "superseded by itself"


# What is counted of each file, as the table of ingests has it.
COUNTS = ("rows_read", "rows_stored", "duplicates", "superseded", "superseded_by_itself", "quarantined")
# The share of a file's rows that corrections may well be.
_FEW = 0.02


@dataclass
class FileAccount:
    """One file's accounts: rows_read = rows_stored + duplicates + superseded + quarantined.

    Attributes:
        superseded_by_itself: Of the rows superseded, those that a later row of the file replaced.
        assumed: What was assumed of it, in words, where nobody said it; empty where nothing was.
    """

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
    superseded_by_itself: int = 0
    assumed: str = ""

    @property
    def warning(self) -> str | None:
        """What should make a person look at the file: too many of its rows have replaced others of its rows."""
        if self.superseded_by_itself <= _FEW * self.rows_read:
            return None
        share = round(100 * self.superseded_by_itself / self.rows_read)
        return (
            f"{self.superseded_by_itself:,} of its {self.rows_read:,} rows ({share} %) were replaced by later rows of the same file,"
            " of the same meter, quantity and time. If they are of other meters, flows or registers, say so: a quantity by a"
            " column's words, columns that are added, or a row filter in a mapping; then take the file in again"
        )

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
        elif outcome is Outcome.SUPERSEDED_BY_ITSELF:
            accounts[number].superseded += row_count
            accounts[number].superseded_by_itself += row_count


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


@dataclass(frozen=True)
class ReplacedIngest:
    """An ingest of the same content, read in another way, that was taken back for a new one."""

    name: str
    ingest_id: str
    replaced_by: str


@dataclass
class RunReport:
    """What a run did, over all its files.

    Attributes:
        unsaid_days: In words, which zone's days new meters got where nobody said one; empty where somebody did.
    """

    accounts: list[FileAccount] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    refused: list[RefusedFile] = field(default_factory=list)
    passed_over: list[PassedOver] = field(default_factory=list)
    replaced: list[ReplacedIngest] = field(default_factory=list)
    quarantine_reasons: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    unsaid_days: str = ""

    @property
    def warnings(self) -> list[PassedOver]:
        """The files that a person should look at, and why."""
        return [PassedOver(one.file.name, one.warning) for one in self.accounts if one.warning]

    @property
    def assumed(self) -> dict[str, list[str]]:
        """What was assumed, in words, and of which files."""
        found: dict[str, list[str]] = {}
        for account in self.accounts:
            if account.assumed:
                found.setdefault(account.assumed, []).append(account.file.name)
        return found

    @property
    def unread(self) -> list[str]:
        """The files that were taken in and have rows, and no good one."""
        return [one.file.name for one in self.accounts if 0 < one.rows_read == one.quarantined]

    @property
    def without_rows(self) -> list[str]:
        """The files that were taken in and hold a header alone."""
        return [one.file.name for one in self.accounts if one.rows_read == 0]

    @property
    def found_nothing(self) -> bool:
        """Whether there was no file that could be looked at, known ones included."""
        return not (self.accounts or self.skipped or self.refused)

    def refuse(self, name: str, what: str, advice: str = "Send it again, whole") -> None:
        """Note a file that is not taken in."""
        self.refused.append(RefusedFile(name, str(UnreadableFile(name, what, advice))))

    def as_json(self) -> dict[str, Any]:
        """Return the run as plain data, for machines."""
        return {
            "files": len(self.accounts),
            **{name: sum(getattr(account, name) for account in self.accounts) for name in COUNTS},
            "quarantine_reasons": dict(sorted(self.quarantine_reasons.items())),
            "skipped": len(self.skipped),
            "refused": [{"file": refused.name, "why": refused.why} for refused in self.refused],
            "warnings": [{"file": one.name, "why": one.why} for one in self.warnings],
            "assumed": [{"what": what, "files": files} for what, files in self.assumed.items()],
            "passed_over": [{"file": one.name, "why": one.why} for one in self.passed_over],
            "without_rows": self.without_rows,
            "replaced": [
                {"file": one.name, "ingest_id": one.ingest_id, "replaced_by": one.replaced_by} for one in self.replaced
            ],
            "ingests": [
                {
                    "ingest_id": account.ingest_id,
                    "source_file": account.file.name,
                    "format": account.layout.format,
                    **({"read_by": account.layout.read_by} if account.layout.read_by else {}),
                    **({"assumed": account.assumed} if account.assumed else {}),
                    **{name: getattr(account, name) for name in COUNTS},
                }
                for account in self.accounts
            ],
            "seconds": round(self.seconds, 3),
        }
