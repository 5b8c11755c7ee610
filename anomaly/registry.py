"""Every detector by name: the modules of anomaly/detectors are looked through, so adding one is adding a module."""

from __future__ import annotations

from meterlake.anomaly.detector import Detector
from meterlake.lake.plug_ins.registry import ModuleRegistry

DETECTORS = ModuleRegistry[Detector](
    "meterlake.anomaly.detectors", "DETECTOR", parameter="detector", example="fleet_band"
)
