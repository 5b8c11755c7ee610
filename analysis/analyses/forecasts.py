"""Stored forecasts beside what was measured since, and how good they were."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from meterlake.analysis.analyses.loads import groups_said
from meterlake.analysis.answer import Answer
from meterlake.analysis.query_files import analysis_sql
from meterlake.lake.errors import BadParameter
from meterlake.lake.nearest_names import nearest_names

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from meterlake.analysis.asked_lake import AskedLake
    from meterlake.analysis.selection import Selection

_HISTORY_DAYS = 7
_BY = ("meter_id", "issued_at", "model_name", "model_version", "local_date", "hour")


class ForecastAnswer(Answer):
    """Forecasts with what was measured."""

    def __init__(self, lake: AskedLake, asked: Selection, of_issue: str, values: dict[str, Any]) -> None:
        words = {"of_issue": of_issue}
        super().__init__(
            lambda: lake._analysed("forecasts_held", asked, words, **values), asked.attrs() | lake._known, draw=_draw
        )
        self._lake, self._asked = lake, asked

    def score(self, by: str | Iterable[str] = ()) -> Answer:
        """Return how good they were: intervals, pinball_kwh, wql, mase, coverage_10_90, over what was measured.

        Args:
            by: Any of meter_id, issued_at, model_name, model_version, local_date, hour; all together where left out.

        Raises:
            BadParameter: If there is no such column.
        """
        names = (by,) if isinstance(by, str) else tuple(by)
        for name in names:
            if name not in _BY:
                raise BadParameter("by", name, f"of {', '.join(_BY)}", "meter_id", nearest=nearest_names(name, _BY))
        zone = self._asked.tz
        of = {
            "local_date": f"CAST(timezone('{zone}', interval_start) AS DATE) AS local_date",
            "hour": f"hour(timezone('{zone}', interval_start)) AS hour",
            "meter_id": "losses.meter_id",
            "issued_at": "losses.issued_at",
        }
        keys = "".join(f"{of.get(name, name)}, " for name in names)
        groups = ", ".join(str(place + 1) for place in range(len(names))) or "()"
        words = {"keys": keys, "groups": groups}

        def rows() -> Any:
            text = analysis_sql("forecast_scores", **words)
            return self._lake._engine.select(text.replace("\nORDER BY ()", ""), {}, {"held": self.arrow()})

        return Answer(lambda: self._lake._in_zone(rows(), zone), self.attrs | {"by": groups_said(names)})

    def measured_before(self, meter: str, first: Any) -> Any:
        """Return the readings of a week before a moment, for the picture."""
        import datetime as dt

        return self._lake.readings(meter, first - dt.timedelta(days=_HISTORY_DAYS), first)  # type: ignore[attr-defined]


def _draw(answer: Any, **style: Any) -> Figure:
    """Draw the fan of one meter's newest forecast."""
    from meterlake.plots.stored_fan import draw_stored_forecast

    rows = answer.arrow()
    meters = rows["meter_id"].unique().to_pylist()
    if len(meters) != 1:
        raise BadParameter("meters", f"{len(meters)} meters", "forecasts of one meter for a picture", "MAC000018")
    before = answer.measured_before(meters[0], rows["issued_at"].to_pylist()[0]).arrow()
    return draw_stored_forecast(rows, before, attrs=answer.attrs, **style)
