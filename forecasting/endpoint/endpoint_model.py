"""A model behind a SageMaker endpoint, in the place of one that this machine would have to load.

Enters: histories. Leaves: forecasts, asked for in DeepAR's JSON. So the API on Lambda, where no torch is, forecasts meters
for which nothing is stored. It needs boto3 and numpy alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from meterlake.forecasting.aws_clients import endpoint_client
from meterlake.forecasting.endpoint.series_lines import BadAnswer, forecast_of, series_lines
from meterlake.forecasting.forecaster import QUANTILES, FittedModel, QuantileForecast, history_flags
from meterlake.forecasting.models.model_record import ModelRecord
from meterlake.forecasting.panels.panel import Panel
from meterlake.lake.errors import CloudTrouble, MeterlakeError, NoModel
from meterlake.lake.patience import require_patience

_METERS_AT_ONCE = 100
_DEFAULT_HISTORY_DAYS = 100
_BUSY = ("ThrottlingException", "ServiceUnavailable", "InternalDependencyException", "ModelNotReadyException")


class NotBehindEndpoint(NoModel):
    """A model that the endpoint does not have, or an endpoint that is not there."""

    def __init__(self, endpoint: str, wanted: str) -> None:
        Exception.__init__(
            self,
            f"{wanted} is not behind the endpoint {endpoint}. Ask for the newest approved version; if there is no endpoint,"
            " approve a model package, which makes it, or run the state machine 'forecast', which stores forecasts.",
        )


class EndpointTrouble(CloudTrouble):
    """An endpoint that did not answer, or not with a forecast."""

    names_its_place = False

    def __init__(self, endpoint: str, found: str) -> None:
        MeterlakeError.__init__(self, f"The endpoint {endpoint} gave no forecast: {found}. Try again in a few seconds.")


class EndpointModels:
    """The models behind an endpoint; see ModelSource.

    Args:
        endpoint: Its name.
    """

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint

    def fitted(self, record: ModelRecord, *, is_in_service: bool) -> FittedModel:
        """Return what asks the endpoint for a model, of which it has the newest approved version alone.

        Raises:
            NotBehindEndpoint: If another version is wanted.
        """
        if not is_in_service:
            raise NotBehindEndpoint(self.endpoint, record.label)
        return EndpointModel(self.endpoint, record)


class EndpointModel(FittedModel):
    """Asks an endpoint.

    Args:
        endpoint: Its name.
        record: Of the model behind it.
    """

    def __init__(self, endpoint: str, record: ModelRecord) -> None:
        self.endpoint = endpoint
        self.record = record

    def predict(
        self, history: Panel, horizon_intervals: int, quantiles: tuple[float, ...] = QUANTILES
    ) -> QuantileForecast:
        """Forecast, some meters a request.

        Raises:
            NotBehindEndpoint: If there is no such endpoint.
            EndpointTrouble: If it does not answer, or not with a forecast.
            QueryTooLong: If nobody waits for the forecast any more.
        """
        flags = history_flags(history.energy_kwh, history.intervals_a_day)
        answers = [answer for lines in self._requests(history) for answer in self._ask(lines, quantiles)]
        try:
            return forecast_of(answers, horizon_intervals, flags, quantiles)
        except BadAnswer as error:
            raise EndpointTrouble(self.endpoint, str(error)) from error

    def history_intervals(self, intervals_a_day: int) -> int:
        """Return as much as the model was sent when it was judged."""
        return int(self.record.trained_on.get("history_days", _DEFAULT_HISTORY_DAYS)) * intervals_a_day

    def save(self, folder: Path) -> None:
        """Write where the model is; its weights never leave SageMaker."""
        (folder / "endpoint.json").write_bytes(orjson.dumps({"endpoint": self.endpoint}))

    def _requests(self, history: Panel) -> Iterator[list[bytes]]:
        temperature_c = history.temperature_c if self.record.knows_weather else None
        if temperature_c is not None:
            temperature_c = temperature_c[: history.intervals + self.record.horizon_intervals]
        categories = self.record.trained_on.get("categories", {})
        for some in history.in_batches(_METERS_AT_ONCE):
            yield list(series_lines(some, categories, temperature_c))

    def _ask(self, lines: list[bytes], quantiles: tuple[float, ...]) -> list[bytes]:
        from botocore.exceptions import BotoCoreError, ClientError

        require_patience()
        wanted = {"output_types": ["mean", "quantiles"], "quantiles": [str(level) for level in quantiles]}
        body = b'{"instances":[%s],"configuration":%s}' % (b",".join(lines), orjson.dumps(wanted))
        kind = {"ContentType": "application/json", "Accept": "application/json"}
        try:
            answered = endpoint_client().invoke_endpoint(EndpointName=self.endpoint, Body=body, **kind)
            predictions = orjson.loads(answered["Body"].read())["predictions"]
            return [orjson.dumps(one) for one in predictions]
        except ClientError as error:
            raise self._refused(error) from error
        except BotoCoreError as error:
            raise EndpointTrouble(self.endpoint, str(error)) from error
        except (ValueError, KeyError, TypeError) as error:
            raise EndpointTrouble(self.endpoint, f"its answer is not DeepAR's JSON ({error!r})") from error

    def _refused(self, error: Any) -> NoModel | EndpointTrouble:
        code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
        if code == "ValidationError" and "not found" in message:
            return NotBehindEndpoint(self.endpoint, "A model")
        told = error.response.get("OriginalMessage", message)
        return EndpointTrouble(self.endpoint, "it is busy" if code in _BUSY else f"{code}: {str(told)[:300]}")
