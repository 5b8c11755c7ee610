"""Where and when a fleet was odd, and one meter's band."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from meterlake.analysis.answer import Answer
    from meterlake.analysis.asked_lake import AskedLake
    from meterlake.analysis.selection import Selection


def with_picture(lake: AskedLake, found: Answer, asked: Selection, detector: str) -> Answer:
    """Return flagged days with their picture: of one meter the band of all its days, of more a calendar of weeks."""

    def draw(answer: Answer, **style: Any) -> Figure:
        if asked.meters is not None and len(asked.meters) == 1:
            from meterlake.plots.anomaly_days import draw_anomalies

            where = "verdict = 'judged' AND detector = $detector"
            every = lake._of_meters(
                "SELECT * FROM anomaly_scores", "local_date", asked, where=where, order="local_date", detector=detector
            )
            return draw_anomalies(every.arrow(), **style)
        from meterlake.plots.anomaly_calendar import draw_calendar

        return draw_calendar(answer.arrow(), attrs=answer.attrs, **style)

    return found.drawn(draw)
