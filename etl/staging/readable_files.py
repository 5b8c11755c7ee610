"""The files of a batch as the engine reads them: text in order, all else as Parquet; each file's fault its own.

Enters: raw files as they came. Leaves: the same files, numbered as before, at paths and with layouts that the engine
reads; and the lines that it is not shown. Copies go when the batch is done.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa

from meterlake.etl.conforming.nested_records import EACH, flat_records, is_nested
from meterlake.etl.conforming.raw_format import TRANSLATED, Layout
from meterlake.etl.formats import FORMATS
from meterlake.etl.landing.broken_files import BrokenFiles, blaming
from meterlake.etl.landing.container_files import as_parquet, can_be_read_by_name
from meterlake.etl.landing.raw_names import is_packed
from meterlake.etl.relations import Relation, Workbench
from meterlake.etl.staging.plain_text import LineTakenOut, as_plain_text
from meterlake.etl.translating.document_records import records_of
from meterlake.etl.translating.raw_source import RawSource
from meterlake.etl.translating.translated_files import write_translated
from meterlake.etl.translating.translated_format import TranslatedFormat
from meterlake.etl.translating.translated_values import BrokenRecord
from meterlake.lake.errors import UnreadableFile


@dataclass(frozen=True)
class NumberedFile:
    """A raw file's path and layout with its number in the batch and its name in the accounts."""

    number: int
    path: Path
    layout: Layout
    name: str


@dataclass(frozen=True)
class ReadableFiles:
    """Files that the engine reads, in the order of their numbers, and the lines of each that were taken out."""

    files: list[NumberedFile]
    taken_out: dict[int, Sequence[LineTakenOut | BrokenRecord]]


@contextmanager
def readable_files(bench: Workbench, files: Sequence[NumberedFile]) -> Iterator[ReadableFiles]:
    """Give the files of a batch as the engine reads them.

    Raises:
        BrokenFiles: With every file that cannot be read to its end.
    """
    beside = Path(bench.rows("SELECT current_setting('temp_directory')")[0][0])
    beside.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=beside, prefix="raw-") as folder:
        found = ReadableFiles([], {})
        broken: dict[str, str] = {}
        for file in files:
            try:
                with blaming(file.name):
                    path, layout, found.taken_out[file.number] = as_readable(file.path, file.layout, Path(folder))
                    found.files.append(replace(file, path=path, layout=layout))
            except BrokenFiles as error:
                broken |= error.broken
        if broken:
            raise BrokenFiles(broken)
        yield found


def as_readable(path: Path, layout: Layout, folder: Path) -> tuple[Path, Layout, Sequence[LineTakenOut | BrokenRecord]]:
    """Return where and how the engine reads a raw file, and the lines that it is not shown there."""
    if layout.kind == TRANSLATED:
        translator = FORMATS.named(layout.format)
        assert isinstance(translator, TranslatedFormat)
        source = RawSource(path, layout.encoding, is_packed(path.name))
        rows, broken = write_translated(translator.translate(source, layout), folder)
        return rows, layout, broken
    if layout.kind == "parquet" and can_be_read_by_name(path):
        return path, layout, []
    if layout.kind in ("parquet", "orc", "avro"):
        names = dict(zip(layout.columns, layout.paths or layout.columns, strict=True))
        return as_parquet(path, layout.kind, folder, names), replace(layout, paths=()), []
    if layout.document is not None:
        path, layout = as_json_lines(path, layout, folder)
    plain = as_plain_text(path, layout, folder)
    return plain.path, replace(layout, encoding="utf-8", quote='"' if plain.has_quotes else ""), plain.taken_out


def as_json_lines(path: Path, layout: Layout, folder: Path) -> tuple[Path, Layout]:
    """Write the records of a document to a new file, a line each, and say how it is read; whoever owns the folder clears it.

    Raises:
        UnreadableFile: If lists in it that belong together are not equally long.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{uuid.uuid4().hex}.jsonl"
    records = records_of(path, layout.document or "", layout.encoding, layout.paths)
    paths = layout.paths
    if any(EACH in one or is_nested(one) for one in paths):
        # A record of its own for each entry, so that none is longer than a line may be; its names hold no points.
        paths = tuple(one.replace(".", "/") for one in paths)
        records = _flat(path, records, dict(zip(layout.paths, paths, strict=True)))
    with target.open("w", encoding="utf-8") as lines:
        for record in records:
            lines.write(json.dumps(record, ensure_ascii=False) + "\n")
    return target, replace(layout, encoding="utf-8", document=None, paths=paths)


def _flat(path: Path, records: Iterator[Any], names: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    try:
        for record in records:
            for row in flat_records(record, tuple(names)):
                yield {names[one]: value for one, value in row.items()}
    except ValueError as error:
        raise UnreadableFile(
            path, str(error), "Send it again, whole, or say with records: where one list stands"
        ) from error


def add_taken_out(
    bench: Workbench, number: int, lines: Sequence[LineTakenOut | BrokenRecord], rejected: Relation
) -> None:
    """Add lines that the engine was not shown to those that it could not take apart."""
    if not lines:
        return
    rows = [
        {
            "file_number": number,
            "line": line.line,
            "reason": line.reason.value,
            "detail": line.detail,
            "raw_text": line.raw_text,
        }
        for line in lines
    ]
    with bench.shown("taken_out", pa.Table.from_pylist(rows)) as shown:
        bench.add(rejected, f"SELECT * FROM {shown}")
