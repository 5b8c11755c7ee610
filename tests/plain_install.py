"""Code run as in a plain install: the libraries that come with an extra cannot be imported."""

from __future__ import annotations

import subprocess
import sys

_EXTRAS = ("torch", "gluonts", "lightning", "pandas", "matplotlib", "prophet", "pyspark", "boto3", "sklearn")
_BLOCKED = f"""
import sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.split('.')[0] in {_EXTRAS!r}:
            raise ModuleNotFoundError(f"{{name}} is not in a plain install")
sys.meta_path.insert(0, Blocker())
"""


def run_without_extras(code: str) -> str:
    """Return what some code printed in a process of its own."""
    done = subprocess.run([sys.executable, "-c", _BLOCKED + code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout
