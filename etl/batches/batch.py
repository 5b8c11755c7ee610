"""What takes in one batch of files, whichever engine reads it; the committer is the pipeline."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter

from meterlake.etl.conforming.raw_format import ReadOptions
from meterlake.etl.landing.accounts import FileAccount
from meterlake.lake.snapshot import LakeSnapshot
from meterlake.lake.writing.parquet_files import ParquetWriter
from meterlake.lake.writing.transactions import TableChange


class Batch(ABC):
    """Takes in files that go to one target; one object a batch.

    Attributes:
        snapshot: The lake as it is.
        writer: Writes files of the lake with this run's connection.
        options: What the files do not say themselves.
        quarantine_reasons: How many rows went to quarantine for which reason.
    """

    def __init__(self, snapshot: LakeSnapshot, writer: ParquetWriter, options: ReadOptions) -> None:
        self.snapshot = snapshot
        self.writer = writer
        self.options = options
        self.quarantine_reasons: Counter[str] = Counter()

    @abstractmethod
    def prepare_changes(self, accounts: list[FileAccount], *, known_meters_only: bool = False) -> list[TableChange]:
        """Read, judge and lay out the files of these accounts, and fill in the accounts.

        Returns:
            What a commit has to publish.
        """
