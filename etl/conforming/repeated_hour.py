"""Which of two a local time is in the hour that comes twice: by the order of the file, which is found and not assumed.

Enters: rows with `wall_us`, what a clock showed, and the change that is near, as meterlake.etl.conforming.local_time names
it. Leaves: `is_chosen`, whether it is known which of the two a
row is, and `is_second`; and for ends of intervals, how the file writes them. A file may run forwards, backwards or neither; of
two equal times of a series, the one that stands first is the earlier, or the later, or nobody knows.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

# Beyond it an interval spans the change whichever way its end is written.
_LONGEST_TELLING = 60


def with_reading_chosen(rows: ir.Table, *, includes_end: bool) -> ir.Table:
    """Add whether the order of the file tells the two readings of a local time apart, and which one a row is.

    Args:
        rows: The rows.
        includes_end: Whether the last moment of the hour may come twice, too: as the end of an interval that is in it.
    """
    within = rows.wall_us.between(rows.near_start, rows.near_end)
    within = within if includes_end else within & (rows.wall_us < rows.near_end)
    # All of the hour is one moment to whoever looks whether the file runs forwards.
    rows = rows.mutate(run_us=within.fill_null(False).ifelse(rows.near_start, rows.wall_us))
    series = [rows.file_index, rows.meter, rows.series]
    order = [rows.row_index, rows.place]
    near = ibis.window(group_by=[*series, rows.near], order_by=order)
    equal = ibis.window(group_by=[*series, rows.wall_us], order_by=order)
    rows = rows.mutate(
        run_before=rows.run_us.lag().over(near),
        wall_before=rows.wall_us.lag().over(near),
        occurrence=ibis.row_number().over(equal),
        occurrences=rows.count().over(ibis.window(group_by=[*series, rows.wall_us])),
    )
    stays = rows.run_us == rows.run_before
    group = ibis.window(group_by=[rows.file_index, rows.meter, rows.series, rows.near])
    rows = rows.mutate(
        rises=_count(rows.run_us > rows.run_before).over(group),
        falls=_count(rows.run_us < rows.run_before).over(group),
        inner_rises=_count(stays & (rows.wall_us > rows.wall_before)).over(group),
        inner_falls=_count(stays & (rows.wall_us < rows.wall_before)).over(group),
    )
    # Within the hour a file that runs forwards falls back once, or not at all where it is sorted by what the clock showed.
    forwards = (rows.falls == 0) & (rows.inner_falls <= 1) & ((rows.rises > 0) | (rows.inner_rises > rows.inner_falls))
    backwards = (rows.rises == 0) & (rows.inner_rises <= 1) & ((rows.falls > 0) | (rows.inner_falls > rows.inner_rises))
    return rows.mutate(
        is_chosen=(rows.occurrences == 2) & (forwards | backwards),
        is_second=rows.occurrence == forwards.ifelse(1, 0),
    ).drop(
        "run_us", "run_before", "wall_before", "occurrence",
        "rises", "falls", "inner_rises", "inner_falls",
    )  # fmt: skip


def with_way_of_ends(rows: ir.Table) -> ir.Table:
    """Add how a file writes the ends of intervals at a change of the clock, and whether that can be told.

    On the wall, 01:30 and half an hour are 02:00, whatever the clock then shows: in autumn 02:00 comes twice and 01:00 once.
    At the instant, it shows 01:00 again: that comes twice.
    """
    is_start, is_end = rows.wall_us == rows.near_start, rows.wall_us == rows.near_end
    tells = rows.own_time.isnull() & (rows.minutes <= _LONGEST_TELLING)
    is_autumn, is_double = rows.near_shift < 0, rows.occurrences == 2
    whole_file = ibis.window(group_by=rows.file_index)
    rows = rows.mutate(
        on_wall=_count(tells & ibis.ifelse(is_autumn, is_end & is_double, is_start)).over(whole_file),
        on_instant=_count(tells & ibis.ifelse(is_autumn, is_start & is_double, is_end)).over(whole_file),
    )
    return rows.mutate(
        ends_on_wall=(rows.on_wall > 0) & (rows.on_instant == 0),
        is_told=((rows.on_wall > 0) != (rows.on_instant > 0)) | (rows.minutes > _LONGEST_TELLING),
    ).drop("on_wall", "on_instant")


def _count(condition: ir.BooleanValue) -> ir.IntegerColumn:
    counted: ir.IntegerColumn = condition.fill_null(False).cast("int64").sum()
    return counted
