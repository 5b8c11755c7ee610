"""What is stored of the weather: each measure once, with its column, its limits, and the units that files write it in."""

from __future__ import annotations

from dataclasses import dataclass

from meterlake.lake.codes.units import spelled


@dataclass(frozen=True)
class Scale:
    """How a unit becomes the column's: the value, less what the unit's zero lies above the column's, times a factor."""

    factor: float
    zero: float = 0.0


@dataclass(frozen=True)
class WeatherMeasure:
    """One measure.

    Attributes:
        name: As a declaration calls it.
        column: Of the table `weather`.
        lowest: The lowest plausible value, in the column's unit.
        highest: The highest.
        units: By their names; the first is the column's own.
        spellings: Further names of units.
    """

    name: str
    column: str
    lowest: float
    highest: float
    units: dict[str, Scale]
    spellings: dict[str, str]

    @property
    def unit(self) -> str:
        """The column's own unit."""
        return next(iter(self.units))

    def unit_named(self, name: str) -> str | None:
        """Return the unit that a spelling means; None where it is none of this measure's.

        >>> WEATHER_MEASURES["temperature"].unit_named("°f")
        'degF'
        """
        known = {spelled(unit): unit for unit in self.units} | {
            spelled(other): unit for other, unit in self.spellings.items()
        }
        return known.get(spelled(name))

    def spellings_of(self, unit: str) -> list[str]:
        """Return what a unit may be called, without capitals."""
        return [spelled(unit), *(spelled(other) for other, meant in self.spellings.items() if meant == unit)]


_TEMPERATURES = {"degC": Scale(1.0), "degF": Scale(5 / 9, 32.0), "K": Scale(1.0, 273.15)}
_DEGREES = {"C": "degC", "Celsius": "degC", "F": "degF", "Fahrenheit": "degF", "Kelvin": "K"}

WEATHER_MEASURES: dict[str, WeatherMeasure] = {
    measure.name: measure
    for measure in (
        WeatherMeasure("temperature", "temperature_c", -90.0, 60.0, _TEMPERATURES, _DEGREES),
        WeatherMeasure("apparent_temperature", "apparent_temperature_c", -120.0, 80.0, _TEMPERATURES, _DEGREES),
        WeatherMeasure(
            "humidity",
            "humidity_fraction",
            0.0,
            1.0,
            {"1": Scale(1.0), "%": Scale(0.01)},
            {"fraction": "1", "percent": "%", "%RH": "%"},
        ),
        WeatherMeasure(
            "wind_speed",
            "wind_speed_mps",
            0.0,
            120.0,
            {
                "m/s": Scale(1.0),
                "km/h": Scale(1 / 3.6),
                "mph": Scale(0.44704),
                "kn": Scale(1852 / 3600),
                "ft/s": Scale(0.3048),
            },
            {"mps": "m/s", "kmh": "km/h", "kph": "km/h", "mi/h": "mph", "kt": "kn", "knots": "kn"},
        ),
    )
}
