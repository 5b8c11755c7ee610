"""Every detector by name: the modules of anomaly/detectors are looked through, so adding one is adding a module."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from meterlake.anomaly import detectors
from meterlake.anomaly.detector import BandDetector, Detector, Parameters, RuleDetector
from meterlake.lake.errors import BadParameter


@cache
def all_detectors() -> dict[str, Detector]:
    """Return every detector by name, in the order of their names."""
    modules = sorted(found.name for found in iter_modules(detectors.__path__))
    loaded = (import_module(f"meterlake.anomaly.detectors.{name}").DETECTOR for name in modules)
    return {detector.name: detector for detector in loaded}


def detector_named(name: str) -> Detector:
    """Return the detector of this name.

    Raises:
        BadParameter: If there is none.
    """
    known = all_detectors()
    if name not in known:
        raise BadParameter("detector", name, f"one of {', '.join(known)}", "fleet_band")
    return known[name]


def band_detector_named(name: str) -> BandDetector:
    """Return the detector of days of this name.

    Raises:
        BadParameter: If there is none, or if it is a rule.
    """
    detector = detector_named(name)
    if not isinstance(detector, BandDetector):
        raise BadParameter("detector", name, "a detector of days", "fleet_band")
    return detector


def kind_of(detector: Detector) -> str:
    """Return what a detector looks at: days or readings."""
    return "readings" if isinstance(detector, RuleDetector) else "days"


def parameters_of(detector: Detector, given: dict[str, object]) -> Parameters:
    """Return a detector's parameters with those given in place of the defaults.

    Raises:
        BadParameter: If a name or a value is not one of the detector's.
    """
    from pydantic import ValidationError

    try:
        return detector.parameters_type(**given)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        known = ", ".join(detector.parameters_type.model_fields) or "none"
        raise BadParameter(
            name, given.get(name), f"a parameter of {detector.name} ({known}): {first['msg']}", "its default"
        ) from error
