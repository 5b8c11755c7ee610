"""What Spark settled beside a lake goes, folders within folders and all; and again changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from meterlake.lake.engine_choice import open_store
from meterlake.lake.settings import LakeSettings

pytest.importorskip("pyspark")


def test_what_was_settled_is_removed_with_the_folders_within_and_nothing_else(tmp_path: Path) -> None:
    from meterlake.etl.glue_jobs.lake_frames import LakeFrames

    frames = LakeFrames(None, open_store(LakeSettings(lake=str(tmp_path))))  # type: ignore[arg-type]
    for place in ("one/_temporary/0/part.parquet", "one/part.parquet", "two/part.parquet"):
        path = tmp_path / frames.work / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"PAR1")
    (tmp_path / "tmp" / "other").mkdir()

    frames.clear()
    frames.clear()

    assert [path.name for path in (tmp_path / "tmp").rglob("*")] == ["other"]
