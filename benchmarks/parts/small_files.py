"""Small raw files in the published London layout, made by a rule."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

HEADER = "LCLid,stdorToU,DateTime,KWH/hh (per half hour) ,Acorn,Acorn_grouped\n"


def day_of(meter: str, day: int, *, quoted: bool = False, header: bool = True) -> str:
    """Return one meter's day of half-hours; the days are counted from 2013."""
    start = dt.datetime(2013, 1, 1) + dt.timedelta(days=day)
    name = f'"{meter}"' if quoted else meter
    rows = (
        f"{name},Std,{start + slot * dt.timedelta(minutes=30):%Y-%m-%d %H:%M:%S}.0000000, 0.25 ,ACORN-A,Affluent\n"
        for slot in range(48)
    )
    return (HEADER if header else "") + "".join(rows)


def write_file(path: Path, text: str) -> Path:
    """Write a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path
