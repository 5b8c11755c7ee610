"""Files that are not rows, and workbooks: the accounts of broken ones add up, and Spark's workers read them as one machine does."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest

from meterlake.etl.formats import FORMATS
from meterlake.etl.translating.translated_format import TranslatedFormat
from tests.landing import adds_up, differences, lake_settings, take_in, whole_lake
from tests.spark_session import started_session

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@pytest.fixture(scope="module")
def session() -> Iterator[SparkSession]:
    yield from started_session()


def write_translated_files(folder: Path) -> Path:
    """Write each translated format's example, whole, torn, packed and in an archive."""
    with zipfile.ZipFile(folder / "all.zip", "w") as archive:
        for name, known in FORMATS.all().items():
            if not isinstance(known, TranslatedFormat) or known.example is None:
                continue
            text, suffix = known.example.text, Path(known.example.file_name).suffix
            lines = text.splitlines(keepends=True)
            torn = [*lines[:-2], lines[-2].replace("0", "x", 3), "900,?\n", *lines[-2:]] if suffix != ".xml" else lines
            (folder / f"{name}{suffix}").write_text(text)
            (folder / f"{name}-torn{suffix}").write_text("".join(torn).replace("450", "4x50"))
            (folder / f"{name}-packed{suffix}.gz").write_bytes(gzip.compress(text.replace("1", "2", 1).encode()))
            archive.writestr(f"{name}{suffix}", text.replace("M1", "M7").replace("METER01", "METER7"))
    book = openpyxl.Workbook()
    for row in (
        ["LCLid", "DateTime", "KWH/hh (per half hour) "],
        ["X", "2013-01-01 00:00", 0.5],
        [],
        ["X", "2013-01-01 00:30", "?"],
    ):
        book.worksheets[0].append(row)
    book.save(folder / "book.xlsx")
    return folder


@pytest.mark.slow
def test_translated_files_make_equal_lakes_on_spark_and_here(session: SparkSession, tmp_path: Path) -> None:
    from meterlake.etl.glue_jobs.spark_pipeline import SparkPipeline
    from meterlake.etl.pipeline import IngestJob

    raw = tmp_path / "raw"
    raw.mkdir()
    write_translated_files(raw)

    here = take_in(tmp_path / "here", raw)
    there = SparkPipeline(session, lake_settings(tmp_path / "there")).ingest(IngestJob((raw,)))

    assert adds_up(here) and adds_up(there)
    assert here.quarantine_reasons == there.quarantine_reasons
    assert here.quarantine_reasons
    assert differences(whole_lake(tmp_path / "there"), whole_lake(tmp_path / "here")) == {}
