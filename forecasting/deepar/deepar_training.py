"""How DeepAR learns: a quiet seeded trainer, and a learning rate's way."""

from __future__ import annotations

import logging
import math
import random
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import lightning.pytorch as lightning
import numpy as np
import torch
from gluonts.torch.model.deepar.lightning_module import DeepARLightningModule

from meterlake.forecasting.deepar.deepar_estimator import estimator_of
from meterlake.forecasting.deepar.network_shape import LearningPlan, NetworkShape
from meterlake.forecasting.forecaster import Progress
from meterlake.forecasting.networks.torch_threads import one_thread

_WARM_UP = 0.05


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
