"""A day of London, as it is published."""

from __future__ import annotations

import datetime as dt


def one_day(meter: str, day: dt.date, kwh: float) -> str:
    """Return a meter's day of half-hours as London publishes it."""
    header = "LCLid,stdorToU,DateTime,KWH/hh (per half hour) ,Acorn,Acorn_grouped\n"
    times = (f"{day} {half // 2:02d}:{30 * (half % 2):02d}:00.0000000" for half in range(48))
    return header + "".join(f"{meter},Std,{time}, {kwh} ,ACORN-A,Affluent\n" for time in times)
