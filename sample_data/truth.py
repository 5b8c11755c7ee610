"""What was done to the readings on purpose: the rows of `truth.csv`.

Enters: what the other modules inject. Leaves: rows in one order and one spelling. A detector is judged against
them; nobody's holiday or empty flat stands here, for that is life and not a fault.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

import numpy as np

HEADER = "kind,meter_id,transformer_id,start,end,detail"


class Kind(StrEnum):
    """What can be injected, as `truth.csv` spells it."""

    SPIKE = "spike"
    DROP = "drop"
    SHIFT = "shift"
    STUCK = "stuck"
    THEFT = "theft"
    POWER_CUT = "power_cut"
    POWER_CUT_METER = "power_cut_meter"
    GAP = "gap"
    HEAD_END_LOSS = "head_end_loss"
    METER_STOPPED = "meter_stopped"
    LATE_COMMISSIONING = "late_commissioning"
    NULL_ROW = "null_row"
    DUPLICATE_ROW = "duplicate_row"


class TruthRow(NamedTuple):
    """One injected thing over `[start, end)`, both datetime64[s] in UTC."""

    kind: Kind
    meter_id: str
    transformer_id: str
    start: np.datetime64
    end: np.datetime64
    detail: str


def write_truth(rows: Iterable[TruthRow], path: Path) -> dict[str, int]:
    """Writes the truth, ordered by kind, transformer, meter and start.

    Args:
        rows: what was injected, in any order.
        path: the file.

    Returns:
        Rows by kind, zero for a kind that does not occur.
    """
    order = {kind: number for number, kind in enumerate(Kind)}
    kept = sorted(rows, key=lambda row: (order[row.kind], row.transformer_id, row.meter_id, row.start))
    with path.open("w", encoding="ascii", newline="\n") as out:
        out.write(HEADER + "\n")
        for row in kept:
            out.write(f"{row.kind},{row.meter_id},{row.transformer_id},{row.start}Z,{row.end}Z,{row.detail}\n")
    counts = Counter(row.kind for row in kept)
    return {str(kind): counts[kind] for kind in Kind}
