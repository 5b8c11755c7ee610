from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from meterlake.lake.catalogue_pointers import CataloguePointers
from meterlake.lake.errors import NoLake
from meterlake.lake.locations import CATALOGUE_FILE


def make_catalogue(root: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(root / CATALOGUE_FILE, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE iceberg_tables (table_name TEXT, metadata_location TEXT)")
    return connection


def test_each_commit_of_another_connection_is_seen_at_once_in_every_thread(tmp_path: Path) -> None:
    writer, pointers = make_catalogue(tmp_path), CataloguePointers(tmp_path)
    seen = []

    def look() -> None:
        seen.append(pointers.current())

    for place in ("one", "two"):
        writer.execute("DELETE FROM iceberg_tables")
        writer.execute("INSERT INTO iceberg_tables VALUES ('readings', ?), ('of_another_program', 'x')", [place])
        look()
        look()
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()

    assert seen == [(("readings", "one"),)] * 3 + [(("readings", "two"),)] * 3


def test_what_is_not_committed_is_not_seen(tmp_path: Path) -> None:
    writer, pointers = make_catalogue(tmp_path), CataloguePointers(tmp_path)
    writer.execute("INSERT INTO iceberg_tables VALUES ('readings', 'one')")
    assert pointers.current() == (("readings", "one"),)

    writer.execute("BEGIN")
    writer.execute("UPDATE iceberg_tables SET metadata_location = 'two'")
    assert pointers.current() == (("readings", "one"),)
    writer.execute("COMMIT")
    assert pointers.current() == (("readings", "two"),)


def test_a_catalogue_whose_making_was_cut_off_is_no_lake_until_it_is_made(tmp_path: Path) -> None:
    pointers = CataloguePointers(tmp_path)
    with pytest.raises(NoLake):
        pointers.current()
    (tmp_path / CATALOGUE_FILE).touch()
    with pytest.raises(NoLake):
        pointers.current()

    make_catalogue(tmp_path).execute("INSERT INTO iceberg_tables VALUES ('meters', 'one')")

    assert pointers.current() == (("meters", "one"),)
