"""What a tariff or a campaign did: difference in differences between homes that had it and homes that had not.

Of each home, the mean load while a label held over the mean load while the baseline did, in the same months at the same times of
day, each of these counted once. The effect is the difference of the logarithms' means between the groups, with the interval of
Welch's t over homes; homes, and not half-hours, are what was drawn by chance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from meterlake.analysis.analyses.loads import window_values
from meterlake.analysis.answer import Answer
from meterlake.analysis.pictures import picture
from meterlake.lake.errors import BadParameter
from meterlake.lake.nearest_names import nearest_names

if TYPE_CHECKING:
    from meterlake.analysis.asked_lake import AskedLake
    from meterlake.analysis.selection import Selection

_STRATA = {"month": "month", "slot": "hour"}
_APART = {"month": 100.0, "hour": 1.0}


def compare_groups(
    lake: AskedLake,
    asked: Selection,
    *,
    treated: tuple[str, ...],
    control: tuple[str, ...],
    events: Any,
    time: str,
    label: str,
    baseline: str,
    match: tuple[str, ...],
    freq: str,
) -> Answer:
    """Return a row a label: treated, control, their changes, effect and its interval; see meterlake.analysis.effects_lake."""
    for name in match:
        if name not in _STRATA:
            raise BadParameter("match", name, f"of {', '.join(_STRATA)}", "month")
    both = set(treated) & set(control)
    if both or not treated or not control:
        found = f"{len(both)} meters in both" if both else "a group without meters"
        raise BadParameter("treated", found, "two groups that share no meter", "lake.meters(tariff='ToU')")
    values = window_values(asked, freq)
    marks = _marks(events, time, label, asked.tz, values["window_us"])
    labels = set(marks["label"].to_pylist())
    if baseline not in labels:
        raise BadParameter(
            "baseline", baseline, "a label of the events", "Normal", nearest=nearest_names(baseline, labels)
        )

    def rows() -> pa.Table:
        cells = lake._analysed("marked_loads", asked, frames={"marks": marks}, **values)
        return _effects(cells, set(treated), baseline, [_STRATA[name] for name in match])

    attrs = asked.attrs() | {"baseline": baseline, "match": ", ".join(match), "interval": "95 %, Welch's t over homes"}
    return Answer(rows, attrs | lake._known, draw=picture("effect_bars", "draw_effects"))


def _marks(events: Any, time: str, label: str, tz: str, window_us: int) -> pa.Table:
    """Return slot and label of each window: a label holds from its time to the next, the last as long as most do."""
    table = pa.table(events) if hasattr(events, "__arrow_c_stream__") else pa.Table.from_pandas(events)
    for argument, name in (("time", time), ("label", label)):
        if name not in table.column_names:
            near = nearest_names(name, table.column_names)
            raise BadParameter(
                argument, name, f"a column of the events ({', '.join(table.column_names)})", "t", nearest=near
            )
    moments = table[time]
    if not pa.types.is_timestamp(moments.type):
        raise BadParameter("time", str(moments.type), "a column of times", "pandas.to_datetime(...)")
    if moments.type.tz is None:
        import pyarrow.compute as pc

        moments = pc.assume_timezone(moments, str(ZoneInfo(tz)), ambiguous="earliest", nonexistent="latest")
    starts = moments.cast(pa.timestamp("us", "UTC"), safe=False).cast(pa.int64()).to_numpy()
    order = np.argsort(starts, kind="stable")
    starts, names = starts[order], np.array(table[label].to_pylist(), dtype=object)[order]
    usual = int(np.median(np.diff(starts))) if len(starts) > 1 else window_us
    ends = np.append(starts[1:], starts[-1:] + usual)
    counts = np.maximum(-(-ends // window_us) - (-(-starts // window_us)), 0)
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    slots = np.repeat(-(-starts // window_us), counts) + within
    return pa.table({"slot": slots, "label": pa.array([str(one) for one in np.repeat(names, counts)], pa.string())})


def _effects(cells: pa.Table, treated: set[str], baseline: str, strata: list[str]) -> pa.Table:
    """Return a row a label, from what each meter drew by stratum while each label held."""
    meters, labels, loads = _loads(cells, strata)
    is_treated = np.array([meter in treated for meter in meters], bool)
    usual = loads[labels.index(baseline)] if baseline in labels else np.full(loads.shape[1:], np.nan)
    found = []
    for name, now in sorted(zip(labels, loads, strict=True), key=lambda pair: str(pair[0])):
        if name == baseline:
            continue
        both = np.isfinite(now) & np.isfinite(usual)
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.log(np.where(both, now, 0).sum(1) / np.where(both, usual, 0).sum(1))
        groups = [logs[np.isfinite(logs) & chosen] for chosen in (is_treated, ~is_treated)]
        found.append({"label": name, **_effect(*groups)})
    return pa.Table.from_pylist(found, schema=_SCHEMA)


def _loads(cells: pa.Table, strata: list[str]) -> tuple[list[str], list[str], Any]:
    """Return meters, labels, and the mean load `(n_labels, n_meters, n_strata)`; NaN where a meter sent nothing."""
    meter, label = (cells[name].combine_chunks().dictionary_encode() for name in ("meter_id", "label"))
    # A month and an hour in one number.
    keys = sum((cells[name].to_numpy() * _APART[name] for name in strata), np.zeros(cells.num_rows))
    distinct, stratum = np.unique(keys, return_inverse=True)
    shape = (len(label.dictionary), len(meter.dictionary), len(distinct))
    place = np.ravel_multi_index((label.indices.to_numpy(), meter.indices.to_numpy(), stratum), shape)
    energy, windows = (np.bincount(place, cells[name].to_numpy(), np.prod(shape)) for name in ("kw", "windows"))
    with np.errstate(invalid="ignore"):
        return meter.dictionary.to_pylist(), label.dictionary.to_pylist(), (energy / windows).reshape(shape)


def _effect(treated: Any, control: Any) -> dict[str, Any]:
    """Return what logarithms of changes say: each group's change, and the difference with its interval."""
    from scipy.stats import ttest_ind

    changes = [float(np.expm1(one.mean())) if len(one) else None for one in (treated, control)]
    row = {"treated": len(treated), "control": len(control), "treated_change": changes[0], "control_change": changes[1]}
    if min(len(treated), len(control)) > 1:
        bounds = ttest_ind(treated, control, equal_var=False).confidence_interval()
        row["effect"] = float(np.expm1(treated.mean() - control.mean()))
        row |= {"effect_low": float(np.expm1(bounds.low)), "effect_high": float(np.expm1(bounds.high))}
    return row


_SCHEMA = pa.schema(
    [("label", pa.string()), ("treated", pa.int64()), ("control", pa.int64())]
    + [(name, pa.float64()) for name in ("treated_change", "control_change", "effect", "effect_low", "effect_high")]
)
