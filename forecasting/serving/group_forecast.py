"""A group's forecast: of what its meters use together, which is no sum of their quantiles.

Enters: a group, a model, a moment. Leaves: rows as the forecasts table has them, with the group in place of a meter. Nothing is stored.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pyarrow as pa

from meterlake.forecasting.models.model_record import ModelRecord
from meterlake.forecasting.models.model_store import ModelStore
from meterlake.forecasting.panels.group_panel import group_panel
from meterlake.forecasting.panels.known_weather import with_known_temperatures
from meterlake.forecasting.panels.panel_loading import MeterChoice, PanelLoader
from meterlake.forecasting.serving.forecast_rows import forecast_rows
from meterlake.forecasting.serving.own_days import earlier_days, forecast_by_own_days
from meterlake.forecasting.serving.shown_history import history_start
from meterlake.forecasting.settings import ForecastSettings
from meterlake.lake.metering.group_members import meters_of_group
from meterlake.lake.metering.groups import GroupedBy
from meterlake.lake.port import Lake

_NEWEST = dt.date(2200, 1, 1)


@dataclass(frozen=True)
class GroupForecastQuestion:
    """What is asked of a group's future.

    Attributes:
        by: What makes the groups.
        group: Which of them; of the fleet `all`.
        record: The model that is to say it.
        issued_at: Where the forecast begins and history ends; absent, the newest reading that enough of its meters have.
            The group's meters are those of that day.
    """

    by: GroupedBy
    group: str
    record: ModelRecord
    issued_at: dt.datetime | None = None


@dataclass(frozen=True)
class GroupForecast:
    """A group's forecast, in order.

    Attributes:
        rows: As the table forecasts has them.
        issued_at: Where it begins.
        time_zone: That of most of its meters.
        meters: How many it is of.
        stopped: Meters of the group that it is not of, because they have sent nothing for weeks.
    """

    rows: pa.Table
    issued_at: dt.datetime
    time_zone: str
    meters: int
    stopped: tuple[str, ...]


def forecast_of_group(
    lake: Lake, store: ModelStore, question: GroupForecastQuestion, settings: ForecastSettings | None = None
) -> GroupForecast:
    """Return a group's forecast by one model.

    Raises:
        UnknownGroup: If no meter belongs to it then.
        BadParameter: If its meters have no energy, or none that could tell what happens at issued_at.
    """
    chosen, record = settings or ForecastSettings(), question.record
    day = _NEWEST if question.issued_at is None else (question.issued_at - dt.timedelta(microseconds=1)).date()
    members = meters_of_group(lake, question.by, question.group, day)
    loader = PanelLoader(lake, MeterChoice(meter_ids=members), country=chosen.country)
    issued_at = question.issued_at or loader.newest_end(record.interval_minutes)
    model = store.fitted(record)
    compared = earlier_days(record.horizon_intervals, 1440 // record.interval_minutes)
    start = history_start(model, record, issued_at, chosen) - dt.timedelta(days=compared)
    found = group_panel(
        loader,
        question.group,
        start,
        issued_at,
        record.interval_minutes,
        stopped_days=chosen.stopped_days,
        batch_meters=chosen.batch_meters,
    )
    panel = (
        with_known_temperatures(lake, found.panel, record.horizon_intervals) if record.knows_weather else found.panel
    )
    forecast = forecast_by_own_days(model, panel, record.horizon_intervals)
    rows = forecast_rows(panel, forecast, record, "")
    return GroupForecast(rows, issued_at, panel.time_zone, found.meters, found.stopped)
