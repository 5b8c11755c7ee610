"""A command's start: what it does not use is not loaded, and what it does use is there."""

from __future__ import annotations

import subprocess
import sys


def printed_by(code: str) -> str:
    begun = "import sys; from meterlake.cli.terminal.light_start import look_for_no_pandas; look_for_no_pandas(); import pyarrow as pa; "
    return subprocess.run([sys.executable, "-c", begun + code], capture_output=True, text=True, check=True).stdout


def test_lists_become_columns_without_pandas() -> None:
    assert printed_by("pa.table({'kwh': [0.5, None]}); print('pandas' in sys.modules)") == "False\n"


def test_a_frame_is_made_and_taken_as_ever() -> None:
    code = (
        "frame = pa.table({'kwh': [0.5, None]}).to_pandas(); "
        "print(frame.kwh.sum(), pa.array(frame.kwh).null_count, pa.Table.from_pandas(frame)['kwh'].null_count)"
    )

    assert printed_by(code) == "0.5 1 1\n"


def test_help_waits_for_no_pyarrow() -> None:
    code = (
        "import sys; from click.testing import CliRunner; from meterlake.cli.main import meterlake; "
        "done = CliRunner().invoke(meterlake, ['consumption', '--help']); print(done.exit_code, 'pyarrow' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "0 False\n"
