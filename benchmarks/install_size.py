"""What an installed Meterlake weighs: a fresh environment, and what it takes of the disk.

    python benchmarks/install_size.py                     # pip install .
    python benchmarks/install_size.py --extras forecast   # pip install .[forecast]

Megabytes of all that this brings, bytecode included, and its heaviest parts.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)

import argparse
import subprocess
import tempfile
import venv

from benchmarks.parts.figures import print_figures

_HEAVIEST = 6


def main() -> None:
    """Install into a fresh environment, weigh it and print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--extras", default="", help="as pip takes them, comma between them")
    options = parser.parse_args()
    wanted = f"{ROOT}[{options.extras}]" if options.extras else str(ROOT)
    with tempfile.TemporaryDirectory(prefix="meterlake-bench-") as scratch:
        venv.create(scratch, with_pip=True)
        pip = [f"{scratch}/bin/python", "-m", "pip", "--disable-pip-version-check"]
        room = f"{scratch}/lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"
        before = set(Path(room).iterdir())
        subprocess.run([*pip, "install", "--quiet", "-c", ROOT / "constraints.txt", wanted], check=True)
        weights = {path.name: _megabytes(path) for path in Path(room).iterdir() if path not in before}
    heaviest = sorted(weights, key=lambda name: -weights[name])[:_HEAVIEST]
    print_figures(
        {
            "extras": options.extras,
            "megabytes": round(sum(weights.values())),
            "heaviest": {name: round(weights[name]) for name in heaviest},
        }
    )


def _megabytes(path: Path) -> float:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.lstat().st_blocks * 512 for file in files if file.is_file()) / 1e6


if __name__ == "__main__":
    main()
