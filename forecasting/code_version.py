"""Which code made a model: equal code, readings and seed give equal figures."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path


def code_hash() -> str:
    """Return a hash of the room's code: equal code, readings and seed give equal figures."""
    room = Path(__file__).absolute().parent
    code = blake2b(digest_size=8)
    for path in sorted(room.rglob("*.py")):
        code.update(path.read_bytes())
    return code.hexdigest()
