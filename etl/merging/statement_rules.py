"""What several ingests said of one key, in the order in which they said it: what stands, what lost to what, what was said again.

The rule is one SQL text for an ingest and an undo, on both engines: what is equal to the statement before it repeats it,
anything else takes its place, and the last one that took a place stands. So an upload in one run and the same files one by
one leave the same lake, and an undo judges what is left as an ingest would have judged it.
"""

from __future__ import annotations

from collections.abc import Sequence


def chained(statements: str, key: Sequence[str], facts: Sequence[str]) -> str:
    """Return a SELECT of statements with is_repeat, replaced_at and stands.

    Args:
        statements: One a key and `arrival`, a number that grows in the order in which they came.
        key: The columns of what they are about.
        facts: The columns in which equal statements are equal; none where any later one repeats the first.
    """
    keys = ", ".join(key)
    same = "".join(f" AND {name} IS NOT DISTINCT FROM lag({name}) OVER chain" for name in facts)
    return f"""
        SELECT *, NOT is_repeat AND replaced_at IS NULL AS stands
        FROM (
            SELECT *, min(CASE WHEN NOT is_repeat THEN arrival END) OVER later AS replaced_at
            FROM (
                SELECT *, lag(arrival) OVER chain IS NOT NULL{same} AS is_repeat
                FROM {statements} WINDOW chain AS (PARTITION BY {keys} ORDER BY arrival))
            WINDOW later AS (PARTITION BY {keys} ORDER BY arrival ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING))"""
