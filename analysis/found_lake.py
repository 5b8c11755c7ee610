"""A lake that is asked what was found in it: anomalies, outages, forecasts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from meterlake.analysis.effects_lake import EffectsLake
from meterlake.lake.errors import BadParameter

if TYPE_CHECKING:
    from meterlake.analysis.analyses.forecasts import ForecastAnswer
    from meterlake.analysis.analyses.outages import OutageAnswer
    from meterlake.analysis.answer import Answer

_RANKED = {
    "severity": "severity DESC, meter_id, local_date",
    "importance": "importance DESC, meter_id, local_date",
    "time": "local_date, meter_id",
}


class FoundLake(EffectsLake):
    """A lake whose oddities were looked for; the selector is that of ShapesLake."""

    def anomalies(
        self,
        meters: Any = None,
        start: Any = None,
        end: Any = None,
        *,
        detector: str = "fleet_band",
        min_severity: float = 0.0,
        order: str = "severity",
        limit: int | None = None,
        missing: str = "error",
    ) -> Answer:
        """Return the days that a detector flagged, with where the meters stand; the picture is a calendar, or one meter's band.

        Args:
            meters: Which; all where left out.
            start: First day, inclusive.
            end: Last day, exclusive.
            detector: Its name.
            min_severity: The least severity, in widths of the meter's ordinary spread.
            order: severity (how far from all that the meter did), importance (the part beyond the limit), or time.
            limit: How many at the most.
            missing: "ignore" passes over meters that the lake does not hold.

        Raises:
            BadParameter: If an argument cannot be used.
        """
        from meterlake.analysis.analyses.anomalies import with_picture
        from meterlake.anomaly.registry import DETECTORS

        DETECTORS.named(detector)
        if order not in _RANKED:
            raise BadParameter("order", order, f"one of {', '.join(_RANKED)}", "severity")
        asked = self._selected(meters, start, end, missing=missing)
        found = self._of_meters(
            "SELECT * FROM (SELECT scores.* EXCLUDE (noise, offset_kwh, width_sigmas, run_id, consumption_kwh),"
            " consumption_kwh AS kwh, latitude, longitude, site_id"
            " FROM anomaly_scores AS scores LEFT JOIN meters USING (meter_id)) AS flagged",
            "local_date", asked, where="anomaly <> 0 AND detector = $detector AND severity >= $severity",
            order=_RANKED[order] + (f" LIMIT {int(limit)}" if limit is not None else ""),
            detector=detector, severity=min_severity,
        )  # fmt: skip
        found.attrs |= {"detector": detector, "order": order}
        return with_picture(self, found, asked, detector)

    def outages(
        self, meters: Any = None, start: Any = None, end: Any = None, *, cause: str | None = None, tz: str | None = None
    ) -> OutageAnswer:
        """Return the outages that touch a range, in order of their beginnings; the picture has a map where places are known.

        Args:
            meters: Those that had a part in it; all where left out.
            start: First moment, inclusive.
            end: Last moment, exclusive.
            cause: power_cut, head_end_loss, meter_stopped, meter_gap or planned.
            tz: The zone on whose clock times are read and shown.

        Raises:
            BadParameter: If an argument cannot be used.
        """
        from meterlake.analysis.analyses.outages import OutageAnswer, outages_sql

        asked = self._selected(meters, start, end, tz=tz)
        return OutageAnswer(self, asked, *outages_sql(asked, cause))

    def forecasts(
        self,
        meters: Any = None,
        start: Any = None,
        end: Any = None,
        *,
        issued_at: Any = "latest",
        model: str | None = None,
        tz: str | None = None,
        missing: str = "error",
    ) -> ForecastAnswer:
        """Return stored forecasts with what was measured since, actual_kwh; `.score()` says how good they were.

        Args:
            meters: Which; all where left out.
            start: First moment that is forecast, inclusive.
            end: Last moment, exclusive.
            issued_at: When they were issued: a moment, "latest", or None for all.
            model: Of one model alone.
            tz: The zone on whose clock times are read and shown.
            missing: "ignore" passes over meters that the lake does not hold.
        """
        from meterlake.analysis.analyses.forecasts import ForecastAnswer

        values: dict[str, Any] = {"model": model} if model else {}
        of_model = "model_name = $model" if model else "true"
        issued = "true"
        if issued_at == "latest":
            issued = f"issued_at = (SELECT max(issued_at) FROM forecasts WHERE {of_model})"
        elif issued_at is not None:
            issued, values["issued"] = "issued_at = $issued", self._moment("issued_at", issued_at)
        asked = self._selected(meters, start, end, tz=tz, missing=missing)
        return ForecastAnswer(self, asked, f"{of_model} AND {issued}", values)

    def group_forecast(
        self, attribute: str, group: str = "all", *, issued_at: Any = None, model: tuple[str, int] | None = None
    ) -> Answer:
        """Return what the meters of a group will use together: interval_start, mean and p10 to p90 in kWh; nothing is stored.

        Args:
            attribute: tariff, segment, site, building, transformer, feeder, substation, district, service_point or fleet.
            group: Which group; of the fleet `all`. The meters are those of the group at issued_at.
            issued_at: The end of the history that is used; the newest reading where left out.
            model: A model's name and version; the one in service where left out.

        Raises:
            UnknownGroup: If no meter belongs to it.
            BadParameter: If an argument cannot be used.
        """
        from meterlake.analysis.answer import Answer
        from meterlake.forecasting.model_choice import open_models
        from meterlake.forecasting.serving.forecast_rows import SHOWN_COLUMNS
        from meterlake.forecasting.serving.group_forecast import GroupForecastQuestion, forecast_of_group
        from meterlake.lake.metering.groups import grouped_by

        store = open_models(self._engine)
        record = store.chosen(*(model or (None, None)))
        moment = None if issued_at is None else self._moment("issued_at", issued_at)
        question = GroupForecastQuestion(grouped_by(attribute), group, record, moment)

        def rows() -> Any:
            return forecast_of_group(self._engine, store, question).rows.select(SHOWN_COLUMNS)

        attrs = {"by": attribute, "group": group, "unit": "kWh", "model": record.label}
        return Answer(rows, attrs)
