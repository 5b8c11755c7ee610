"""The torch side of DeepAR: GluonTS's estimator with inputs of ours, a quiet seeded trainer, and a learning rate's way.

The estimator differs from the stock one in two things: no feature says how old a series is, so that a history may be
cut; and a gap in the history is filled with the day before for the network to read on, and counts in no loss.
"""

from __future__ import annotations

import logging
import math
import random
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import lightning.pytorch as lightning
import numpy as np
import torch
from gluonts.core.component import validated
from gluonts.dataset.field_names import FieldName
from gluonts.torch.distributions import DistributionOutput, StudentTOutput
from gluonts.torch.model.deepar import DeepAREstimator
from gluonts.torch.model.deepar.lightning_module import DeepARLightningModule
from gluonts.torch.model.predictor import PyTorchPredictor
from gluonts.transform import (
    AddAgeFeature,
    AddConstFeature,
    Chain,
    MissingValueImputation,
    Transformation,
)
from numpy.typing import NDArray

from meterlake.forecasting.deepar.household_output import HouseholdOutput
from meterlake.forecasting.forecaster import Progress
from meterlake.forecasting.networks.torch_threads import one_thread

_DISTRIBUTIONS: dict[str, type[DistributionOutput]] = {"household": HouseholdOutput, "student_t": StudentTOutput}
_WARM_UP = 0.05


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


class FillFromDayBefore(MissingValueImputation):  # type: ignore[misc]  # gluonts has no types
    """Fills a gap with the value one day before, which may be filled itself; zero where there is none."""

    @validated()  # type: ignore[no-untyped-call, untyped-decorator]
    def __init__(self, intervals_a_day: int) -> None:
        super().__init__()
        self.intervals_a_day = intervals_a_day

    def __call__(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the values without gaps."""
        filled = values.copy()
        for first in range(0, len(filled), self.intervals_a_day):
            today = filled[first : first + self.intervals_a_day]
            before = filled[first - self.intervals_a_day : first][: len(today)] if first else np.zeros_like(today)
            np.copyto(today, before, where=np.isnan(today))
        return filled


class MeterDeepAREstimator(DeepAREstimator):  # type: ignore[misc]  # gluonts has no types
    """DeepAR whose networks do not know how long a series is."""

    def create_transformation(self) -> Transformation:
        """Return the stock transformation with a constant in place of the age."""
        stock = super().create_transformation()
        ageless = AddConstFeature(
            output_field=FieldName.FEAT_AGE,
            target_field=FieldName.TARGET,
            pred_length=self.prediction_length,
            const=0.0,
        )
        steps = [ageless if isinstance(step, AddAgeFeature) else step for step in stock.transformations]
        return Chain(steps)


def estimator_of(shape: NetworkShape, plan: LearningPlan, callbacks: Sequence[lightning.Callback], folder: str) -> Any:
    """Return GluonTS's estimator for a network and a plan; checkpoints go to a folder."""
    return MeterDeepAREstimator(
        freq=shape.frequency,
        prediction_length=shape.horizon_intervals,
        context_length=shape.context_intervals,
        num_layers=shape.layers,
        hidden_size=shape.hidden_size,
        lr=plan.learning_rate,
        dropout_rate=shape.dropout,
        # A rate that falls by itself is not to be halved by the stock scheduler as well.
        patience=10**6 if plan.falling_rate else 10,
        num_feat_dynamic_real=shape.known_features,
        num_feat_static_cat=len(shape.cardinality),
        cardinality=list(shape.cardinality),
        distr_output=_DISTRIBUTIONS[shape.distribution](),
        lags_seq=list(shape.lags_intervals),
        time_features=[],
        num_parallel_samples=shape.samples,
        batch_size=plan.batch_size,
        num_batches_per_epoch=plan.batches_an_epoch,
        imputation_method=FillFromDayBefore(shape.intervals_a_day),
        nonnegative_pred_samples=True,
        trainer_kwargs={
            "max_epochs": plan.epochs,
            "accelerator": "cpu",
            "logger": False,
            "enable_progress_bar": False,
            "enable_model_summary": False,
            "default_root_dir": folder,
            "callbacks": list(callbacks),
        },
    )


def train_network(
    shape: NetworkShape, plan: LearningPlan, dataset: list[dict[str, Any]], progress: Progress
) -> DeepARLightningModule:
    """Return a network that has learned from a data set."""
    callbacks: list[lightning.Callback] = [_Reporter(plan.epochs, progress)]
    if plan.early_stopping_epochs:
        callbacks.append(lightning.callbacks.EarlyStopping("train_loss", patience=plan.early_stopping_epochs))
    if plan.falling_rate:
        callbacks.append(_FallingRate(plan))
    with quiet(), one_thread(), seeded(plan.seed), tempfile.TemporaryDirectory() as folder:
        trained = estimator_of(shape, plan, callbacks, folder).train_model(dataset, cache_data=True)
    network: DeepARLightningModule = trained.trained_net
    return network.eval()


def untrained_network(shape: NetworkShape, plan: LearningPlan) -> DeepARLightningModule:
    """Return a network of this shape, for saved weights to be read into."""
    network: DeepARLightningModule = estimator_of(shape, plan, (), "").create_lightning_module()
    return network.eval()


def predictor_of(shape: NetworkShape, plan: LearningPlan, network: DeepARLightningModule) -> PyTorchPredictor:
    """Return GluonTS's predictor around a network."""
    estimator = estimator_of(shape, plan, (), "")
    return estimator.create_predictor(estimator.create_transformation(), network)


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Make everything random repeatable, and leave the caller's own random numbers as they were."""
    before, numpy_before = random.getstate(), np.random.get_state()
    with torch.random.fork_rng(devices=[]):
        random.seed(seed)
        np.random.seed(seed)
        torch.manual_seed(seed)
        try:
            yield
        finally:
            random.setstate(before)
            np.random.set_state(numpy_before)


@contextmanager
def quiet() -> Iterator[None]:
    """Hold back what Lightning says of devices and data loaders; progress goes through the callback."""
    loggers = [logging.getLogger(name) for name in ("lightning.pytorch", "lightning.fabric", "gluonts")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


class _Reporter(lightning.Callback):
    """Tells the progress of the epochs."""

    def __init__(self, epochs: int, progress: Progress) -> None:
        self.epochs = epochs
        self.progress = progress

    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        self.progress("fit", (trainer.current_epoch + 1) / self.epochs)


class _FallingRate(lightning.Callback):
    """Lets the learning rate rise shortly and then fall along a cosine to nothing."""

    def __init__(self, plan: LearningPlan) -> None:
        self.plan = plan

    def on_train_batch_start(self, trainer: Any, pl_module: Any, batch: Any, batch_idx: int) -> None:
        done = trainer.global_step / (self.plan.epochs * self.plan.batches_an_epoch)
        if done < _WARM_UP:
            part = (done + 1e-3) / _WARM_UP
        else:
            part = 0.5 * (1 + math.cos(math.pi * min((done - _WARM_UP) / (1 - _WARM_UP), 1.0)))
        for group in trainer.optimizers[0].param_groups:
            group["lr"] = self.plan.learning_rate * part
