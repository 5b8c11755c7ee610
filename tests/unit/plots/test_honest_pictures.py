"""A picture says what its rows say and no more: a finding needs data and five meters, and nothing is left out unsaid."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from meterlake.lake.metering.degree_day_fit import fit_degree_days
from meterlake.plots.completeness import draw_completeness
from meterlake.plots.load_shape import draw_load_shapes
from meterlake.plots.outage_map import draw_outages
from meterlake.plots.style import ORDERED_COLOURS, new_figure
from meterlake.plots.weather_response import draw_weather_response

DAY = dt.date(2013, 1, 1)
NO_WEATHER = pa.table({"local_date": pa.array([], pa.date32()), "temperature_c": pa.array([], pa.float64())})
NO_PLACES = pa.table({"latitude": pa.array([None], pa.float64()), "longitude": pa.array([None], pa.float64())})


def loads(kw_of: dict[str | None, tuple[float, int]]) -> pa.Table:
    """Return a Tuesday's 24 hours a segment, at a load, of so many meters."""
    start = dt.datetime(2013, 1, 1, tzinfo=dt.UTC)
    rows = [
        {"segment": name, "hour_start": start + dt.timedelta(hours=hour), "load_kw": kw, "meters": meters}
        for name, (kw, meters) in kw_of.items()
        for hour in range(24)
    ]
    return pa.Table.from_pylist(rows)


def days_of(kwh_of: dict[str | None, tuple[list[float], int]]) -> pa.Table:
    rows = [
        {"segment": name, "local_date": DAY + dt.timedelta(days=place), "energy_kwh": kwh, "meters": meters}
        for name, (used, meters) in kwh_of.items()
        for place, kwh in enumerate(used)
    ]
    return pa.Table.from_pylist(rows)


def labels(axes: Any) -> list[str]:
    return [str(label) for label in axes.get_legend_handles_labels()[1]]


def test_a_segment_of_one_home_is_drawn_and_is_no_finding() -> None:
    figure = draw_load_shapes(loads({"U": (3.0, 1), "A": (1.0, 9), "B": (0.5, 8)}), time_zone="UTC")

    assert figure.get_suptitle() == "A homes peak at 00:00, 2.0 times as high as B homes"
    assert labels(figure.axes[0]) == ["A, 9 meters", "B, 8 meters", "U, 1 meter"]


def test_meters_without_a_segment_are_drawn_as_such_and_alone_make_no_finding() -> None:
    figure = draw_load_shapes(loads({None: (1.0, 30)}), time_zone="UTC")

    assert figure.get_suptitle() == "Mean load of 30 meters by hour"
    assert labels(figure.axes[0]) == ["no segment, 30 meters"]


def test_ten_segments_are_ten_lines_of_which_no_two_look_alike() -> None:
    figure = draw_load_shapes(loads({f"s{place}": (1.0 + place, 6) for place in range(10)}), time_zone="UTC")

    looks = {(line.get_color(), line.get_linestyle()) for line in figure.axes[0].lines}
    assert len(looks) == 10 > len(ORDERED_COLOURS)
    assert "s9 homes peak" in figure.get_suptitle()


def test_without_weather_nothing_is_said_of_the_cold() -> None:
    figure = draw_weather_response(days_of({"A": ([5.0, 6.0], 50)}), NO_WEATHER)

    assert figure.axes[0].get_title(loc="left") == "Consumption by temperature: no weather for these days"


@pytest.mark.parametrize(
    ("meters", "title"),
    [(9, "Below 12 °C each degree colder costs A homes 0.50 kWh a day"), (1, "Consumption by the day's temperature")],
)
def test_what_the_cold_costs_is_a_finding_from_five_homes_on(meters: int, title: str) -> None:
    warm = np.linspace(0, 24, 49)
    weather = pa.table({"local_date": [DAY + dt.timedelta(days=place) for place in range(49)], "temperature_c": warm})

    figure = draw_weather_response(days_of({"A": ((4 + 0.5 * np.maximum(12 - warm, 0)).tolist(), meters)}), weather)

    assert figure.axes[0].get_title(loc="left") == title
    assert [label.replace("meters", "meter") for label in labels(figure.axes[0])] == [
        f"A, {meters} meter: 0.50 kWh a °C below 12 °C, R² 1.00"
    ]


def test_days_of_few_hours_of_temperature_are_left_out() -> None:
    weather = pa.table({"local_date": [DAY], "temperature_c": [3.0], "hours": [19]})

    figure = draw_weather_response(days_of({"A": ([5.0], 50)}), weather)

    assert "no weather" in figure.axes[0].get_title(loc="left")


def test_completeness_tells_time_from_whole_days_and_owes_nothing_before_the_first() -> None:
    rows = pa.table(
        {
            "meter_id": ["A", "A", "B"],
            "local_date": [DAY, DAY + dt.timedelta(days=1), DAY + dt.timedelta(days=1)],
            "completeness_fraction": [1.0, 0.4, 1.0],
        }
    )

    figure = draw_completeness(rows)

    said = "80.0% of the time was measured, 66.7% of 3 meter-days whole; 1 of 2 meters miss nothing"
    assert figure.axes[0].get_title(loc="left") == said


def test_where_no_meter_has_a_place_there_is_no_map() -> None:
    outages = pa.Table.from_pylist(
        [
            {
                "cause": "meter_gap",
                "started_at": dt.datetime(2013, 1, 1, tzinfo=dt.UTC),
                "ended_at": dt.datetime(2013, 1, 2, tzinfo=dt.UTC),
                "meters": 1,
                "latitude": None,
                "longitude": None,
            }
        ]
    )

    figure = draw_outages(outages, NO_PLACES)

    assert len(figure.axes) == 1
    assert figure.axes[0].get_title(loc="left") == "No power cuts; no meter has a place, so there is no map"


def test_a_map_is_in_metres() -> None:
    # A thousandth of a degree of latitude is 111.32 m; of longitude at 60° N half of that.
    meters = pa.table({"latitude": [60.0, 60.002], "longitude": [10.0, 10.002]})

    figure = draw_outages(pa.Table.from_pylist([], schema=pa.schema([("cause", pa.string())])), meters)

    points = figure.axes[0].collections[0].get_offsets()
    assert np.asarray(points) == pytest.approx(np.array([[-55.66, -111.32], [55.66, 111.32]]), abs=0.1)


def test_a_picture_goes_into_the_caller_s_axes_under_the_caller_s_title() -> None:
    axes = new_figure(3, 2).subplots()

    figure = draw_weather_response(days_of({"A": ([5.0], 5)}), NO_WEATHER, ax=axes, title=None)

    assert figure is axes.get_figure() and axes.get_title(loc="left") == ""


def test_the_fit_finds_the_base_temperature_it_was_made_with_and_says_nan_where_cold_costs_nothing() -> None:
    warm = np.linspace(-4, 24, 57)
    rises, falls = 3 + 0.8 * np.maximum(14.5 - warm, 0), 3 - 0.1 * np.maximum(14.5 - warm, 0)

    fits = fit_degree_days(np.array([rises, falls]), warm)

    assert fits.base_c[0] == 14.5 and fits.base_kwh[0] == pytest.approx(3) and fits.kwh_per_hdd[0] == pytest.approx(0.8)
    assert fits.r2[0] == pytest.approx(1) and np.isnan(fits.base_c[1])


def test_the_fit_with_cooling_finds_both_bases() -> None:
    warm = np.linspace(-4, 30, 69)
    used = 2 + 0.5 * np.maximum(10 - warm, 0) + 0.25 * np.maximum(warm - 18, 0)

    fits = fit_degree_days(used[None, :], warm, cooling=True)

    assert (fits.base_c[0], fits.cooling_base_c[0]) == (10, 18) and fits.kwh_per_cdd[0] == pytest.approx(0.25)
