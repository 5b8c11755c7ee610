"""A panel as DeepAR's JSON Lines, and its lines as forecasts."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meterlake.forecasting.endpoint.questions import BadRequest, parse_lines
from meterlake.forecasting.endpoint.series_lines import BadAnswer, energy_of, forecast_of, series_lines
from meterlake.forecasting.panels.panel import Panel

START = dt.datetime(2013, 1, 1, tzinfo=dt.UTC)
LEVELS = tuple(f"0.{place}" for place in range(1, 10))


def panel_of(energy: Any, **groups: tuple[str, ...]) -> Panel:
    values = np.array(energy, dtype=np.float32)
    return Panel(tuple(f"M{row}" for row in range(len(values))), START, 60, values, groups=groups)


def answer(**changes: Any) -> bytes:
    quantiles = {level: [float(level), 1.0 + float(level)] for level in LEVELS}
    return json.dumps({"quantiles": quantiles, "mean": [0.5, 1.5], **changes}).encode()


def test_a_meter_is_a_line_with_its_start_target_and_categories() -> None:
    panel = panel_of([[0.25, np.nan, 1.5], [1, 2, 3]], tariff=("Std", "new"), segment=("", "A"))

    lines = [json.loads(line) for line in series_lines(panel, {"tariff": ["", "Std"], "segment": ["", "A"]})]

    assert lines == [
        {"start": "2013-01-01 00:00:00", "target": [0.25, None, 1.5], "cat": [1, 0]},
        {"start": "2013-01-01 00:00:00", "target": [1.0, 2.0, 3.0], "cat": [0, 1]},
    ]


def test_weather_is_the_same_dynamic_feature_for_all_and_may_be_longer() -> None:
    lines = series_lines(panel_of([[1, 2], [3, 4]]), {}, np.array([5, 6, 7], np.float32))

    assert [json.loads(line)["dynamic_feat"] for line in lines] == [[[5.0, 6.0, 7.0]]] * 2


@given(st.lists(st.floats(min_value=0, width=32, allow_infinity=False) | st.just(np.nan), min_size=1, max_size=50))
def test_every_number_comes_back_exactly(energy: list[float]) -> None:
    panel = panel_of([energy])

    assert np.array_equal(energy_of(series_lines(panel, {})), panel.energy_kwh, equal_nan=True)


def test_answers_are_paths_over_the_wanted_part_of_their_horizon() -> None:
    forecast = forecast_of([answer()], 1, ("ok",))

    assert forecast.energy_kwh[0, :, 0].tolist() == pytest.approx([0.1 * place for place in range(1, 10)])
    assert forecast.mean_kwh.tolist() == [[0.5]] and forecast.flags == ("ok",)


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([b"<html>"], "line 1 is no forecast"),
        ([answer(), answer(quantiles={})], "line 2 is no forecast"),
        ([answer(mean=[0.5])], "line 1 is no forecast"),
        ([answer(mean=[0.5, None])], "no 2 finite numbers"),
        ([answer()], "1 answers to 2 questions"),
    ],
)
def test_an_answer_that_is_none_is_refused_with_its_line(lines: list[bytes], told: str) -> None:
    flags = ("ok", "ok") if "questions" in told else ("ok",) * len(lines)
    with pytest.raises(BadAnswer, match=told):
        forecast_of(lines, 2, flags)


def test_a_batch_transforms_request_is_an_instance_a_line() -> None:
    body = b'{"start": "2013-01-01", "target": [1]}\n\n{"start": "2013-01-02", "target": ["NaN", 2]}\n'

    question = parse_lines(body, b'{"quantiles": ["0.5"]}')

    assert [one.start for one in question.instances] == ["2013-01-01", "2013-01-02"]
    assert question.configuration.quantiles == ["0.5"]


@pytest.mark.parametrize(
    ("body", "configuration", "told"),
    [
        (b'{"start": "2013-01-01", "target": [1]}\nnonsense', b"{}", "Line 2 is not JSON"),
        (b'{"start": "2013-01-01"}', b"{}", "instances.0.target"),
        (b"", b"{}", "instances"),
        (b'{"start": "2013-01-01", "target": [1]}', b"{", "DEEPAR_INFERENCE_CONFIG"),
    ],
)
def test_a_line_that_is_no_instance_is_named(body: bytes, configuration: bytes, told: str) -> None:
    with pytest.raises(BadRequest, match=told):
        parse_lines(body, configuration)
