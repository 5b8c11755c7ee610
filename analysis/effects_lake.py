"""A lake that is asked what has an effect: the cold, a tariff, the kind of day, how a home heats."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from meterlake.analysis.shapes_lake import ShapesLake

if TYPE_CHECKING:
    from meterlake.analysis.answer import Answer


class EffectsLake(ShapesLake):
    """A lake whose days have reasons; the selector is that of ShapesLake."""

    def degree_days(
        self,
        meters: Any = None,
        start: Any = None,
        end: Any = None,
        *,
        base: float | None = None,
        cooling: bool = False,
        min_days: int = 200,
        complete: float = 1.0,
        **selector: Any,
    ) -> Answer:
        """Return what the cold costs each meter: days, base_c, base_kwh, kwh_per_hdd, r2, cvrmse, why_not.

        Args:
            meters: Which; all where left out.
            start: First day, inclusive.
            end: Last day, exclusive.
            base: The temperature below which it heats, °C; searched from 8 to 20 where left out.
            cooling: Whether warm days may cost energy, too: cooling_base_c, kwh_per_cdd.
            min_days: Days with energy and 20 hours of temperature that a fit needs; else why_not says so.
            complete: The least part of a day that must have been measured.
            **selector: tz, quantity, missing.
        """
        from meterlake.analysis.analyses.degree_days import degree_days

        asked = self._selected(meters, start, end, **selector)
        return degree_days(self, asked, base=base, cooling=cooling, min_days=min_days, complete=complete)

    def compare_groups(
        self,
        start: Any = None,
        end: Any = None,
        *,
        treated: Any,
        control: Any,
        events: Any,
        time: str = "time",
        label: str = "label",
        baseline: str = "Normal",
        match: Iterable[str] = ("month", "slot"),
        freq: str = "30min",
        **selector: Any,
    ) -> Answer:
        """Return what labelled times did to some homes and not to others, by difference in differences.

        label, treated, control (homes), treated_change, control_change, effect, effect_low, effect_high (parts of 1).

        Args:
            start: First moment, inclusive.
            end: Last moment, exclusive.
            treated: The homes that had it: ids, a frame, an answer.
            control: The homes that had not.
            events: A frame or a table of times and labels; a label holds until the next time.
            time: The column of times; without a zone they are read on the lake's clock.
            label: The column of labels.
            baseline: The label against which the others are held.
            match: What must be alike of both: month, slot.
            freq: How long a window is.
            **selector: tz, quantity, missing.
        """
        from meterlake.analysis.analyses.compare_groups import compare_groups

        groups = [self._selected(one, **selector).meters or () for one in (treated, control)]
        asked = self._selected([*groups[0], *groups[1]], start, end, **selector)
        words = {"time": time, "label": label, "baseline": baseline, "match": tuple(match), "freq": freq}
        return compare_groups(self, asked, treated=groups[0], control=groups[1], events=events, **words)  # type: ignore[arg-type]

    def day_types(
        self,
        meters: Any = None,
        start: Any = None,
        end: Any = None,
        *,
        country: str | None = None,
        subdiv: str | None = None,
        weather: bool = True,
        complete: float = 1.0,
        **selector: Any,
    ) -> Answer:
        """Return how weekdays and holidays differ from Mondays of the same cold: day_type, days, effect with bounds, p, r2.

        Args:
            meters: Which; all where left out.
            start: First day, inclusive.
            end: Last day, exclusive.
            country: Whose holidays count, as GB; that of the lake's zone where left out.
            subdiv: A part of it, as ENG.
            weather: Whether the cold is accounted for.
            complete: The least part of a meter's day that must have been measured.
            **selector: tz, quantity, missing.
        """
        from meterlake.analysis.analyses.day_types import day_types

        asked = self._selected(meters, start, end, **selector)
        return day_types(self, asked, country=country, subdiv=subdiv, weather=weather, complete=complete)

    def base_load(
        self,
        meters: Any = None,
        start: Any = None,
        end: Any = None,
        *,
        quantile: float = 0.05,
        night: tuple[float, float] = (0, 6),
        high_kw: float = 3.0,
        freq: str = "30min",
        **selector: Any,
    ) -> Answer:
        """Return what each meter draws at the least, in nights, in winter against summer, and what is likely behind it.

        meter_id, base_kw, night_kw, night_share, nights_over_kw, winter_to_summer, windows, likely.

        Args:
            meters: Which; all where left out.
            start: First moment, inclusive.
            end: Last moment, exclusive.
            quantile: Of a meter's loads, which is its base.
            night: The hours of the night on the local clock.
            high_kw: What is much in a night.
            freq: How long a window is.
            **selector: tz, quantity, missing.
        """
        from meterlake.analysis.analyses.base_load import base_load

        asked = self._selected(meters, start, end, **selector)
        return base_load(self, asked, quantile=quantile, night=night, high_kw=high_kw, freq=freq)

    def weather(
        self,
        site: str | None = None,
        start: Any = None,
        end: Any = None,
        *,
        tz: str | None = None,
        min_hours: int = 20,
    ) -> Answer:
        """Return the mean temperature of each local day, with the hours that it rests on: local_date, temperature_c, hours.

        Args:
            site: One site; the mean over all where left out.
            start: First moment, inclusive.
            end: Last moment, exclusive.
            tz: The zone of the days; the lake's own where left out.
            min_hours: Days of fewer hours are left out.
        """
        asked = self._selected(None, start, end, tz=tz)
        words = {"of_site": "true" if site is None else "site_id = $site"}
        made = self._made(
            lambda: self._analysed("weather_days", asked, words, site=site), asked.attrs() | {"site": site}
        )
        return made.sql("SELECT * FROM self WHERE hours >= $least", least=min_hours)
