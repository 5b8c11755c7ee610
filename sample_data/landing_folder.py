"""The whole landing folder, written by as many processes as are allowed.

Enters: options. Leaves: readings, weather, geodata, households and truth in one folder, and a report. The folder
is the same, byte for byte, whatever the number of processes: they share a plan and no random stream.
"""

from __future__ import annotations

import itertools
import multiprocessing
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from functools import partial
from pathlib import Path

import numpy as np

from meterlake.sample_data.default_file import write_default_file, write_event_file
from meterlake.sample_data.household import draw_household
from meterlake.sample_data.london_file import FileOutcome, LondonLayout, LondonTask, write_london_file
from meterlake.sample_data.options import SampleOptions, SampleReport
from meterlake.sample_data.random_streams import Purpose, open_stream
from meterlake.sample_data.sample_plan import SamplePlan, make_plan
from meterlake.sample_data.town import write_geodata
from meterlake.sample_data.truth import HEADER as TRUTH_HEADER
from meterlake.sample_data.truth import Kind, TruthRow, write_truth
from meterlake.sample_data.weather import write_weather

# Below this a second process costs more to start than it saves.
ROWS_WORTH_A_PROCESS = 2_500_000
HOUSEHOLD_HEADER = "LCLid,stdorToU,Acorn,Acorn_grouped"
Work = Callable[[], FileOutcome]


def write_landing_folder(options: SampleOptions, *, progress: Callable[[int, int], None] | None = None) -> SampleReport:
    """Writes a sample.

    Args:
        options: what to write and where. A folder that holds an earlier sample is written anew.
        progress: called with the reading files done and their total.

    Returns:
        What was written.

    Raises:
        ValueError: the folder holds something else than a sample.
    """
    began = time.perf_counter()
    prepare_folder(options.out)
    plan, weather = make_plan(options)
    rows = {
        "geodata.csv": write_geodata(plan.town, options.out / "geodata.csv"),
        "weather.csv": write_weather(weather, options.out / "weather.csv"),
        "households.csv": write_households(plan, options.out / "households.csv"),
    }
    works = list_work(plan)
    outcomes: list[FileOutcome] = []
    for outcome in _run(works, options):
        outcomes.append(outcome)
        if progress is not None:
            progress(len(outcomes), len(works))
    outcomes.sort(key=lambda outcome: outcome.path.name)
    rows |= {f"readings/{outcome.path.name}": outcome.rows for outcome in outcomes}
    events = [event for outcome in outcomes for event in outcome.events]
    events.sort(key=lambda event: (event.meter_id, event.at))
    rows["readings/events-001.csv"] = write_event_file(events, options.out / "readings" / "events-001.csv")
    truth = [row for outcome in outcomes for row in outcome.truth]
    injected = write_truth(truth + list_power_cuts(plan, truth), options.out / "truth.csv")
    rows["truth.csv"] = sum(injected.values())
    seconds = round(time.perf_counter() - began, 3)
    return SampleReport(dict(sorted(rows.items())), injected, options.meters, options.extra_meters, seconds)


def prepare_folder(out: Path) -> None:
    """Makes the folder and clears an earlier sample's readings out of it.

    Raises:
        ValueError: the folder holds files, but no sample's `truth.csv`: they may be somebody's own.
    """
    truth = out / "truth.csv"
    if out.exists() and not out.is_dir():
        raise ValueError(f"out must be a folder, found the file {out}")
    if out.is_dir() and any(out.iterdir()) and not truth.exists():
        raise ValueError(
            f"out must be empty or hold an earlier sample, found other files in {out}; name another folder"
        )
    (out / "readings").mkdir(parents=True, exist_ok=True)
    for pattern in ("london-[0-9][0-9][0-9].csv", "default-001.csv", "events-001.csv"):
        for stale in (out / "readings").glob(pattern):
            stale.unlink()
    # Written first, so that a run cut short leaves a folder that the next run knows as a sample's.
    truth.write_text(TRUTH_HEADER + "\n", encoding="ascii")


def list_work(plan: SamplePlan) -> list[Work]:
    """Lists the reading files to write: the default file, then the London files, half in either layout."""
    options = plan.options
    folder = options.out / "readings"
    bounds = np.linspace(0, options.meters, options.files + 1).round().astype(int).tolist()
    works: list[Work] = [partial(write_default_file, plan, folder / "default-001.csv")]
    for place, (first, end) in enumerate(itertools.pairwise(bounds)):
        layout = LondonLayout.ACORN if place < (options.files + 1) // 2 else LondonLayout.PLAIN
        task = LondonTask(folder / f"london-{place + 1:03d}.csv", layout, first, end)
        works.append(partial(write_london_file, plan, task))
    return works


def _run(works: list[Work], options: SampleOptions) -> Iterator[FileOutcome]:
    """Runs the work, here or in new processes, and gives each outcome as it comes."""
    rows = (options.meters + options.extra_meters) * options.slots
    workers = min(options.workers, len(works), max(1, rows // ROWS_WORTH_A_PROCESS))
    if workers == 1:
        for work in works:
            yield work()
        return
    # Forking a process that runs threads (Arrow, DuckDB) can hang; spawning cannot.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        waiting: list[Future[FileOutcome]] = [pool.submit(work) for work in works]
        for done in as_completed(waiting):
            yield done.result()


def list_power_cuts(plan: SamplePlan, truth: list[TruthRow]) -> list[TruthRow]:
    """Lists the cuts a transformer, with how many meters noted each."""
    noted = Counter((row.transformer_id, row.start) for row in truth if row.kind is Kind.POWER_CUT_METER)
    rows = []
    for transformer_id, cuts in plan.power_cuts.items():
        for cut in cuts:
            start, end = plan.calendar.instant_at(cut.start_s), plan.calendar.instant_at(cut.end_s)
            detail = f"meters={noted[transformer_id, start]}"
            rows.append(TruthRow(Kind.POWER_CUT, "", transformer_id, start, end, detail))
    return rows


def write_households(plan: SamplePlan, path: Path) -> int:
    """Writes the London meters' tariff and Acorn group and returns the rows, one a meter."""
    lines = [HOUSEHOLD_HEADER]
    for number, meter_id in enumerate(plan.meter_ids[: plan.options.meters]):
        home = draw_household(open_stream(plan.options.seed, Purpose.HOUSEHOLD, number))
        lines.append(f"{meter_id},{home.tariff},{home.acorn},{home.acorn_group}")
    path.write_text("\n".join(lines) + "\n", encoding="ascii", newline="\n")
    return plan.options.meters
