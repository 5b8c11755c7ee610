"""A lake that is asked for the shapes of loads: profiles, heat maps, peaks, durations, kinds of days."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from meterlake.analysis.metered_lake import MeteredLake

if TYPE_CHECKING:
    from meterlake.analysis.analyses.cluster_shapes import ClusterAnswer
    from meterlake.analysis.answer import Answer


class ShapesLake(MeteredLake):
    """A lake whose loads have shapes.

    All methods take the same selector: meters, start and end, half-open, tz (on whose clock), quantity, missing.
    """

    def profiles(
        self,
        meters: Any = None,
        start: Any = None,
        end: Any = None,
        *,
        by: str | Iterable[str] = ("segment",),
        freq: str = "30min",
        band: tuple[float, float] = (0.1, 0.9),
        normalise: bool = False,
        **selector: Any,
    ) -> Answer:
        """Return the mean day of each group: by…, hour, mean, low, high (kW), meters.

        Each meter counts once, by its own mean day; low and high are quantiles over meters. Groups are those known of late.

        Args:
            meters: Which; all where left out.
            start: First moment, inclusive.
            end: Last moment, exclusive.
            by: Columns of meters, season, month, weekday or day_type.
            freq: How long a window is.
            band: The quantiles of low and high.
            normalise: Whether each meter's day is divided by its mean.
            **selector: tz, quantity, missing.

        Example:
            >>> lake.profiles(by=["segment", "season"]).plot()  # doctest: +SKIP
        """
        from meterlake.analysis.analyses.profiles import profiles

        asked = self._selected(meters, start, end, **selector)
        return profiles(self, asked, by=by, freq=freq, band=band, normalise=normalise)

    def heatmap(
        self,
        meters: Any = None,
        start: Any = None,
        end: Any = None,
        *,
        agg: str | None = None,
        freq: str = "30min",
        **selector: Any,
    ) -> Answer:
        """Return the load of one meter, or the mean of many, by day and hour: local_date, hour, kw, meters.

        Args:
            meters: One; or several, with agg.
            start: First moment, inclusive.
            end: Last moment, exclusive.
            agg: "mean" for the mean of several meters.
            freq: How long a window is.
            **selector: tz, quantity, missing.
        """
        from meterlake.analysis.analyses.heatmap import heatmap

        return heatmap(self, self._selected(meters, start, end, **selector), agg=agg, freq=freq)

    def coincident_peak(
        self,
        meters: Any = None,
        start: Any = None,
        end: Any = None,
        *,
        by: str | Iterable[str] | None = None,
        min_coverage: float = 0.95,
        freq: str = "30min",
        **selector: Any,
    ) -> Answer:
        """Return when all meters together drew the most, in kW, beside the sum of their own peaks.

        peak_at, peak_kw, meters_at_peak, meters, sum_of_peaks_kw, diversity_factor, coincidence_factor, admd_kw.

        Args:
            meters: Which; all where left out.
            start: First moment, inclusive.
            end: Last moment, exclusive.
            by: Columns of meters, as transformer_id: a row a group.
            min_coverage: The part of the most meters that ever sent at once which must have sent.
            freq: How long a window is.
            **selector: tz, quantity, missing.
        """
        from meterlake.analysis.analyses.coincident_peak import coincident_peak

        asked = self._selected(meters, start, end, **selector)
        return coincident_peak(self, asked, by=by, min_coverage=min_coverage, freq=freq)

    def load_duration(
        self,
        meters: Any = None,
        start: Any = None,
        end: Any = None,
        *,
        per_meter: bool = True,
        by: str | Iterable[str] | None = None,
        freq: str = "30min",
        **selector: Any,
    ) -> Answer:
        """Return loads from the highest to the lowest, with the share of the time: by…, share, kw, meters.

        Args:
            meters: Which; all where left out.
            start: First moment, inclusive.
            end: Last moment, exclusive.
            per_meter: Whether loads are divided by the meters that sent, since homes join and leave.
            by: Columns of meters: a curve a group.
            freq: How long a window is.
            **selector: tz, quantity, missing.
        """
        from meterlake.analysis.analyses.load_duration import load_duration

        return load_duration(
            self, self._selected(meters, start, end, **selector), per_meter=per_meter, by=by, freq=freq
        )

    def cluster_shapes(
        self,
        meters: Any = None,
        start: Any = None,
        end: Any = None,
        *,
        k: int = 6,
        normalise: str | None = "day",
        level: str = "day",
        seed: int = 0,
        freq: str = "30min",
        **selector: Any,
    ) -> ClusterAnswer:
        """Return the kind of each whole day by k-means: meter_id, local_date, cluster; `.centroids` has the shapes.

        Args:
            meters: Which; all where left out.
            start: First moment, inclusive.
            end: Last moment, exclusive.
            k: How many kinds; 1 is the largest.
            normalise: "day" divides each day of a kWh and more by its mean, so that its shape alone counts; None leaves kW.
            level: "day", or "meter" for the kinds of meters by their mean day.
            seed: Of the beginning of the search.
            freq: How long a window is.
            **selector: tz, quantity, missing.

        Raises:
            MissingLibrary: If scikit-learn is not installed.
        """
        from meterlake.analysis.analyses.cluster_shapes import cluster_shapes

        asked = self._selected(meters, start, end, **selector)
        return cluster_shapes(self, asked, k=k, normalise=normalise, level=level, seed=seed, freq=freq)
