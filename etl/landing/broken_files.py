"""What the engine raises when a file's bytes are not what they should be; anything else is a fault of ours."""

from __future__ import annotations

import duckdb
import pyarrow as pa

BROKEN_FILE = (
    duckdb.InvalidInputException,
    duckdb.IOException,
    duckdb.SerializationException,
    duckdb.ConversionException,
    pa.ArrowException,
    EOFError,
)
