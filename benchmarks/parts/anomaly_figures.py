"""How well scores find known events: the figures of benchmarks.anomaly_quality.

Enters: severity and anomaly of each meter-day, and the events. Leaves: precision, recall and false alarms. A
person looks at alerts, not at days: an alert is a run of flagged days of one meter, with at most two ordinary
days between, ranked by its most severe day. It is right if it touches an event of that meter; a second
alert on the same event is neither right nor wrong.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.parts.anomaly_injection import InjectedEvent

Floats = NDArray[np.float64]
MOST_ORDINARY_DAYS_BETWEEN = 2
TOP = 50


def rank_alerts(severity: Floats, anomaly: NDArray[np.int64], events: Sequence[InjectedEvent]) -> list[int]:
    """Return the alerts, the most severe first: for each the event that it touches, or -1."""
    event_of = np.full(severity.shape, -1)
    for number, event in enumerate(events):
        event_of[event.meter, event.first_day : event.end_day] = number
    alerts: list[tuple[float, int]] = []
    for meter, flags in enumerate(anomaly != 0):
        days = np.flatnonzero(flags)
        if days.size == 0:
            continue
        for run in np.split(days, np.flatnonzero(np.diff(days) > MOST_ORDINARY_DAYS_BETWEEN + 1) + 1):
            alerts.append((float(severity[meter, run].max()), int(event_of[meter, run].max())))
    ranked, seen = [], set()
    for _, event_number in sorted(alerts, key=lambda alert: -alert[0]):
        if event_number < 0 or event_number not in seen:
            ranked.append(event_number)
        seen.add(event_number)
    return ranked


def figures_of(severity: Floats, anomaly: NDArray[np.int64], events: Sequence[InjectedEvent]) -> dict[str, object]:
    """Return the figures of one detector on one seed."""
    ranked = rank_alerts(severity, anomaly, events)
    right = np.array([number >= 0 for number in ranked], dtype=float)
    found = {number for number in ranked if number >= 0}
    precision_at = np.cumsum(right) / np.arange(1, right.size + 1)
    precision = float(right.mean()) if right.size else 0.0
    recall = len(found) / len(events)
    by_kind: dict[str, list[bool]] = defaultdict(list)
    for number, event in enumerate(events):
        by_kind[event.kind].append(number in found)
    is_injected = np.zeros(severity.shape, dtype=bool)
    for event in events:
        is_injected[event.meter, event.first_day : event.end_day] = True
    return {
        "precision_at_50": float(right[:TOP].sum() / TOP),
        "average_precision": float((precision_at * right).sum() / len(events)),
        "f1": 2 * precision * recall / (precision + recall) if precision + recall else 0.0,
        "recall": {kind: float(np.mean(hits)) for kind, hits in sorted(by_kind.items())},
        "by_day": _by_day(severity, anomaly, is_injected),
        "meters_precision_at_50": _meters_precision(severity, events),
    }


def _by_day(severity: Floats, anomaly: NDArray[np.int64], is_injected: NDArray[np.bool_]) -> dict[str, float]:
    """Return the same over single meter-days, flagged or not."""
    order = np.argsort(-severity.ravel(), kind="stable")
    right = is_injected.ravel()[order]
    precision = np.cumsum(right) / np.arange(1, right.size + 1)
    both, flagged = int((is_injected & (anomaly != 0)).sum()), int((anomaly != 0).sum())
    return {
        "precision_at_50": float(right[:TOP].mean()),
        "average_precision": float((precision * right).sum() / max(right.sum(), 1)),
        "f1": 2 * both / max(flagged + int(is_injected.sum()), 1),
    }


def _meters_precision(severity: Floats, events: Sequence[InjectedEvent]) -> float:
    """Return how many of the fifty meters with the most severe day have an event."""
    worst = np.argsort(-severity.max(axis=1), kind="stable")[:TOP]
    touched = {event.meter for event in events}
    return float(np.mean([meter in touched for meter in worst.tolist()]))
