"""What one step of a run leaves for the next as JSON: a declared model, written and read here alone.

Enters: a model's values, or JSON that a step has left or a state machine hands on. Leaves: the JSON, or the model. A name
that is missing, misspelt or of another kind is refused where it is read, so that no step works with half a plan.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, ValidationError

from meterlake.lake.errors import BadInput

Moment = Annotated[AwareDatetime, AfterValidator(lambda moment: moment.astimezone(dt.UTC))]


class BrokenDocument(BadInput):
    """What a step was handed is not what the step before it writes."""

    def __init__(self, kind: str, error: ValidationError) -> None:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"]) or "it"
        super().__init__(
            f"This is no {kind}: {name}: {first['msg']}. Start the run again; it may have been begun by another version."
        )


class Document(BaseModel):
    """Plain data that goes from step to step."""

    # No namespace is protected: names such as model_data are SageMaker's.
    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    @classmethod
    def read(cls, found: Any) -> Self:
        """Read what `as_json` wrote.

        Raises:
            BrokenDocument: If a name is missing or unknown, or a value is of another kind.
        """
        try:
            return cls.model_validate(found)
        except ValidationError as error:
            raise BrokenDocument(cls.__name__, error) from error

    def as_json(self) -> dict[str, Any]:
        """Return plain data, as JSON and state machines have it."""
        return self.model_dump(mode="json")
