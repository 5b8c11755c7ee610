"""Whether a detector could judge: the codes of the column `verdict` of anomaly_scores."""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """Whether a detector could say something of a day, and if not, why."""

    JUDGED = "judged"
    INCOMPLETE = "incomplete"
    SHORT_HISTORY = "short_history"
    NO_DATA = "no_data"
    ERROR = "error"
