"""What is found by its module's name: raw formats, detectors, forecasters. Adding one is adding a module to a package.

Enters: a package whose modules each end with one object under the same attribute, named as its module is. Leaves: the
object of a name. A module is imported when it is asked for by name, so that one that needs a heavy library costs
nothing to those who use another.
"""

from __future__ import annotations

from functools import cached_property
from importlib import import_module
from pkgutil import iter_modules
from typing import Generic, Protocol, TypeVar

from meterlake.lake.errors import BadParameter
from meterlake.lake.nearest_names import nearest_names


class Named(Protocol):
    """What a registry holds."""

    @property
    def name(self) -> str:
        """The name it is asked for by, which is its module's."""
        ...


T = TypeVar("T", bound=Named)


class ModuleRegistry(Generic[T]):
    """The objects of one package's modules.

    Args:
        package: The package's full name.
        attribute: What each module calls its object, as in FORMAT.
        parameter: What a name is given as, for the message where it is none.
        example: A name that can be given.
        besides: A word that callers take besides the names, for the same message.
    """

    def __init__(self, package: str, attribute: str, *, parameter: str, example: str, besides: str = "") -> None:
        self.package = package
        self.attribute = attribute
        self.parameter = parameter
        self.example = example
        self.besides = besides

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every name, in order; nothing is imported for it but the package."""
        return tuple(sorted(found.name for found in iter_modules(import_module(self.package).__path__)))

    def named(self, name: str) -> T:
        """Return the object of this name; the other modules are not imported.

        Raises:
            BadParameter: If there is none.
            ImportError: If the module calls its object otherwise than itself.
        """
        if name not in self.names:
            known = f"{self.besides} or " * bool(self.besides) + f"one of {', '.join(self.names)}"
            raise BadParameter(self.parameter, name, known, self.example, nearest=nearest_names(name, self.names, 1))
        module = f"{self.package}.{name}"
        found: T = getattr(import_module(module), self.attribute)
        if found.name != name:
            raise ImportError(f"{module} calls its {self.attribute} {found.name!r}: the two names must be one")
        return found

    def all(self) -> dict[str, T]:
        """Return every object by its name, in the order of the names."""
        return {name: self.named(name) for name in self.names}
