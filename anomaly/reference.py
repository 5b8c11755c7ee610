"""The reference page of detectors, out of the detectors themselves.

`python -m meterlake.anomaly.reference > docs/reference/detectors.md` writes it; a test holds the committed page to this.
"""

from __future__ import annotations

import sys

from meterlake.anomaly.detector import Detector
from meterlake.anomaly.registry import DETECTORS
from meterlake.lake.codes.verdicts import Verdict

_VERDICTS = {
    Verdict.JUDGED: "the detector could say something; `anomaly` counts",
    Verdict.INCOMPLETE: "less than three quarters of the day, or too few points: not judged, `anomaly` is 0",
    Verdict.SHORT_HISTORY: "too little history to expect anything: not judged, `anomaly` is 0",
    Verdict.NO_DATA: "nothing was measured; never the same as clear",
    Verdict.ERROR: "the rule broke on this meter; never the same as clear, and the command ends with code 1",
}
_HEAD = """# Detectors

`meterlake detect` runs `fleet_band` on every meter, or the lists of a YAML file (`--lists FILE`). It scores what is new or changed, and `fleet_band` the same meter's days after that, too, as far as their fits see back; a day that is gone loses its score. Running it again changes nothing. `meterlake anomalies` lists the worst, `meterlake run DETECTOR METER -t TIME` runs one detector at any past time and writes nothing, `meterlake plot anomaly METER --out FILE.png` draws a meter's band.

| detector | looks at | says |
|---|---|---|
"""
_LISTS = """
## Lists
Which detectors run on which meters:

```yaml
detectors:
  - detector: fleet_band
    meters: all
    parameters: {interval_width: 0.995}
    thresholds:
      - {meters: [MAC000005], interval_width: 0.9999}
  - detector: stuck_value
    meters: {pattern: "MAC0000*", segment: Affluent}
  - detector: prior_year_ratio
    meters: [MAC000005, MAC000006]
    parameters: {largest_ratio: 3}
```

`meters` is `all`, a list of ids, or conditions that must all hold: `ids`, `pattern` (`*` and `?`), `site`, `segment`, `quantity`. A threshold changes the width of a band for some meters; days that are scored already get their new limits without a refit. An unknown name is refused before anything runs.

## Scores
A row of `anomaly_scores` is a meter, a detector and a local day. `anomaly` is 1 above the band, -1 below, 0 inside. `importance` is (y - upper) / y above and (lower - y) / y below, 1 where nothing was consumed, and finite always. `severity` is the distance from expected in standard deviations, less part of the farthest that the meter went to the same side at other times (a week or more off; for `fleet_band` a week or more before): what never happened before ranks above what happens every month. For `fleet_band` that is where the meter was, not how far it moved: back from an absence is less news than a load that it never had. For a rule `severity` is the figure over its threshold, and `consumption_kwh` and `expected_kwh` are the figures compared.

`fleet_band` judges a day by the meter's own days before it and by nothing else: a fit of the two years before the day's month, and a level that follows from day to day. So a day has the same score in one run or in many, alone or in a fleet, whatever came afterwards; a step or an absence is followed from its fourth day on, a return from its second. Until 28 whole days lie before a day, and 14 of them before its month, `detail` says how many more are needed. On days of 23 and 25 hours the band is for the hours that the day has.

A day with missing intervals is held against limits for the part that was measured: a missing interval may have held from 0.3 to 2.5 even shares of the day.

| verdict | meaning |
|---|---|
"""


def reference_page() -> str:
    """Return the page."""
    known = list(DETECTORS.all().values())
    rows = "".join(f"| `{one.name}` | {one.looks_at} | {one.says} |\n" for one in known)
    verdicts = "".join(f"| `{verdict.value}` | {meaning} |\n" for verdict, meaning in _VERDICTS.items())
    parameters = "\n## Parameters\n" + "".join(_parameters(one) for one in known)
    return _HEAD + rows + "<!-- the rows of detectors end here -->\n" + _LISTS + verdicts + parameters


def _parameters(detector: Detector) -> str:
    rows = "".join(
        f"| `{name}` | `{field.default}` | {field.description or ''} |\n"
        for name, field in type(detector).model_fields.items()
    )
    return f"\n### {detector.name}\n| parameter | default | meaning |\n|---|---|---|\n{rows}"


if __name__ == "__main__":
    sys.stdout.write(reference_page())
