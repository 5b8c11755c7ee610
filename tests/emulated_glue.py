"""What the emulator's Glue lacks of Glue's own: UpdateTable with a VersionId that is no longer the table's is refused.

Iceberg's commits on AWS rest on just that. The emulator takes every update, so that without this a lost update would pass.
"""

from __future__ import annotations

import threading

import pytest
from moto.core.responses import ActionResult
from moto.glue.exceptions import GlueClientError
from moto.glue.responses import GlueResponse

_ONE_AT_A_TIME = threading.Lock()


class _ConcurrentModification(GlueClientError):
    """As Glue says it."""

    def __init__(self) -> None:
        super().__init__("ConcurrentModificationException", "Update table failed due to concurrent modifications.")


def honour_table_versions(patch: pytest.MonkeyPatch) -> None:
    """Have the emulator compare versions, as Glue does."""
    update = GlueResponse.update_table

    def compare_and_update(request: GlueResponse) -> ActionResult:
        database, name = request.parameters["DatabaseName"], request.parameters["TableInput"]["Name"]
        with _ONE_AT_A_TIME:
            held = request.glue_backend.get_table(database, name).as_dict()["VersionId"]
            if request.parameters.get("VersionId", held) != held:
                raise _ConcurrentModification
            return update(request)

    patch.setattr(GlueResponse, "update_table", compare_and_update)
