"""GluonTS's DeepAR with inputs of ours: the estimator, its network, and the predictor around one.

It differs from the stock one in two things: no feature says how old a series is, so that a history may be cut; and a gap
in the history is filled with the day before for the network to read on, and counts in no loss.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import lightning.pytorch as lightning
import numpy as np
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
from meterlake.forecasting.deepar.network_shape import LearningPlan, NetworkShape

_DISTRIBUTIONS: dict[str, type[DistributionOutput]] = {"household": HouseholdOutput, "student_t": StudentTOutput}


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


def untrained_network(shape: NetworkShape, plan: LearningPlan) -> DeepARLightningModule:
    """Return a network of this shape, for saved weights to be read into."""
    network: DeepARLightningModule = estimator_of(shape, plan, (), "").create_lightning_module()
    return network.eval()


def predictor_of(shape: NetworkShape, plan: LearningPlan, network: DeepARLightningModule) -> PyTorchPredictor:
    """Return GluonTS's predictor around a network."""
    estimator = estimator_of(shape, plan, (), "")
    return estimator.create_predictor(estimator.create_transformation(), network)
