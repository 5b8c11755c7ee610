"""What the steps of a training hand on: the plan, the notes of its preparation, the evaluation.

The state machine (cloudformation/state_machines/train.asl.json) reads names of the plan by their paths, so those names
are its as much as ours; what it does not read lies in parts by the step that does.
"""

from __future__ import annotations

from meterlake.forecasting.models.trained_on import TrainedOn
from meterlake.forecasting.sagemaker.document import Document, Moment
from meterlake.forecasting.sagemaker.package_record import Figures, ServiceModel


class ReadingsChoice(Document):
    """Which readings are made ready.

    Attributes:
        first_place: Of the first meter, in order of their ids, from 1.
        last_place: Of the last, inclusive; all where absent.
        start: The first moment; the step's own choice where absent.
        end: The end; the newest reading where absent.
        interval_minutes: Length of an interval.
        country: Whose holidays count.
        with_weather: Whether temperatures go along where the lake has them.
        history_days: Days before a forecast that a model is sent.
    """

    first_place: int
    last_place: int | None
    start: Moment | None
    end: Moment | None
    interval_minutes: int
    country: str
    with_weather: bool
    history_days: int


class BacktestChoice(Document):
    """How a candidate is judged: so many days ahead, from so many moments of the last days."""

    forecast_days: int
    test_days: int
    origins: int


class PackageChoice(Document):
    """What is registered if the gate lets it pass."""

    model_name: str
    forecaster: str
    endpoint_instance_type: str
    is_built_in: bool


class ComparedService(ServiceModel):
    """The model in service, and what it is asked about the same days."""

    requests: str
    forecasts: str
    transform_job: str


class TrainingRunPlan(Document):
    """A training, all decided before anything runs.

    Attributes:
        run: The execution's name.
        plan_location: Where this lies.
        train: The channel that is learned from; ends in a slash.
        test: The same with the days that the fit does not see.
        requests: What the candidate is asked; ends in a slash.
        forecasts: What it answers.
        notes: Address of the TrainingNotes.
        evaluation: Address of the Evaluation.
        models: Where the model's files go.
        record: Address of the PackageRecord.
        training_job: Name in SageMaker.
        candidate: Name of the model in SageMaker.
        transform_job: Name of the job that asks it.
        hyperparameters: Texts, as SageMaker takes them.
        container_environment: Of what serves the candidate.
        transform_environment: What its answers hold.
        training_instance_type: The machine that trains.
        transform_instance_type: The machine that asks.
        has_service: Whether `service` is there; the state machine asks so.
        service: The model in service, where there is one to compare with.
        readings: For the preparation.
        backtest: For the preparation and the evaluation.
        package: For the registration.
    """

    run: str
    plan_location: str
    train: str
    test: str
    requests: str
    forecasts: str
    notes: str
    evaluation: str
    models: str
    record: str
    training_job: str
    candidate: str
    transform_job: str
    hyperparameters: dict[str, str]
    container_environment: dict[str, str]
    transform_environment: dict[str, str]
    training_instance_type: str
    transform_instance_type: str
    has_service: bool
    service: ComparedService | None
    readings: ReadingsChoice
    backtest: BacktestChoice
    package: PackageChoice


class TrainedModel(Document):
    """What the training job has left, as the state machine notes it."""

    model_data: str
    training_job: str


class Judgement(Document):
    """Whether a candidate passes, and why, in words."""

    has_passed: bool
    summary: str


class TrainedRunPlan(TrainingRunPlan):
    """A training's plan as the state machine has it once the job is done, and once the gate has judged."""

    trained: TrainedModel
    verdict: Judgement | None = None


class TrainingNotes(Document):
    """What the lines of a training's channels are, which no container reads.

    Attributes:
        meter_ids: The meters, a line each.
        horizon_intervals: How far the candidate forecasts.
        train_end: Place of the first interval that the fit does not see.
        origins: Places from which is forecast.
        learned: What the model learns from.
    """

    meter_ids: tuple[str, ...]
    horizon_intervals: int
    train_end: int
    origins: tuple[int, ...]
    learned: TrainedOn


class Evaluation(Document):
    """How a candidate did, and what the model in service lost on the same days."""

    backtest: Figures
    service_wql: float | None
