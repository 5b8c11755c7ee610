"""Meterlake: raw meter files in; consumption, anomalies, outages and forecasts out.

    import meterlake

    lake = meterlake.open("my-lake")
    lake.consumption("MAC000001", "2013-01", "2013-02").df()

Everything below is loaded when it is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from meterlake.analysis.answer import Answer
    from meterlake.analysis.opened_lake import OpenedLake
    from meterlake.analysis.opened_lake import open_for_analysis as open
    from meterlake.lake.errors import MeterlakeError

__all__ = ["Answer", "MeterlakeError", "OpenedLake", "__version__", "open"]

_HOMES = {
    "Answer": ("meterlake.analysis.answer", "Answer"),
    "MeterlakeError": ("meterlake.lake.errors", "MeterlakeError"),
    "OpenedLake": ("meterlake.analysis.opened_lake", "OpenedLake"),
    "open": ("meterlake.analysis.opened_lake", "open_for_analysis"),
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("meterlake")
    if name not in _HOMES:
        raise AttributeError(f"module 'meterlake' has no attribute {name!r}")
    from importlib import import_module

    module, attribute = _HOMES[name]
    return getattr(import_module(module), attribute)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
