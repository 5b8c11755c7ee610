"""What the steps of a fleet's forecast hand on: the plan, the batches, the notes of each.

The state machine (cloudformation/state_machines/forecast.asl.json) reads names of the plan and of the batches by their paths.
"""

from __future__ import annotations

from meterlake.forecasting.sagemaker.document import Document, Moment
from meterlake.forecasting.sagemaker.package_record import ServiceModel
from meterlake.forecasting.sagemaker.training_documents import ReadingsChoice


class Batch(Document):
    """Some meters that are asked for together, by one job of SageMaker."""

    job: str
    requests: str
    forecasts: str


class BatchList(Document):
    """The batches that have meters."""

    batches: tuple[Batch, ...]


class BatchNotes(Document):
    """What a batch's lines are: the meters, how much of each was known, and when the forecast begins."""

    meter_ids: tuple[str, ...]
    flags: tuple[str, ...]
    issued_at: Moment


class ForecastRunPlan(Document):
    """A fleet's forecast, all decided before anything runs.

    Attributes:
        run: The execution's name.
        plan_location: Where this lies.
        files: Where the run's files lie.
        batches_location: Address of the BatchList.
        job_name: What the names of the batches' jobs begin with.
        batch_size: Meters a batch.
        forecast_days: How far.
        transform_environment: What the answers hold.
        transform_instance_type: The machine that asks.
        model: Name in SageMaker of the model that is asked.
        service: The same model, as its package's record has it.
        readings: Which meters and histories.
    """

    run: str
    plan_location: str
    files: str
    batches_location: str
    job_name: str
    batch_size: int
    forecast_days: int
    transform_environment: dict[str, str]
    transform_instance_type: str
    model: str
    service: ServiceModel
    readings: ReadingsChoice

    def batch(self, number: int) -> Batch:
        """Return a batch by its number, from 1."""
        name = f"batch-{number:05d}"
        return Batch(
            job=f"{self.job_name}-{number:05d}",
            requests=f"{self.files}/requests/{name}/",
            forecasts=f"{self.files}/forecasts/{name}",
        )

    def notes_of(self, batch: Batch) -> str:
        """Return the address of a batch's notes; the state machine carries many batches and needs no third address."""
        return f"{self.files}/notes/{batch.forecasts.rsplit('/', 1)[1]}.json"
