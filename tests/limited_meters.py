"""Meters through which not more than something can flow, and rows beyond it."""

from __future__ import annotations

from meterlake.etl.conforming.mapping_declaration import MappingDeclaration

HALVES = MappingDeclaration.model_validate(
    {
        "meter_id": "id",
        "time": {"column": "t", "zone": "Europe/Berlin"},
        "interval_minutes": 30,
        "values": [{"column": "v"}],
    }
)
# 14 kW are 7 kWh in half an hour; M1 has more from the second of June on, M3 no limit.
LIMITED_METERS = """meter_id,time_zone,highest_kw,valid_from
M1,Europe/Berlin,14,
M1,,30,2024-06-02
M2,Europe/Berlin,14,
M3,Europe/Berlin,,
"""
ROWS_BEYOND = """id,t,v
M1,2024-06-01 00:00,7
M1,2024-06-01 23:30,9
M1,2024-06-02 00:00,9
M1,2024-06-02 00:30,15.5
M2,2024-06-02 00:00,9
M3,2024-06-02 00:00,400
"""
