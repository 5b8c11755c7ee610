"""The main job: what has landed into the lake, safe to repeat, to break off and to run twice at once.

Files are taken in batches that fit into memory. Each batch is read, judged and written to new Parquet files
under the lake's lock, then published in one commit that moves readings, summaries and accounts together. A
process that dies leaves files that no table knows; the next writer removes them and takes the batch again.
"""

from __future__ import annotations

import datetime as dt
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from meterlake.etl.batches.batch import Batch
from meterlake.etl.conforming.mapping_declaration import FileDeclaration
from meterlake.etl.conforming.raw_format import Layout, ReadOptions
from meterlake.etl.conforming.unsaid_clock import assumed_clock, unsaid_days
from meterlake.etl.formats import FORMATS, target_of
from meterlake.etl.landing.accounts import FileAccount, RefusedFile, ReplacedIngest, RunReport
from meterlake.etl.landing.broken_files import BrokenFiles, blaming, is_files_fault, is_full_disk, what_was_found
from meterlake.etl.landing.hashing_ahead import HashesAhead, hashing_ahead
from meterlake.etl.landing.ingest_ledger import IngestLedger, Reading, ingests_change
from meterlake.etl.landing.landed_file import LandedFile
from meterlake.etl.landing.landing_zone import find_files
from meterlake.etl.landing.raw_names import is_packed
from meterlake.etl.landing.recognition import AUTO, recognise
from meterlake.etl.settings import EtlSettings
from meterlake.lake.engine_choice import open_store
from meterlake.lake.errors import NoSpace, UnreadableFile
from meterlake.lake.scratch import scratch_name
from meterlake.lake.settings import LakeSettings
from meterlake.lake.snapshot import LakeSnapshot
from meterlake.lake.tables import WEATHER
from meterlake.lake.writing.maintenance import keep_in_bounds
from meterlake.lake.writing.parquet_files import ParquetWriter
from meterlake.lake.writing.transactions import TableChange
from meterlake.lake.writing.turn import writing

_TARGET_ORDER = ("meters", "weather", "readings")
_PACKED_TO_PLAIN = 8
_CHANGED = "it changed while it was read"


@dataclass(frozen=True)
class IngestJob:
    """What to take in and how.

    Attributes:
        paths: Files and folders, and s3:// addresses of objects and prefixes.
        format_name: A format's name, or auto.
        options: What files do not say themselves.
        mapping: The declaration of the files' columns, for files in no known format.
        takes_guesses: Whether what fits no format is read by a guess that leaves doubts.
        known_meters_only: Whether rows of meters that the lake does not hold go to quarantine.
    """

    paths: tuple[Path | str, ...]
    format_name: str = AUTO
    options: ReadOptions = field(default_factory=ReadOptions)
    known_meters_only: bool = False
    mapping: FileDeclaration | None = None
    takes_guesses: bool = False

    @property
    def reading(self) -> Reading:
        """How the files are to be read, where somebody said it."""
        asked = "" if self.format_name == AUTO or self.mapping is not None else self.format_name
        return Reading(asked, self.mapping.digest if self.mapping is not None else "")


Progress = Callable[[str, int, int], None]


def _silent(stage: str, done_bytes: int, all_bytes: int) -> None:
    """Tell nobody."""


class Pipeline:
    """Takes files into one lake."""

    def __init__(self, lake_settings: LakeSettings | None = None, settings: EtlSettings | None = None) -> None:
        self.lake_settings = lake_settings or LakeSettings()
        self.settings = settings or EtlSettings()
        self.store = open_store(self.lake_settings)
        self.work_folder = self.lake_settings.work_folder

    def ingest(self, job: IngestJob, progress: Progress = _silent) -> RunReport:
        """Take in every file of a job that the lake does not hold yet.

        Args:
            job: What and how.
            progress: Called with what is being done, the bytes done and the bytes in all.

        Returns:
            The accounts of each file, those skipped because their content is known, and those refused.

        Raises:
            BadParameter: If a path or a format is not known.
            LakeBusy: If another writer holds the lake for too long.
        """
        started = time.monotonic()
        report = RunReport()
        unpacked = self.work_folder / scratch_name()
        with ExitStack() as closing:
            closing.callback(shutil.rmtree, unpacked, ignore_errors=True)
            self._hashes = closing.enter_context(hashing_ahead())
            landing = find_files(job.paths, unpacked)
            report.refused.extend(landing.refused)
            report.passed_over.extend(landing.passed_over)
            self.store.create_tables()
            pending = self._recognised(landing.files, job, report)
            all_bytes = sum(file.size_bytes for file, _ in pending)
            done_bytes = 0
            for batch in self._batches(pending):
                progress(f"reading {Path(batch[0][0].name).name}", done_bytes, all_bytes)
                self._take_in(batch, job, report)
                done_bytes += sum(file.size_bytes for file, _ in batch)
            self._replace_other_readings(landing.files, job, report)
            progress("done", all_bytes, all_bytes)
            if report.accounts:
                keep_in_bounds(
                    self.store,
                    most_files=self.settings.compact_after_files,
                    most_snapshots=self.settings.most_snapshots,
                )
        report.unsaid_days = _unsaid_days(report, job.options)
        report.seconds = time.monotonic() - started
        return report

    def _replace_other_readings(self, files: list[LandedFile], job: IngestJob, report: RunReport) -> None:
        """Take back what the same content was read as before, where it was read as this job says it and with success.

        A run that dies before it leaves both, of which what was read last wins; the next one takes the older one back.
        """
        if not job.reading.is_said:
            return
        from meterlake.etl.undo import undo_ingest  # it needs Ibis, which a folder that is known does not

        ledger = IngestLedger.read(self.store, self.store.current()["ingests"])
        for file in files:
            for older, newer in ledger.replaced_by(file, job.reading):
                undo_ingest(older, self.lake_settings)
                report.replaced.append(ReplacedIngest(file.name, older, newer))

    def _recognised(
        self, files: list[LandedFile], job: IngestJob, report: RunReport
    ) -> list[tuple[LandedFile, Layout]]:
        """Sort files into those unchanged since they were taken in, those to read, and those no format fits."""
        ledger = IngestLedger.read(self.store, self.store.current()["ingests"])
        pending = []
        for file in files:
            if ledger.knows_unchanged(file, job.reading):
                report.skipped.append(file.name)
                continue
            try:
                with blaming(file.name):
                    self._hashes.begin(file.fetched())
                    layout = recognise(
                        file.fetched(),
                        job.format_name,
                        job.mapping,
                        takes_guesses=job.takes_guesses,
                        is_zone_said=job.options.said_time_zone is not None,
                    )
                    pending.append((file, layout))
            except UnreadableFile as error:
                report.refused.append(RefusedFile(file.name, str(error)))
            except BrokenFiles as error:
                report.refuse(file.name, f"it cannot be looked at: {error.broken[file.name]}")
        # Meters before readings, so that days are counted in the meters' own zones.
        return sorted(pending, key=lambda pair: _TARGET_ORDER.index(target_of(pair[1])))

    def _batches(self, pending: list[tuple[LandedFile, Layout]]) -> Iterator[list[tuple[LandedFile, Layout]]]:
        """Cut the files into batches of about the set size that go to one target."""
        batch: list[tuple[LandedFile, Layout]] = []
        weight = 0.0
        for file, layout in pending:
            packing = _PACKED_TO_PLAIN if is_packed(file.path.name) or layout.kind in ("parquet", "orc") else 1
            cost = packing * file.size_bytes / 1e6
            changes_target = batch and target_of(batch[0][1]) != target_of(layout)
            if batch and (weight + cost > self.settings.batch_mb or changes_target or len(batch) >= 5_000):
                yield batch
                batch, weight = [], 0.0
            batch.append((file, layout))
            weight += cost
        if batch:
            yield batch

    def _take_in(self, batch: list[tuple[LandedFile, Layout]], job: IngestJob, report: RunReport) -> None:
        """Take in a batch; where files break it, refuse those that are named and take the rest.

        Where none is named, or others break the rest, they are looked for by halves: however many files are broken,
        none is read again for each of them.
        """
        for _ in range(2):
            try:
                self._commit_batch(batch, job, report)
                return
            except BrokenFiles as error:
                broken = error.broken
            for name, found in broken.items():
                report.refuse(name, f"it broke while it was read: {found}")
            batch = [pair for pair in batch if pair[0].name not in broken]
            if not broken:
                break
        middle = len(batch) // 2
        for half in (batch[:middle], batch[middle:]):
            if half:
                self._take_in(half, job, report)

    def _commit_batch(self, batch: list[tuple[LandedFile, Layout]], job: IngestJob, report: RunReport) -> None:
        """Take in a batch in one commit.

        Raises:
            BrokenFiles: If files break it; without a name where none is known to be the one.
        """
        with writing(self.store) as turn:
            ledger = IngestLedger.read(self.store, turn.snapshot["ingests"])
            accounts, known = _open_accounts(batch, ledger, job, self._hashes)
            if accounts:
                target = target_of(batch[0][1])
                worker = self._worker(target, turn.snapshot, turn.writer, job.options)
                changes = self._prepared(worker, accounts, job)
                changes.append(ingests_change(turn.writer, accounts))
                turn.commit(changes, ingests=",".join(account.ingest_id for account in accounts))
                report.quarantine_reasons.update(worker.quarantine_reasons)
        report.accounts.extend(accounts)
        report.skipped.extend(known)

    def _prepared(self, worker: Batch, accounts: list[FileAccount], job: IngestJob) -> list[TableChange]:
        """Read and judge the files of a batch; what goes wrong over them is theirs.

        Raises:
            BrokenFiles: With the files that are to blame; with none where nothing names them.
            NoSpace: If the disk is full.
        """
        try:
            changes = worker.prepare_changes(accounts, known_meters_only=job.known_meters_only)
            _refuse_changed(accounts)
            return changes
        except BrokenFiles as error:
            _refuse_changed(accounts, error.broken)
            raise
        except Exception as error:
            if is_full_disk(error):
                raise NoSpace(self.store.root) from error
            if not is_files_fault(error):
                raise
            _refuse_changed(accounts)
            named = accounts if len(accounts) == 1 else [one for one in accounts if str(one.file.path) in str(error)]
            raise BrokenFiles({one.file.name: what_was_found(error) for one in named}) from error

    def _worker(self, target: str, snapshot: LakeSnapshot, writer: ParquetWriter, options: ReadOptions) -> Batch:
        """Return what takes in a batch of files that go to one target."""
        # Ibis takes a moment to import, and a folder that is known needs none of it.
        from meterlake.etl.batches.reading_batch import ReadingBatch
        from meterlake.etl.batches.reference_batch import ReferenceBatch

        kind = ReadingBatch if target == "readings" else ReferenceBatch
        return kind(snapshot, writer, options)


def _refuse_changed(accounts: Iterable[FileAccount], broken: Mapping[str, str] | None = None) -> None:
    """Make sure that what was read of each file is what is remembered of it.

    Raises:
        BrokenFiles: With those that are not what they were, and those that broke besides.
    """
    changed = {one.file.name: _CHANGED for one in accounts if not one.file.is_still(one.sighting, one.content_hash)}
    if changed:
        raise BrokenFiles({**(broken or {}), **changed})


def _unsaid_days(report: RunReport, options: ReadOptions) -> str:
    """Return which zone's days new meters got, where nobody said one."""
    taken = [one.layout for one in report.accounts if one.rows_stored]
    if not taken:
        return ""
    zones = {one.name: getattr(one, "usual_zone", "") for one in FORMATS.all().values()}
    return unsaid_days([one for one in taken if target_of(one) != WEATHER.name], options, zones)


def _open_accounts(
    batch: Iterable[tuple[LandedFile, Layout]], ledger: IngestLedger, job: IngestJob, hashes: HashesAhead
) -> tuple[list[FileAccount], list[str]]:
    """Open an account for each file whose content is new; name the others."""
    accounts: dict[str, FileAccount] = {}
    known = []
    for file, layout in batch:
        with blaming(file.name):
            sighting, content_hash = hashes.of(file)
            if sighting.size_bytes != file.size_bytes:
                raise BrokenFiles({file.name: _CHANGED})
        ingest_id = ledger.new_id(content_hash, job.reading, layout)
        if ledger.knows(content_hash, job.reading) or ingest_id in accounts:
            known.append(file.name)
        else:
            accounts[ingest_id] = FileAccount(
                file,
                ingest_id,
                content_hash,
                layout,
                dt.datetime.now(dt.UTC),
                sighting,
                assumed=assumed_clock(layout, job.options),
            )
    return list(accounts.values()), known
