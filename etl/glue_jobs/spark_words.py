"""Spark's spelling of what the rules of merging leave to the engine, so that it counts as DuckDB does.

Spark rounds by a number's decimal text and prints large numbers by powers of ten; DuckDB, as C does, rounds half away from
zero and prints them plainly.
"""

from __future__ import annotations

from meterlake.etl.merging.sql_words import SqlWords

_SIZE = "abs({number})"
_WHOLE = f"(CAST(signum({{number}}) AS BIGINT) * (floor({_SIZE}) + IF({_SIZE} - floor({_SIZE}) >= 0.5, 1, 0)))"
_DECIMALS = "rtrim('0', CAST(CAST({number} AS DECIMAL(38, 9)) AS STRING))"
_PLAIN = f"IF(endswith({_DECIMALS}, '.'), concat({_DECIMALS}, '0'), {_DECIMALS})"

SPARK = SqlWords(
    quoted="`{name}`",
    microseconds="unix_micros({time})",
    days_between="datediff({end}, {start})",
    moment="timestamp_micros({count})",
    quotient="{dividend} div {divisor}",
    whole=_WHOLE,
    billionth=f"{_WHOLE.replace('{number}', '(({number}) * 1e9)')} / 1e9",
    midnight="to_utc_timestamp(CAST({date} AS TIMESTAMP), {zone})",
    shown=f"IF({_SIZE} >= 1e7, {_PLAIN}, CAST({{number}} AS STRING))",
)
