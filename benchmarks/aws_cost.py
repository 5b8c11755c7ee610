"""What the platform costs a month in an AWS account, worked out from named assumptions.

    python -m benchmarks.aws_cost

Nothing is asked of AWS. Prices are list prices of us-east-1 as of writing: check them. Rates of work are the project's own
measurements where it has any, and said to be guesses where not. Prints the table of docs/how-to/what_it_costs_on_aws.md;
last, one JSON line.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

# List prices, US dollars, us-east-1.
S3_GB_MONTH = 0.023
S3_COLD_GB_MONTH = 0.0125
S3_PUT_1000 = 0.005
S3_GET_1000 = 0.0004
GLUE_DPU_HOUR = 0.44
ATHENA_TB = 5.00
API_MILLION = 3.50
LAMBDA_MILLION = 0.20
LAMBDA_GB_SECOND = 0.0000166667
STATES_1000 = 0.025
ML_M5_XLARGE_HOUR = 0.23
KMS_KEY_MONTH = 1.00
ALARM_MONTH = 0.10
LOGS_GB = 0.50

# Assumptions.
READINGS_A_METER_DAY = 48
RAW_BYTES_A_READING = 60
LAKE_BYTES_A_READING = 3.0
KEPT_MONTHS = 12
DAYS = 30
# Glue: a job is asked for by the second, a minute at least, and starts and installs libraries before it works.
START_MINUTES = 3.0
# Before its first row Spark plans for so long, and then takes so many readings; benchmarks/etl_spark.py on two cores, of which a
# DPU has four.
SPARK_PLANS_MINUTES = 0.7
SPARK_READINGS_A_SECOND_A_DPU = 270_000
ANOMALY_METERS_A_SECOND = 2_000
# Whether something landed is looked at every five minutes; a run that finds nothing passes so many states and plans so long.
LOOKS_A_DAY = 288
STATES_A_LOOK = 5
LOOK_SECONDS = 1.0
# One look-up of the API that the function's own store does not answer: a month of one quantity of the fleet is read for
# the columns that it needs, less what Athena skips by the files' ranges of meters.
ASKS_A_METER_MONTH = 4.0
ANSWERED_FROM_STORE = 0.5
SCANNED_MB_AT_LEAST = 10.0
LAMBDA_SECONDS = 1.5
LAMBDA_GB = 1.769
BATCH_METERS_A_SECOND = 100
TRAINING_HOURS = 2.0
TRAININGS_A_MONTH = 1
ALARMS = 16


@dataclass(frozen=True)
class Fleet:
    """A size: how many meters, and the workers that NoOfMeters gives it, in DPUs."""

    meters: int
    ingest_dpu: int
    stage_dpu: int


FLEETS = (Fleet(5_000, 4, 2), Fleet(50_000, 4, 2), Fleet(1_000_000, 20, 8))


def monthly_costs(fleet: Fleet) -> dict[str, float]:
    """Return dollars a month by what they are paid for."""
    readings = fleet.meters * READINGS_A_METER_DAY
    raw_gb = readings * DAYS * KEPT_MONTHS * RAW_BYTES_A_READING / 1e9
    lake_gb = readings * DAYS * KEPT_MONTHS * LAKE_BYTES_A_READING / 1e9
    asks = fleet.meters * ASKS_A_METER_MONTH
    scanned_mb = max(SCANNED_MB_AT_LEAST, readings * DAYS * LAKE_BYTES_A_READING / 1e6 / _files(readings))
    ingest_hours = (START_MINUTES + SPARK_PLANS_MINUTES) / 60 + readings / (
        SPARK_READINGS_A_SECOND_A_DPU * fleet.ingest_dpu
    ) / 3600
    # Anomalies and outages follow the upload and come once more at night: four short runs a day.
    stage_hours = 4 * (START_MINUTES / 60 + fleet.meters / ANOMALY_METERS_A_SECOND / 3600)
    forecast_hours = 2 * START_MINUTES / 60 + fleet.meters / BATCH_METERS_A_SECOND / 3600
    return {
        "S3, raw files and lake of a year": raw_gb * S3_COLD_GB_MONTH + lake_gb * S3_GB_MONTH,
        "S3, requests": DAYS * 2_000 / 1000 * S3_PUT_1000 + asks * 20 / 1000 * S3_GET_1000,
        "Glue, ingest once a day": DAYS * ingest_hours * fleet.ingest_dpu * GLUE_DPU_HOUR,
        "Glue, anomalies and outages": DAYS * stage_hours * fleet.stage_dpu * GLUE_DPU_HOUR,
        "Athena, scans of the API": asks * (1 - ANSWERED_FROM_STORE) * scanned_mb / 1e6 * ATHENA_TB,
        "API Gateway": asks / 1e6 * API_MILLION,
        "Lambda": asks / 1e6 * LAMBDA_MILLION + asks * LAMBDA_SECONDS * LAMBDA_GB * LAMBDA_GB_SECOND,
        "Looks for what landed": DAYS
        * LOOKS_A_DAY
        * (STATES_A_LOOK * STATES_1000 / 1000 + LAMBDA_MILLION / 1e6 + LOOK_SECONDS * LAMBDA_GB * LAMBDA_GB_SECOND),
        "Forecasts every night (batch and two Glue runs)": DAYS
        * (forecast_hours * ML_M5_XLARGE_HOUR + 2 * START_MINUTES / 60 * fleet.stage_dpu * GLUE_DPU_HOUR),
        "Training once a month": TRAININGS_A_MONTH * TRAINING_HOURS * ML_M5_XLARGE_HOUR,
        "Key, alarms, logs": KMS_KEY_MONTH + ALARMS * ALARM_MONTH + 2 * LOGS_GB,
    }


def _files(readings_a_day: float) -> float:
    """Return how many files a month of one quantity lies in: of 100 MB, sorted by meter, of which a look-up reads one."""
    return max(1.0, readings_a_day * DAYS * LAKE_BYTES_A_READING / 100e6)


def main() -> None:
    """Print the table."""
    costs = {fleet.meters: monthly_costs(fleet) for fleet in FLEETS}
    first, *_ = costs.values()
    print("| dollars a month | " + " | ".join(f"{meters:,} meters" for meters in costs) + " |")
    print("|---|" + "---:|" * len(costs))
    for name in first:
        print(f"| {name} | " + " | ".join(f"{one[name]:,.2f}" for one in costs.values()) + " |")
    print("| **together** | " + " | ".join(f"**{sum(one.values()):,.0f}**" for one in costs.values()) + " |")
    each = (f"{100 * sum(one.values()) / meters:.2f}" for meters, one in costs.items())
    print("| cents a meter | " + " | ".join(each) + " |")
    print(json.dumps({str(meters): round(sum(one.values()), 2) for meters, one in costs.items()}))


if __name__ == "__main__":
    main()
