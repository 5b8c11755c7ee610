"""Which lines of a large text file are worth a closer look: those that hold enough of the texts that are sought.

A file of ten million lines with one bad row among them is walked block by block, all lines of a block at once. What a
block gives are too many lines now and then, never too few.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

_LONGEST_LINE = 1 << 24
# What Python strips from a text, whose last blank is that of CJK texts, and what a first line may begin with.
_BLANKS = "".join(filter(str.isspace, map(chr, range(0x3001)))) + "\ufeff"


def likely_lines(
    path: Path, sought: Iterable[Iterable[str]], delimiter: str, block_bytes: int = 1 << 23
) -> Iterator[tuple[int, str]]:
    """Give the lines that may hold all texts of one of those that are sought, each with its number from 1.

    Args:
        path: A plain text file in UTF-8.
        sought: For each line that is sought the texts of some of its columns, or of all as one.
        delimiter: Between the columns of a line.
        block_bytes: How much of the file is looked at together.
    """
    probes = [[probe for text in texts if (probe := _longest_piece(text, delimiter))] for texts in sought]
    # A quote must take as many bytes as what it is read as.
    fewest = min(map(len, probes), default=0) if len(delimiter.encode()) == 1 else 0
    known = pa.array(sorted({probe for of_line in probes for probe in of_line}), pa.large_string())
    first = 1
    for block in _blocks(path, block_bytes):
        ends = np.flatnonzero(np.frombuffer(block, np.uint8) == ord("\n"))
        starts = np.concatenate([[0], ends + 1])
        starts = starts[starts < len(block)]
        places = np.arange(len(starts)) if not fewest else _places(block, starts, delimiter, known, fewest)
        for place in places:
            end = ends[place] if place < len(ends) else len(block)
            text = block[starts[place] : end].rstrip(b"\r\n").decode("utf-8", "replace")
            number = first + int(place)
            yield number, text.removeprefix("\ufeff") if number == 1 else text
        first += len(starts)


def _blocks(path: Path, block_bytes: int) -> Iterator[bytes]:
    """Give a file in pieces of whole lines; of a line without an end only its beginning."""
    with path.open("rb") as stream:
        while block := stream.read(block_bytes):
            block += stream.readline(_LONGEST_LINE)
            if not block.endswith(b"\n"):
                for rest in iter(partial(stream.readline, _LONGEST_LINE), b""):
                    if rest.endswith(b"\n"):
                        block += b"\n"
                        break
            yield block


def _places(
    block: bytes, starts: npt.NDArray[np.int64], delimiter: str, known: pa.Array, fewest: int
) -> npt.NDArray[np.int64]:
    """Return which lines of a block have at least so many pieces that are known."""
    try:
        block.decode()
    except UnicodeDecodeError:
        block = block.decode("utf-8", "replace").encode()
        starts = np.concatenate([[0], np.flatnonzero(np.frombuffer(block, np.uint8) == ord("\n")) + 1])[: len(starts)]
    offsets = np.append(starts, len(block)).astype(np.int64)
    text = block.replace(b'"', delimiter.encode())
    buffers = [None, pa.py_buffer(offsets.tobytes()), pa.py_buffer(text)]
    lines = pa.Array.from_buffers(pa.large_string(), len(starts), buffers)
    pieces = pc.split_pattern(lines, delimiter)
    is_known = pc.is_in(pc.utf8_trim(pieces.flatten(), _BLANKS), value_set=known).to_numpy(zero_copy_only=False)
    found = np.cumsum(np.append(0, is_known))[pieces.offsets.to_numpy()]
    return np.flatnonzero(np.diff(found) >= fewest)


def _longest_piece(text: str, delimiter: str) -> str:
    """Return the longest part of a column that stands in its line as it is, however that is quoted."""
    return max((piece.strip(_BLANKS) for piece in text.replace('"', delimiter).split(delimiter)), key=len)
