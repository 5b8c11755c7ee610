"""The pictures of the documents, drawn from the lake of the demo.

    make demo
    python docs/make_pictures.py

Enters: `.demo/lake`. Leaves: PNG files in docs/pictures; look at them before they are committed.
"""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from meterlake.lake.duckdb_lake import DuckDBLake
from meterlake.lake.settings import LakeSettings
from meterlake.plots.completeness import draw_completeness
from meterlake.plots.load_shape import draw_load_shapes
from meterlake.plots.style import save_figure

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
LAKE = ROOT / ".demo" / "lake"
START, END = dt.datetime(2013, 1, 1, tzinfo=dt.UTC), dt.datetime(2013, 5, 1, tzinfo=dt.UTC)
COMMANDS = {
    "anomaly.png": ["plot", "anomaly", "MAC000056"],
    "outages.png": ["plot", "outages"],
    "forecast.png": ["plot", "forecast", "MAC000024", "--issued-at", "2013-04-21"],
}


def main() -> None:
    """Draw all pictures."""
    for name, words in COMMANDS.items():
        command = [sys.executable, "-c", "from meterlake.cli.main import main; main()", "--lake", str(LAKE), *words]
        subprocess.run([*command, "--out", str(PICTURES / name)], check=True, cwd=ROOT)
    lake = DuckDBLake(LakeSettings(lake=str(LAKE)))
    shapes = lake.ask("load_by_segment", start=START, end=END)
    save_figure(draw_load_shapes(shapes, time_zone="Europe/London"), PICTURES / "load_shape.png")
    days = lake.ask("completeness_of_fleet", start_date=START.date(), end_date=END.date())
    save_figure(draw_completeness(days), PICTURES / "completeness.png")


if __name__ == "__main__":
    main()
