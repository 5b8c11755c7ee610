"""The Pythons of this machine beside the one that runs this: for what is built for another version, and tested in it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path


def find_python(version: str) -> str | None:
    """Return a Python of this version that runs: on the path, or among pyenv's; None where there is none."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    for candidate in (f"python{version}", *map(str, sorted(pyenv.glob(f"versions/{version}.*/bin/python")))):
        try:
            subprocess.run([candidate, "-c", "import ensurepip, venv"], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            continue
        return candidate
    return None
