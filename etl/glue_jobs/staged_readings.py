"""Raw files into one Spark table, each row judged; the counterpart of meterlake.etl.staging.staged_readings.

Enters: files of any layouts. Leaves: canonical rows, good and bad ones, with the number of the file and a place that
rises with the lines of the file; the lines that could not be taken apart; and the files that broke.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial, reduce

import pyarrow as pa
from pyspark import AccumulatorParam, StorageLevel
from pyspark.sql import DataFrame, SparkSession

from meterlake.etl.conforming.raw_format import Layout, ReadOptions
from meterlake.etl.glue_jobs.slice_reading import Finding, read_rejected, read_slices
from meterlake.etl.glue_jobs.slices import FileSlice, RawFile, cut_files
from meterlake.etl.glue_jobs.spark_schemas import rejected_schema, staged_schema

SLICE_BYTES = 32 << 20


class _Findings(AccumulatorParam[frozenset[Finding]]):
    """Gathers findings of all workers; a task that runs twice adds nothing new."""

    def zero(self, value: frozenset[Finding]) -> frozenset[Finding]:
        return frozenset()

    def addInPlace(self, value1: frozenset[Finding], value2: frozenset[Finding]) -> frozenset[Finding]:  # noqa: N802
        return value1 | value2


@dataclass(frozen=True)
class Staged:
    """What a batch's files hold.

    Attributes:
        rows: Canonical rows with file_number and place; kept until they are let go.
        rejected: Lines that could not be taken apart: file_number, line, reason, detail, raw_text.
        broken: The files that could not be read to their end, and why.
    """

    rows: DataFrame
    rejected: DataFrame
    broken: dict[int, str]


class Stager:
    """Reads the files of one batch."""

    def __init__(self, session: SparkSession, options: ReadOptions, slice_bytes: int = SLICE_BYTES) -> None:
        self.session = session
        self.options = options
        self.slice_bytes = slice_bytes

    def stage(self, files: Sequence[tuple[RawFile, Layout]]) -> Staged:
        """Read and judge files; they are read once, and again only where a line could not be taken apart."""
        by_layout: dict[Layout, list[RawFile]] = defaultdict(list)
        for file, layout in files:
            by_layout[layout].append(file)
        found = self.session.sparkContext.accumulator(frozenset[Finding](), _Findings())
        cut = {layout: cut_files(group, layout, self.slice_bytes) for layout, group in by_layout.items()}
        parts = [self._judged(slices, layout, found) for layout, slices in cut.items()]
        rows = reduce(DataFrame.unionByName, parts).persist(StorageLevel.MEMORY_AND_DISK)
        rows.count()  # What workers find is known when all rows were read.
        findings = found.value
        broken = {finding.file_number: finding.broke for finding in findings if finding.broke}
        return Staged(rows, self._rejected(cut, findings), broken)

    def _judged(self, slices: list[FileSlice], layout: Layout, found: object) -> DataFrame:
        read = partial(read_slices, layout=layout, options=self.options, found=found)
        return self._read(slices, read, staged_schema())

    def _rejected(self, cut: dict[Layout, list[FileSlice]], findings: frozenset[Finding]) -> DataFrame:
        torn = {(finding.file_number, finding.slice_place) for finding in findings if not finding.broke}
        parts = [self.session.createDataFrame([], rejected_schema())]
        for layout, slices in cut.items():
            again = [part for part in slices if (part.file.number, part.place) in torn]
            if again:
                parts.append(
                    self._read(again, partial(read_rejected, layout=layout, options=self.options), rejected_schema())
                )
        return reduce(DataFrame.unionByName, parts).persist(StorageLevel.MEMORY_AND_DISK)

    def _read(
        self, slices: list[FileSlice], read: Callable[[Sequence[FileSlice]], Iterator[pa.RecordBatch]], schema: str
    ) -> DataFrame:
        """Deal slices out to tasks, neighbours together, so that rows keep the order of the files."""
        all_bytes = sum(min(part.end_byte, part.file.size_bytes) - part.start_byte for part in slices)
        wanted = max(self.session.sparkContext.defaultParallelism, -(-all_bytes // self.slice_bytes))
        tasks = min(len(slices), wanted)
        dealt = [slices[len(slices) * task // tasks : len(slices) * (task + 1) // tasks] for task in range(tasks)]

        def work(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            for batch in batches:
                for task in batch.column(0).to_pylist():
                    yield from read(dealt[task])

        return self.session.range(0, tasks, 1, tasks).mapInArrow(work, schema)
