"""Where power was out, moment by moment: one HTML file with a map and a slider, that needs no other.

Enters: a lake and a range. Leaves: HTML. A mark an outage at the middle of its meters, as large as the customers that are out there at the
slider's moment; below it the curve of customers out over time. The slider stops where that changes, and nowhere else.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import cos, radians
from typing import Any

from meterlake.lake.errors import BadParameter
from meterlake.lake.newest_reading import newest_reading_end
from meterlake.lake.port import Lake
from meterlake.outage.stored_outages import stored_outages

_METRES_PER_DEGREE = 111_320.0
_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Customers without power</title>
<style>
body { font: 15px/1.45 system-ui, sans-serif; max-width: 62em; margin: 1.5em auto; padding: 0 1em; color: #222 }
svg { width: 100%; background: #f7f7f7 } #at { width: 100% } .note { color: #555 }
circle { fill: #d55e00; fill-opacity: .6; stroke: #fff } circle.lit { fill: #bbb } #curve path { fill: #0072b2; fill-opacity: .5 } #now { stroke: #222 }
</style>
<h1>Customers without power</h1>
<p><label for="at"><b id="said"></b></label><input id="at" type="range" min="0" value="0"></p>
<svg id="map" viewBox="0 0 1000 560" role="img" aria-label="map of outages"></svg>
<svg id="curve" viewBox="0 0 1000 120" preserveAspectRatio="none" role="img" aria-label="customers out over time"><path></path>
<line id="now" y1="0" y2="120" vector-effect="non-scaling-stroke"></line></svg>
<p class="note" id="unplaced"></p>
<script>
const told = __TOLD__;
const map = document.getElementById("map"), slider = document.getElementById("at");
const out = told.moments.map(() => 0);
for (const one of told.outages) one.steps.forEach(([i, n], k) => { out[i] += n - (k ? one.steps[k - 1][1] : 0); });
for (let i = 1; i < out.length; i++) out[i] += out[i - 1];
const outAt = (one, i) => { const step = one.steps.findLast(([from]) => from <= i); return step ? step[1] : 0; };
const first = told.moments[0], span = Math.max(1, told.moments[told.moments.length - 1] - first), most = Math.max(1, ...out);
const x = at => 1000 * (at - first) / span;
let line = "M0 120";
out.forEach((n, i) => { line += `H${x(told.moments[i])}V${120 - 110 * n / most}`; });
document.querySelector("#curve path").setAttribute("d", line + "H1000V120Z");
for (const one of told.outages) {
  if (one.x === null) continue;
  one.mark = document.createElementNS(map.namespaceURI, "circle");
  one.mark.setAttribute("cx", one.x); one.mark.setAttribute("cy", one.y);
  one.title = one.mark.appendChild(document.createElementNS(map.namespaceURI, "title"));
  map.append(one.mark);
}
function show() {
  const i = Number(slider.value), at = new Date(1000 * told.moments[i]).toISOString().slice(0, 19).replace("T", " ");
  document.getElementById("said").textContent = `${at} UTC: ${out[i].toLocaleString("en")} customers out`;
  document.getElementById("now").setAttribute("x1", x(told.moments[i])); document.getElementById("now").setAttribute("x2", x(told.moments[i]));
  let unplaced = 0;
  for (const one of told.outages) {
    const n = outAt(one, i);
    if (one.x === null) { unplaced += n; continue; }
    one.mark.setAttribute("r", n ? 4 + 2.5 * Math.sqrt(n) : 3);
    one.mark.classList.toggle("lit", !n);
    one.title.textContent = `${one.id}: ${n} customers out`;
  }
  document.getElementById("unplaced").textContent = unplaced ? `${unplaced} of them have no place on the map.` : "";
}
slider.max = told.moments.length - 1;
slider.addEventListener("input", show);
show();
</script>
</html>
"""


@dataclass(frozen=True)
class OutCurve:
    """Customers out of each outage at each moment at which that changes.

    Attributes:
        moments: Seconds since 1970, in order.
        steps: By outage, each moment, by its place, from which on another number of its customers is out, and that number.
    """

    moments: list[int]
    steps: dict[str, list[tuple[int, int]]]


def curve_of(interruptions: Iterable[Mapping[str, Any]], start: dt.datetime, end: dt.datetime) -> OutCurve:
    """Return how many customers were out in [start, end].

    Args:
        interruptions: Rows of interruptions.
        start: When the curve begins; what is out then counts from there.
        end: When it ends.
    """
    changes: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    first, last = round(start.timestamp()), round(end.timestamp())
    for row in interruptions:
        lost = max(first, round(row["lost_at"].timestamp()))
        back = last + 1 if row["returned_at"] is None else round(row["returned_at"].timestamp())
        if lost <= last and back > first and back > lost:
            changes[lost][row["outage_id"]] += 1
            changes[min(back, last + 1)][row["outage_id"]] -= 1
    moments = sorted({first, last, *(at for at in changes if at <= last)})
    steps: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for place, moment in enumerate(moments):
        for name, change in sorted(changes.get(moment, {}).items()):
            before = steps[name][-1][1] if steps[name] else 0
            steps[name].append((place, before + change))
    return OutCurve(moments, dict(steps))


def outage_map_page(lake: Lake, start: dt.datetime | None = None, end: dt.datetime | None = None) -> str:
    """Return the page of a range; from the first interruption to the last where none is given.

    Raises:
        BadParameter: If nobody was without power then.
    """
    rows = [
        row
        for row in lake.ask("interruptions").to_pylist()
        if (end is None or row["lost_at"] < end)
        and (start is None or row["returned_at"] is None or row["returned_at"] > start)
    ]
    if not rows:
        raise BadParameter(
            "start", start, "a range in which power was out; 'meterlake outages --stored' lists them", "2024-03-01"
        )
    newest = newest_reading_end(lake) or max(row["lost_at"] for row in rows)
    began = start or min(row["lost_at"] for row in rows)
    curve = curve_of(rows, began, end or max(row["returned_at"] or newest for row in rows))
    places = {row["outage_id"]: (row["latitude"], row["longitude"]) for row in stored_outages(lake).to_pylist()}
    at = _on_page({name: places.get(name, (None, None)) for name in curve.steps})
    told = {
        "moments": curve.moments,
        "outages": [
            {"id": name, "x": at[name][0], "y": at[name][1], "steps": steps} for name, steps in curve.steps.items()
        ],
    }
    # In a script's text a "<" could end the script.
    return _PAGE.replace("__TOLD__", json.dumps(told).replace("<", "\\u003c"))


def _on_page(places: Mapping[str, tuple[float | None, float | None]]) -> dict[str, tuple[float | None, float | None]]:
    """Return where each place is on the map of 1,000 by 560, north up, with the same scale both ways."""
    known = [(north, east) for north, east in places.values() if north is not None and east is not None]
    if not known:
        return dict.fromkeys(places, (None, None))
    middle = [(min(one[axis] for one in known) + max(one[axis] for one in known)) / 2 for axis in (0, 1)]
    shrunk = cos(radians(middle[0]))
    width = max(abs(east - middle[1]) * shrunk for _, east in known)
    height = max(abs(north - middle[0]) for north, _ in known)
    scale = min(440 / max(width, 500 / _METRES_PER_DEGREE), 240 / max(height, 250 / _METRES_PER_DEGREE))
    return {
        name: (None, None)
        if north is None or east is None
        else (round(500 + (east - middle[1]) * shrunk * scale, 1), round(280 - (north - middle[0]) * scale, 1))
        for name, (north, east) in places.items()
    }
