"""What is wrong with a declaration, in a person's words: the key, what stood there, what may stand there."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from meterlake.etl.conforming.mapping_declaration.part import Part
from meterlake.lake.errors import BadParameter
from meterlake.lake.nearest_names import nearest_names
from meterlake.lake.plug_ins.expected_words import expected_of

_EXAMPLES = {
    "meter_id": "meter",
    "time": "{column: time}",
    "values": "[{column: kwh}]",
    "time.zone": "Europe/Berlin",
    "interval": "{column: Resolution}",
}
# Where the file itself may not say it, what else may stand there.
_WANTED = {"meter_id": "the column that names the meter, or {constant: NAME} where no column does (--meter-id NAME)"}
_PAGE = "as in docs/how-to/bring_your_own_format.md"


def refusal_of(error: ValidationError, declaration: type[Part]) -> BadParameter:
    """Return the first thing that is wrong, a key that is none before one that is missing."""
    # Of a key that may be several things, what went wrong deepest in it was meant.
    every = error.errors()
    unknown = [one for one in every if one["type"] == "extra_forbidden"]
    found = max(unknown or every, key=lambda one: (one["loc"][:1] == every[0]["loc"][:1], len(one["loc"])))
    keys, model = _keys_of(found["loc"], declaration)
    key = ".".join(keys) or "mapping"
    # Of a part that is wrong as a whole, its keys tell a person which one is meant.
    given = f"{{{', '.join(map(str, found['input']))}}}" if isinstance(found["input"], dict) else found["input"]
    if found["type"] == "extra_forbidden" and model is not None:
        known = list(model.keys())
        return BadParameter(
            key, keys[-1], f"one of the keys {', '.join(known)}", _PAGE, nearest=nearest_names(keys[-1], known, 1)
        )
    if found["type"] == "missing":
        return BadParameter(key, "nothing", _WANTED.get(key, "it to be there"), _EXAMPLES.get(key, _PAGE))
    expected = expected_of(found)
    return BadParameter(key, given, expected[:1].lower() + expected[1:], _EXAMPLES.get(key, _PAGE))


def _keys_of(steps: tuple[Any, ...], model: type[Part] | None) -> tuple[list[str], type[Part] | None]:
    """Return the steps that a person wrote, without those into the kinds that a key may be, and the part that they end in."""
    keys: list[str] = []
    place = model
    for number, step in enumerate(steps):
        is_last = number == len(steps) - 1
        if place is None or isinstance(step, int) or is_last:
            if not (is_last and number and isinstance(step, str) and _is_kind(step, place)):
                keys.append(str(step))
            continue
        fields = place.keys()
        if step in fields:
            keys.append(step)
            place = _part_in(fields[step].annotation) or place
    return keys, place


def _is_kind(step: str, place: type[Part] | None) -> bool:
    return step in ("str", "int", "bool", "tuple") or "[" in step or step[:1].isupper()


def _part_in(annotation: Any) -> type[Part] | None:
    """Return the part that a key holds, through lists and choices."""
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return annotation
    inner = (_part_in(one) for one in getattr(annotation, "__args__", ()))
    return next((one for one in inner if one is not None), None)
