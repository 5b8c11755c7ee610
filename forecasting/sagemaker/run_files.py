"""A run's files on S3, by their addresses: what one step leaves and the next one takes.

Enters: s3:// addresses, documents, lines. Leaves: the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

import orjson

from meterlake.forecasting.sagemaker.document import Document
from meterlake.lake.aws.s3_objects import S3Objects

Kind = TypeVar("Kind", bound=Document)


class RunFiles(S3Objects):
    """Objects on S3, read and written whole."""

    def write_document(self, address: str, document: Document) -> None:
        """Put a document."""
        self.write_json(address, document.as_json())

    def read_document(self, address: str, kind: type[Kind]) -> Kind:
        """Return a document of a kind.

        Raises:
            BrokenDocument: If it is none.
        """
        return kind.read(self.read_json(address))

    def write_json(self, address: str, value: Any) -> None:
        """Put plain data as JSON."""
        self.write(address, orjson.dumps(value, option=orjson.OPT_INDENT_2))

    def read_json(self, address: str) -> Any:
        """Return what `write_json` put."""
        return orjson.loads(self.read(address))

    def lines(self, prefix: str) -> Iterator[bytes]:
        """Yield the lines of all objects below a prefix, in order of the objects' names."""
        for address in self.below(prefix):
            yield from (line for line in self.read(address).splitlines() if line.strip())
