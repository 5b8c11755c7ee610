"""A forecaster of one's own from a template: module, test and its place in the reference, ready to run."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from meterlake.forecasting.forecaster import Forecaster
from meterlake.forecasting.forecasters import FORECASTERS
from meterlake.forecasting.reference import reference_page
from meterlake.lake.plug_ins.scaffold import Scaffold

_SCAFFOLD = Scaffold("forecasting", "forecaster", "forecaster.py.txt", "forecaster_test.py.txt", "last_weeks")
_DOCS = Path("docs/reference/forecasters.md")


def write_new_forecaster(name: str, root: Path) -> list[Path]:
    """Write a forecaster's module and test below a project's root, and the reference page with it.

    Args:
        name: In small letters with underscores, such as last_weeks.
        root: The folder that holds forecasting/ and tests/.

    Returns:
        The files written or changed.

    Raises:
        BadParameter: If the name cannot be used, is taken, or the folder is not a project's root.
    """
    known = list(FORECASTERS.all().values())
    module, test = _SCAFFOLD.write(name, root)
    docs = root / _DOCS
    if not docs.exists():
        return [module, test]
    docs.write_text(reference_page([*known, _forecaster_in(module)]), encoding="utf-8")
    return [module, test, docs]


def _forecaster_in(path: Path) -> Forecaster:
    """Return a module's forecaster by its file: the project whose root was named need not be the one that runs."""
    found = spec_from_file_location(path.stem, path)
    assert found is not None and found.loader is not None
    module = module_from_spec(found)
    found.loader.exec_module(module)
    forecaster: Forecaster = module.FORECASTER
    return forecaster
