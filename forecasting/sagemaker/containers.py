"""What SageMaker's containers are told: hyperparameters, and the environment in which they serve and answer."""

from __future__ import annotations

import json

from meterlake.forecasting.forecaster import QUANTILES
from meterlake.forecasting.sagemaker.run_parameters import RunParameters
from meterlake.forecasting.sagemaker.settings import SageMakerSettings

# As the meter analytics platform that Meterlake follows published them.
_PUBLISHED_DEEPAR = {
    "context_length": "168",
    "epochs": "400",
    "early_stopping_patience": "40",
    "mini_batch_size": "48",
    "learning_rate": "5E-4",
    "likelihood": "student-t",
    "cardinality": "auto",
    "num_dynamic_feat": "auto",
}


def hyperparameters(parameters: RunParameters, settings: SageMakerSettings) -> dict[str, str]:
    """Return a training's hyperparameters, as texts: the built-in image's own, or our training shell's."""
    minutes = parameters.Interval_minutes
    basic = {
        "time_freq": "H" if minutes == 60 else f"{minutes}min",
        "prediction_length": str(parameters.Forecast_period * 1440 // minutes),
    }
    own = {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in parameters.Hyperparameters.items()
    }
    if settings.is_built_in:
        context = str(168 * 60 // minutes)
        return {**_PUBLISHED_DEEPAR, "context_length": context, **basic, **own}
    return {
        **basic,
        "forecaster": parameters.Forecaster or settings.forecaster,
        **own,
        "sagemaker_program": "meterlake/forecasting/sagemaker/training.py",
        "sagemaker_submit_directory": settings.source,
    }


def container_environment(settings: SageMakerSettings) -> dict[str, str]:
    """Return what a container needs to know to serve: the built-in image nothing, AWS's PyTorch image where our code is."""
    if settings.is_built_in:
        return {}
    return {
        "SAGEMAKER_PROGRAM": "inference.py",
        "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code",
        # Answers are larger than questions: TorchServe's own limit is 6.5 MB.
        "TS_MAX_REQUEST_SIZE": "100000000",
        "TS_MAX_RESPONSE_SIZE": "100000000",
        "TS_DEFAULT_RESPONSE_TIMEOUT": "1200",
    }


def transform_environment() -> dict[str, str]:
    """Return what a batch transform's answers hold, as SageMaker's DeepAR is told it."""
    wanted = {"num_samples": 100, "output_types": ["mean", "quantiles"], "quantiles": [str(one) for one in QUANTILES]}
    return {"DEEPAR_INFERENCE_CONFIG": json.dumps(wanted)}
