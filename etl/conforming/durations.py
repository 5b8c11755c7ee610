"""ISO durations: how they are written; for declarations, guesses and the expressions that read them."""

from __future__ import annotations

# Groups: years, months, weeks, days, hours, minutes, seconds. Something stands behind P, and behind T.
DURATION = r"^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$"
