"""What a fault of pydantic's expected, in the words in which all other errors say it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_WORDS = {
    "missing": "a value",
    "greater_than": "a number above {gt}",
    "greater_than_equal": "a number of at least {ge}",
    "less_than": "a number below {lt}",
    "less_than_equal": "a number of at most {le}",
    "string_too_short": "at least {min_length} characters",
    "string_too_long": "at most {max_length} characters",
    "string_type": "a text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "list_type": "a list",
    "json_invalid": "JSON that is whole",
    "model_type": "an object",
    "extra_forbidden": "nothing of this name",
    "timezone_aware": "a time with its offset, as 2024-03-05T09:50:00Z",
}


def expected_of(fault: Mapping[str, Any]) -> str:
    """Return what was expected where one of `ValidationError.errors()` is at fault."""
    words = _WORDS.get(fault["type"])
    if words is not None:
        return words.format(**fault.get("ctx", {}))
    return str(fault["msg"]).removeprefix("Value error, ").removeprefix("Input should be ")
