"""Parameters by name as people give them, held against a declared model: what cannot be is refused by its name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from meterlake.lake.errors import BadParameter
from meterlake.lake.plug_ins.expected_words import expected_of

Parameters = TypeVar("Parameters", bound=BaseModel)


def parameters_from(
    kind: type[Parameters], given: Mapping[str, Any], whose: str, example: str = "its default"
) -> Parameters:
    """Return what was given as the model that declares it.

    Args:
        kind: The model.
        given: Values by name; a text stands for the value that it writes.
        whose: Whose parameters they are, for the message.
        example: What could be given instead, for the message.

    Raises:
        BadParameter: If a name is not one of the model's, or a value cannot be taken.
    """
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"]) or "input"
        expected = f"a parameter of {whose} ({', '.join(kind.model_fields) or 'none'}): {expected_of(first)}"
        raise BadParameter(name, given.get(name), expected, example) from error


def value_of(text: str) -> Any:
    """Return the value that a text writes as JSON, such as a number or a list; any other text is its own value."""
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text
