"""`python -m meterlake`: the same as the command `meterlake`."""

from __future__ import annotations

from meterlake.cli.main import main

if __name__ == "__main__":
    main()
