"""The endpoint's JSON: what is read, what is answered, what is refused and why."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from meterlake.forecasting.endpoint.answers import answer_question
from meterlake.forecasting.endpoint.questions import BadRequest, parse_question
from meterlake.forecasting.endpoint.served_model import ServedModel
from meterlake.forecasting.forecaster import QUANTILES, FittedModel, QuantileForecast
from meterlake.forecasting.panels.panel import Panel


class Echo(FittedModel):
    """Says each meter's last value, times two of the level for each quantile, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Panel] = []

    def predict(
        self, history: Panel, horizon_intervals: int, quantiles: tuple[float, ...] = QUANTILES
    ) -> QuantileForecast:
        self.asked.append(history)
        last = np.nan_to_num(history.energy_kwh[:, -1])
        mean = np.repeat(last[:, None], horizon_intervals, axis=1).astype(np.float32)
        paths = np.stack([mean * 2 * level for level in quantiles], axis=1).astype(np.float32)
        return QuantileForecast(quantiles, paths, mean, ("ok",) * len(last))

    def save(self, folder: Path) -> None:
        raise NotImplementedError


def served(**changes: Any) -> ServedModel:
    facts = {"categories": {"tariff": ["", "Std", "ToU"]}, "dynamic_features": 1} | changes
    return ServedModel(Echo(), 60, 3, **facts)


def ask(model: ServedModel, instances: list[dict[str, Any]], **configuration: Any) -> list[dict[str, Any]]:
    body = json.dumps({"instances": instances, **({"configuration": configuration} if configuration else {})})
    predictions: list[dict[str, Any]] = json.loads(answer_question(model, parse_question(body.encode())))["predictions"]
    return predictions


def test_mean_and_quantiles_are_answered_under_the_texts_that_were_asked_for() -> None:
    (prediction,) = ask(
        served(),
        [{"start": "2013-01-01 00:00:00", "target": [1, 2]}],
        output_types=["mean", "quantiles"],
        quantiles=["0.1", "0.50"],
    )

    assert prediction == {"mean": [2.0] * 3, "quantiles": {"0.1": [0.4] * 3, "0.50": [2.0] * 3}}


def test_what_is_not_asked_for_is_not_answered() -> None:
    (prediction,) = ask(served(), [{"start": "2013-01-01", "target": [1]}], output_types=["quantiles"])

    assert set(prediction) == {"quantiles"}
    assert set(prediction["quantiles"]) == {"0.1", "0.5", "0.9"}


def test_nan_as_text_and_null_are_missing_values() -> None:
    model = served()

    ask(model, [{"start": "2013-01-01", "target": [1, "NaN", None, 4]}])

    assert np.isnan(model.model.asked[0].energy_kwh[0]).tolist() == [False, True, True, False]  # type: ignore[attr-defined]


def test_instances_that_end_together_are_one_question_and_others_are_not() -> None:
    model = served()

    predictions = ask(
        model,
        [
            {"start": "2013-01-01 00:00:00", "target": [1, 2, 3]},
            {"start": "2013-01-01 02:00:00", "target": [7]},
            {"start": "2013-01-05 00:00:00", "target": [9]},
        ],
        output_types=["mean"],
    )

    asked = model.model.asked  # type: ignore[attr-defined]
    assert [panel.energy_kwh.shape for panel in asked] == [(2, 3), (1, 1)]
    assert [panel.end for panel in asked] == [
        dt.datetime(2013, 1, 1, 3, tzinfo=dt.UTC),
        dt.datetime(2013, 1, 5, 1, tzinfo=dt.UTC),
    ]
    assert [prediction["mean"][0] for prediction in predictions] == [3.0, 7.0, 9.0]


def test_a_category_s_number_stands_for_the_text_that_the_model_learned() -> None:
    model = served()

    ask(model, [{"start": "2013-01-01", "target": [1], "cat": [2]}, {"start": "2013-01-01", "target": [1]}])

    assert model.model.asked[0].groups == {"tariff": ("ToU", "")}  # type: ignore[attr-defined]


def test_a_dynamic_feature_is_the_temperature_up_to_the_end_of_the_forecast() -> None:
    model = served()

    ask(model, [{"start": "2013-01-01", "target": [1, 2], "dynamic_feat": [[5, 6, 7, 8, 9]]}])

    assert model.model.asked[0].temperature_c.tolist() == [5, 6, 7, 8, 9]  # type: ignore[attr-defined]


def test_samples_follow_the_quantiles_and_are_the_same_each_time() -> None:
    instance = {"start": "2013-01-01", "target": [1.0]}

    first, again = (
        ask(served(), [instance], output_types=["samples"], num_samples=500)[0]["samples"] for _ in range(2)
    )

    assert first == again
    assert np.array(first).shape == (500, 3)
    assert abs(np.median(first) - 1.0) < 0.1


def test_an_empty_target_is_answered_too() -> None:
    assert ask(served(), [{"start": "2013-01-01", "target": []}])[0]["mean"] == [0.0] * 3


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"{", "not JSON"),
        (b"[]", "the body"),
        (b"{}", "instances"),
        (b'{"instances": []}', "instances"),
        (b'{"instances": [{"target": [1]}]}', "instances.0.start"),
        (b'{"instances": [{"start": "2013-01-01", "target": ["many"]}]}', "instances.0.target"),
        (b'{"instances": [{"start": "2013-01-01", "target": [1], "dog": 1}]}', "instances.0.dog"),
        (b'{"instances": [{"start": "2013-01-01", "target": [1]}], "configuration": {"quantiles": ["1.5"]}}', "1.5"),
        (
            b'{"instances": [{"start": "2013-01-01", "target": [1]}], "configuration": {"num_samples": 0}}',
            "num_samples",
        ),
        (b'{"instances": [{"start": "soon", "target": [1]}]}', "'soon' is no time"),
        (b'{"instances": [{"start": "0001-01-01", "target": [1]}]}', "outside the years"),
        (b'{"instances": [{"start": "2013-01-01", "target": [1], "cat": [9]}]}', "9 is no tariff"),
        (b'{"instances": [{"start": "2013-01-01", "target": [1], "cat": [1, 1]}]}', "2 categories; the model knows 1"),
        (b'{"instances": [{"start": "2013-01-01", "target": [1], "dynamic_feat": [[1], [1]]}]}', "2 features"),
        (b'{"instances": [{"start": "2013-01-01", "target": [1], "dynamic_feat": [[1, 2]]}]}', "2 values; send 4"),
    ],
)
def test_a_bad_request_is_refused_with_the_place_and_the_reason(body: bytes, says: str) -> None:
    with pytest.raises(BadRequest) as refused:
        answer_question(served(), parse_question(body))

    assert says in str(refused.value)


@pytest.mark.parametrize("start", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1899-12-31 23:00"])
def test_a_start_beyond_the_years_that_there_are_is_refused_by_name(start: str) -> None:
    with pytest.raises(BadRequest, match=r"instances\.0\.start"):
        ask(served(), [{"start": start, "target": [1]}])


def test_the_product_of_instances_samples_and_horizon_is_bounded() -> None:
    # 3 intervals a forecast: 1,000 samples of 666 instances are 1,998,000 numbers, and of 667 they are 2,001,000.
    instance = {"start": "2013-01-01", "target": []}
    asked = {"output_types": ["samples"], "num_samples": 1000}
    with pytest.raises(BadRequest, match="2001000 numbers"):
        ask(served(), [instance] * 667, **asked)
    assert len(ask(served(), [instance] * 666, **asked)) == 666


def test_one_long_series_does_not_pad_thousands_of_short_ones() -> None:
    model = served()
    long = {"start": "2011-01-01 00:00:00", "target": [1.0] * 20_000}
    end = dt.datetime(2011, 1, 1) + dt.timedelta(hours=20_000)
    short = {"start": str(end - dt.timedelta(hours=2)), "target": [3.0, 4.0]}

    predictions = ask(model, [short, long, *[short] * 998], output_types=["mean"])

    cells = [panel.energy_kwh.size for panel in model.model.asked]  # type: ignore[attr-defined]
    assert max(cells) <= 1_000_000
    assert [prediction["mean"][0] for prediction in predictions] == [4.0, 1.0, *[4.0] * 998]
