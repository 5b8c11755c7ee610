"""What a person is told when a command does not come to its end: one sentence, and an exit code.

2 is for what was asked or the lake, 130 for a command that was stopped, as shells have it. A fault of the program is none of
these: it shows where it happened.
"""

from __future__ import annotations

import errno
from importlib.metadata import PackageNotFoundError, requires

REFUSED, STOPPED = 2, 130

_OF_THE_SYSTEM = {
    errno.EADDRINUSE: "that address is taken by another program; name another with --port",
    errno.EADDRNOTAVAIL: "this machine has no such address; name another with --host",
    errno.EACCES: "it may not be opened; look at its rights",
    errno.EPERM: "it may not be opened; look at its rights",
    errno.EROFS: "nothing can be written there",
    errno.ENOSPC: "the disk is full; nothing half done was published. Make room and run the same command again",
    errno.EDQUOT: "the quota of the disk is used up; make room and run the same command again",
    errno.ENOENT: "it is not there",
    errno.EISDIR: "it is a folder",
    errno.ENOTDIR: "a part of its path is no folder",
    errno.ENAMETOOLONG: "its name is too long",
}


def sentence_of(error: BaseException) -> tuple[str, int] | None:
    """Return what is said of an error and the exit code; None for a fault of the program."""
    from meterlake.lake.errors import MeterlakeError

    if isinstance(error, MeterlakeError):
        return str(error), REFUSED
    if isinstance(error, KeyboardInterrupt) or str(error) == "Query interrupted":  # the engine's own word for it
        return "stopped. Nothing half done was published; the same command goes on where this one was.", STOPPED
    if isinstance(error, ModuleNotFoundError) and error.name:
        extra = _extra_with(error.name.partition(".")[0])
        if extra:
            return f"This needs {error.name}. Install it with: pip install 'meterlake[{extra}]'", REFUSED
    if isinstance(error, OSError) and error.errno in _OF_THE_SYSTEM:
        place = f"{error.filename}: " if error.filename else ""
        return f"{place}{_OF_THE_SYSTEM[error.errno]}.", REFUSED
    if type(error).__name__ == "ValidationError" and type(error).__module__.startswith("pydantic"):
        return _setting_of(error), REFUSED
    return None


def _extra_with(module: str) -> str | None:
    """Return the extra that brings a module, told by the package's own list of what it needs."""
    try:
        needed = requires("meterlake") or []
    except PackageNotFoundError:
        return None
    for line in needed:
        name, _, marker = line.partition(";")
        is_named = name.strip().partition("[")[0].lower().replace("_", "-").startswith(module.lower().replace("_", "-"))
        if is_named and "extra ==" in marker:
            return marker.rpartition("extra ==")[2].strip().strip("'\"")
    return None


def _setting_of(error: BaseException) -> str:
    """Return which setting cannot be used, as its variable, and why; never what it was given, which may be a secret."""
    from meterlake.lake.plug_ins.expected_words import expected_of
    from meterlake.lake.settings import MeterlakeSettings

    prefixes = {model.__name__: model.model_config.get("env_prefix") for model in MeterlakeSettings.__subclasses__()}
    found = error.errors()[0]  # type: ignore[attr-defined]
    name = "_".join(str(part) for part in found["loc"]).upper()
    prefix = prefixes.get(error.title, "METERLAKE_")  # type: ignore[attr-defined]
    return f"The setting {prefix}{name} cannot be used: expected {expected_of(found)}. docs/reference/settings.md lists the settings."
