"""What a cubic metre of gas holds: the calorific value from each day on, and the correction of the volume."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import BeforeValidator, Field
from pydantic_settings import SettingsConfigDict

from meterlake.lake.errors import BadParameter
from meterlake.lake.settings import MeterlakeSettings

_MJ_IN_A_KWH = 3.6
# A day and what holds from it on; in a setting they are an object.
_Dated = Annotated[
    tuple[tuple[dt.date, Annotated[float, Field(gt=0, lt=1_000)]], ...],
    BeforeValidator(lambda given: tuple(given.items()) if isinstance(given, dict) else given),
]


class GasSettings(MeterlakeSettings):
    """Settings of the energy in gas; each is the environment variable METERLAKE_GAS_ and its name in capitals."""

    model_config = SettingsConfigDict(env_prefix="METERLAKE_GAS_")

    calorific_mj_m3: _Dated = Field(
        default=(),
        description="Calorific value of gas, MJ a cubic metre, from each local day on, as a JSON object: "
        "{'2024-01-01': 39.2, '2024-02-01': 39.4}.",
    )
    correction: float = Field(
        default=1.0,
        gt=0,
        lt=10,
        description="What volumes are multiplied by for temperature and pressure; 1.02264 for homes in Great Britain.",
    )

    def kwh_a_m3(self, day: dt.date) -> float:
        """Return the energy of a metered cubic metre on a day.

        Energy is volume * correction * calorific value ÷ 3.6, as in the Gas (Calculation of Thermal Energy) Regulations 1996.

        Raises:
            BadParameter: If no calorific value holds on that day.
        """
        values = [value for first, value in sorted(self.calorific_mj_m3) if first <= day]
        if not values:
            wanted = f"a calorific value that holds on {day}, by the day from which it holds"
            raise BadParameter(
                "METERLAKE_GAS_CALORIFIC_MJ_M3", dict(self.calorific_mj_m3), wanted, f'{{"{day}": 39.2}}'
            )
        return values[-1] * self.correction / _MJ_IN_A_KWH
