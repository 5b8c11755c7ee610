"""Objects are found by their modules' names, and a module is imported when it is asked for."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from meterlake.lake.errors import BadParameter
from meterlake.lake.plug_ins.registry import ModuleRegistry, Named


@pytest.fixture
def animals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleRegistry[Named]:
    """A package of two good modules and one whose object has another name."""
    package = tmp_path / "registered_animals"
    package.mkdir()
    (package / "__init__.py").touch()
    for module, name in (("cat", "cat"), ("ant", "ant"), ("bat", "flying_mouse")):
        (package / f"{module}.py").write_text(f"class Animal:\n    name = {name!r}\n\n\nANIMAL = Animal()\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    for known in [name for name in sys.modules if name.startswith("registered_animals")]:
        monkeypatch.delitem(sys.modules, known)
    return ModuleRegistry("registered_animals", "ANIMAL", parameter="animal", example="cat", besides="auto")


def test_names_are_the_modules_in_order_and_import_none(animals: ModuleRegistry[Named]) -> None:
    assert animals.names == ("ant", "bat", "cat")
    assert "registered_animals.ant" not in sys.modules


def test_an_object_is_found_by_name_without_importing_the_others(animals: ModuleRegistry[Named]) -> None:
    assert animals.named("cat").name == "cat"
    assert "registered_animals.ant" not in sys.modules


def test_an_unknown_name_is_refused_with_those_that_are_known(animals: ModuleRegistry[Named]) -> None:
    with pytest.raises(
        BadParameter, match=r"auto or one of ant, bat, cat, found 'dog'\. Did you mean 'cat'\? Example: animal=cat"
    ):
        animals.named("dog")


def test_an_object_of_another_name_than_its_modules_is_refused(animals: ModuleRegistry[Named]) -> None:
    with pytest.raises(ImportError, match=r"registered_animals\.bat calls its ANIMAL 'flying_mouse'"):
        animals.all()
