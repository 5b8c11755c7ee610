"""A module of one's own from a template, with its test: what `meterlake detectors new` and `forecasters new` write.

Enters: a name and a project's root. Leaves: a module and a test that run as they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from meterlake.lake.errors import BadParameter

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


@dataclass(frozen=True)
class Scaffold:
    """What a new one of a kind is made of.

    Attributes:
        room: The room that holds the kind's modules, in a folder of its plural, and the templates.
        kind: What it is, in a word, such as detector.
        module_template: The file in the room's templates that becomes the module; NAME and CLASS stand for the names.
        test_template: The one that becomes its test.
        example: A name that can be given.
    """

    room: str
    kind: str
    module_template: str
    test_template: str
    example: str

    def write(self, name: str, root: Path) -> tuple[Path, Path]:
        """Write a module and its test below a project's root.

        Args:
            name: In small letters with underscores.
            root: The folder that holds the room and tests/.

        Returns:
            The module and the test.

        Raises:
            BadParameter: If the name cannot be used, is taken, or the folder is not a project's root.
        """
        if not _NAME.fullmatch(name):
            raise BadParameter("name", name, "small letters, digits and underscores", self.example)
        modules = Path(self.room) / f"{self.kind}s"
        module = root / modules / f"{name}.py"
        if not module.parent.is_dir():
            raise BadParameter("into", str(root), f"a folder that holds {modules.as_posix()}", ".")
        if module.exists():
            raise BadParameter("name", name, f"a name that no {self.kind} has yet", f"{name}_2")
        test = root / "tests" / "unit" / modules / f"test_{name}.py"
        test.parent.mkdir(parents=True, exist_ok=True)
        module.write_text(self._filled(self.module_template, name), encoding="utf-8")
        test.write_text(self._filled(self.test_template, name), encoding="utf-8")
        return module, test

    def _filled(self, template: str, name: str) -> str:
        text = (files(f"meterlake.{self.room}") / "templates" / template).read_text(encoding="utf-8")
        class_name = "".join(part.capitalize() for part in name.split("_"))
        return text.replace("NAME", name).replace("CLASS", class_name)
