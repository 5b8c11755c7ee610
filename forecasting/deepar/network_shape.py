"""What a DeepAR network looks like, and how it learns; plain values, which need neither torch nor GluonTS."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class NetworkShape:
    """What must be the same when a saved network is read again."""

    frequency: str
    horizon_intervals: int
    context_intervals: int
    lags_intervals: tuple[int, ...]
    hidden_size: int
    layers: int
    dropout: float
    distribution: str
    known_features: int
    cardinality: tuple[int, ...]
    samples: int
    intervals_a_day: int


@dataclass(frozen=True)
class LearningPlan:
    """How long and how fast a network learns."""

    epochs: int
    batches_an_epoch: int
    batch_size: int
    learning_rate: float
    early_stopping_epochs: int
    falling_rate: bool
    seed: int
