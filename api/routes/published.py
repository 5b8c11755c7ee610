"""The published consumption route: lists of lists, exactly as the first system answered, with right numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc
from fastapi import APIRouter, Request
from starlette.responses import Response

from meterlake.api.answering import answer
from meterlake.api.description.route_documents import responses
from meterlake.api.parameters.shared_parameters import MeterId, Period, Year
from meterlake.api.representations import Rendered
from meterlake.api.rounding import rounded
from meterlake.api.routes.meter_routes import get_of_meter
from meterlake.lake.codes.quantities import ENERGY
from meterlake.lake.known_meters import require_meter
from meterlake.lake.metering.local_days import LocalPeriod, year_range
from meterlake.lake.port import Lake

router = APIRouter(tags=["published"])

_PERIODS = {"daily": LocalPeriod.DAY, "weekly": LocalPeriod.WEEK, "monthly": LocalPeriod.MONTH}
_START_COLUMNS = {"daily": "local_date", "weekly": "week_start", "monthly": "month_start"}
# What names a period in the answer, column by column: thousands of dates cost milliseconds one by one.
_PERIOD_CELLS: dict[str, Callable[[pa.ChunkedArray], tuple[pa.ChunkedArray, ...]]] = {
    "daily": lambda days: (pc.replace_substring(days.cast(pa.string()), "-", ""),),
    "weekly": lambda mondays: (pc.iso_year(mondays), pc.iso_week(mondays)),
    "monthly": lambda firsts: (pc.year(firsts), pc.month(firsts)),
}


@get_of_meter(
    router,
    "/consumption/{aggregation}/{year}/{meter_id}",
    summary="Energy of one meter in one year, by day, ISO week or month",
    response_model=list[list[str | int | float | None]],
    responses=responses(
        "Ordered rows: meter, day (YYYYMMDD) or ISO week year and week or year and month, kWh.",
        [["MAC001595", "20130221", 5.316], ["MAC001595", "20130222", 5.7]],
        "unknown-meter",
        "bad-parameter",
    ),
)
async def read_consumption_of_year(request: Request, aggregation: Period, year: Year, meter_id: MeterId) -> Response:
    """Answer with the meter's energy, a row a period; a period without a reading has no row.

    A week belongs to its ISO 8601 week year: 2012-12-31 begins week 1 of 2013.
    """

    def compute(lake: Lake) -> Rendered:
        return Rendered(orjson.dumps(_rows(lake, aggregation, year, meter_id)))

    return await answer(request, compute)


def _rows(lake: Lake, aggregation: str, year: int, meter_id: str) -> list[tuple[Any, ...]]:
    first, last = year_range(year, _PERIODS[aggregation])
    found = lake.ask(
        f"consumption_{aggregation}", meter_id=meter_id, quantity=ENERGY.name, start_date=first, end_date=last
    )
    if found.num_rows == 0:
        require_meter(lake, meter_id)
    cells = _PERIOD_CELLS[aggregation](found.column(_START_COLUMNS[aggregation]))
    energies = rounded(found.column("energy_kwh"))
    # A missing energy is NaN in numpy, which orjson writes as null.
    columns = [column.to_numpy(zero_copy_only=False).tolist() for column in (*cells, energies)]
    return [(meter_id, *row) for row in zip(*columns, strict=True)]
