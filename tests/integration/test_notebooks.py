"""The notebooks run from the first cell to the last on generated data, and each pair says the same."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import jupytext
import nbformat
import pytest
from nbclient import NotebookClient

from tests.athena_answers import best_answers
from tests.athena_stand_in import ATHENA, LAKE, AthenaStandIn, copy_lake, emulated_aws

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
NAMES = sorted(path.stem for path in NOTEBOOKS.glob("*.py"))
# It trains networks.
SLOW = ("3_forecasts",)
# Pictures that a reader sees where nothing runs.
KEPT = ("6_twelve_analyses",)
# Three months: enough for a band and for two weeks of backtest.
SAMPLE = ["--meters", "24", "--days", "90", "--start", "2013-01-01", "--seed", "3"]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake of generated readings."""
    folder = tmp_path_factory.mktemp("notebooks")
    lake = str(folder / "lake")
    for words in (
        ["sample", *SAMPLE, "--out", str(folder / "landing")],
        ["--lake", lake, "ingest", str(folder / "landing")],
    ):
        subprocess.run(
            [sys.executable, "-c", "from meterlake.cli.main import main; main()", *words],
            check=True,
            capture_output=True,
        )
    return folder / "lake"


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] if name in SLOW else []) for name in NAMES]
)
def test_a_notebook_runs_from_the_first_cell_to_the_last(
    name: str, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("METERLAKE_LAKE", str(root))
    notebook = jupytext.read(NOTEBOOKS / f"{name}.py")

    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(NOTEBOOKS)}}).execute()

    drawn = [
        output for cell in notebook.cells for output in cell.get("outputs", []) if "image/png" in output.get("data", {})
    ]
    assert drawn, "a notebook shows something"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["1_explore_the_lake", "5_over_rest_and_athena"])
def test_a_notebook_that_only_asks_runs_on_a_lake_on_s3(name: str, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The emulated Athena runs no SQL: an engine answers the very texts that the API, awswrangler and PyAthena sent.
    notebook = jupytext.read(NOTEBOOKS / f"{name}.py")
    with (
        emulated_aws() as address,
        best_answers(address, ATHENA, root, copy_lake(root, address)) as engine,
        AthenaStandIn(address, engine).listening() as athena_address,
    ):
        monkeypatch.setenv("METERLAKE_LAKE", LAKE.lake)
        monkeypatch.setenv("METERLAKE_ATHENA_POLL_SECONDS", "0.01")
        monkeypatch.setenv("AWS_ENDPOINT_URL_ATHENA", athena_address)
        NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(NOTEBOOKS)}}).execute()

    shown = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert [output for output in shown if "image/png" in output.get("data", {})]
    if name.startswith("5"):
        *_, days, count = shown
        assert {"local_date", "energy_kwh"} <= set(re.findall("<th>(\\w+)</th>", days["data"]["text/html"]))
        assert int(count["text"].split(": ")[1].split()[0]) > 40 * 90


@pytest.mark.parametrize("name", NAMES)
def test_both_halves_of_a_pair_say_the_same_and_hold_no_output_but_where_it_is_kept(name: str) -> None:
    script = jupytext.read(NOTEBOOKS / f"{name}.py")
    opened = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)

    assert [(cell.cell_type, cell.source) for cell in opened.cells] == [
        (cell.cell_type, cell.source) for cell in script.cells
    ], "run: jupytext --sync notebooks/*.py"
    held = [cell for cell in opened.cells if cell.get("outputs") or cell.get("execution_count")]
    assert bool(held) is (name in KEPT)
