from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from meterlake.etl.conforming.raw_format import Layout
from meterlake.etl.staging.plain_text import as_plain_text

LAYOUT = Layout("london", "csv", ("meter_id", "time", "value"))


def read(tmp_path: Path, content: bytes, name: str = "a.csv", encoding: str = "utf-8") -> tuple[bytes, list[int], bool]:
    """Return what the engine gets to see, the numbers of the lines that it does not, and whether the file is its own."""
    (tmp_path / name).write_bytes(content)
    layout = Layout("london", "csv", LAYOUT.columns, encoding=encoding)
    found = as_plain_text(tmp_path / name, layout, tmp_path / "copies")
    return found.path.read_bytes(), [line.line for line in found.taken_out], found.path == tmp_path / name


@pytest.mark.parametrize(
    "content",
    [b"h,h,h\nM1,t,1\n", b"h,h,h\r\nM1,t,1\r\n", b'"h","h","h"\n"M1",t,"1"\n', b'h,h,h\n"M,1",t,"say ""1"""\n'],
)
def test_file_in_order_is_read_where_it_lies(tmp_path: Path, content: bytes) -> None:
    assert read(tmp_path, content) == (content, [], True)


def test_line_with_an_open_quotation_mark_is_taken_out_and_keeps_its_place(tmp_path: Path) -> None:
    shown, taken_out, _ = read(tmp_path, b'"h",h,h\nM1,t,1\n"M1,t,2\nM1,t,3\n')

    assert shown == b'"h",h,h\nM1,t,1\n\nM1,t,3\n'
    assert taken_out == [3]


def test_open_quotation_mark_in_the_header_opens_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, b'"h,h,h\nM1,t,1\n') == (b"'h,h,h\nM1,t,1\n", [], False)


def test_each_way_to_end_a_line_ends_one(tmp_path: Path) -> None:
    assert read(tmp_path, b"h,h,h\nM1,t,1\r\nM2,t,2\rM3,t,3") == (b"h,h,h\nM1,t,1\nM2,t,2\nM3,t,3", [], False)


def test_line_ends_that_a_block_cuts_in_two_end_one_line(tmp_path: Path) -> None:
    # The first block of 4 MiB ends between a return and its feed.
    first = b"h,h,h\n" + b"M" * (4 * 1024 * 1024 - 7) + b"\r\n"

    shown, _, _ = read(tmp_path, first + b"M2,t,2\rM3,t,3\n")

    assert shown[-30:] == b"M" * 15 + b"\nM2,t,2\nM3,t,3\n"


@pytest.mark.parametrize("encoding", ["utf-16-be", "utf-16-le"])
def test_both_orders_of_utf16_are_read(tmp_path: Path, encoding: str) -> None:
    content = "\ufeffh,h,h\nZähler,t,1\n".encode(encoding)

    shown, taken_out, _ = read(tmp_path, content, encoding="utf-16")

    assert (shown.decode(), taken_out) == ("h,h,h\nZähler,t,1\n", [])


def test_bytes_that_are_no_utf16_cost_their_line(tmp_path: Path) -> None:
    content = "\ufeffh,h,h\nM".encode("utf-16-le") + b"\x00\xdc" + ",t,1\nM2,t,2\n".encode("utf-16-le")

    shown, taken_out, _ = read(tmp_path, content, encoding="utf-16")

    assert (shown, taken_out) == (b"h,h,h\n\nM2,t,2\n", [2])


def test_packed_text_is_checked_to_its_last_byte(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(b"h,h,h\nM1,t,1\n"))
    assert read(tmp_path, bytes(packed), "a.csv.gz")[0] == b"h,h,h\nM1,t,1\n"
    packed[-8] ^= 1  # the checksum's first byte

    with pytest.raises(OSError, match="CRC"):
        read(tmp_path, bytes(packed), "b.csv.gz")
