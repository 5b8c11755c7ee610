"""Requests of every published route over the small lake, good ones and bad ones."""

from __future__ import annotations

JANUARY = "start=2013-01-02T00:00:00Z&end=2013-01-05T00:00:00Z"
YEAR = "start=2013-01-01T00:00:00Z&end=2014-01-01T00:00:00Z"
GOOD = [
    "/anomaly/MAC000005?data_start=2013-01-01&data_end=2014-01-01&outlier_only=1",
    "/consumption/daily/2013/MAC000005",
    "/consumption/weekly/2013/MAC000005",
    "/consumption/monthly/2013/MAC000005",
    "/forecast/MAC000005?data_start=2013-01-02&data_end=2013-01-04",
    "/outage?start_date_time=2013-01-03%2000:00:00&end_date_time=2013-01-04%2000:00:00",
    "/v1/meters",
    "/v1/meters/MAC000005",
    f"/v1/meters/MAC000005/readings?{JANUARY}",
    f"/v1/meters/MAC000005/consumption?{YEAR}",
    f"/v1/meters/MAC000005/anomalies?{YEAR}",
    f"/v1/meters/MAC000005/forecasts?{JANUARY}",
    f"/v1/outages?{JANUARY}",
    f"/v1/quality?{YEAR}",
    "/v1/ingests",
    "/v1/models",
    "/v1/health",
    "/openapi.json",
]
BAD = {
    "/anomaly/NOBODY?data_start=2013-01-01&data_end=2014-01-01": (404, "unknown-meter"),
    "/anomaly/MAC000005?data_start=yesterday&data_end=2014-01-01": (422, "bad-parameter"),
    "/consumption/hourly/2013/MAC000005": (422, "bad-parameter"),
    "/consumption/daily/2013/NOBODY": (404, "unknown-meter"),
    "/forecast/MAC000005?data_start=2013-01-02": (422, "bad-parameter"),
    "/forecast/MAC000005?data_start=2013-01-02&data_end=2013-01-04&ml_endpoint_name=none": (404, "not-found"),
    "/outage?start_date_time=2010-01-01%2000:00:00&end_date_time=2014-01-01%2000:00:00": (413, "range-too-wide"),
    "/v1/meters/NOBODY": (404, "unknown-meter"),
    "/v1/meters/MAC000005/readings?start=2013-01-02T00:00:00&end=2013-01-03T00:00:00": (422, "bad-parameter"),
    "/v1/nothing": (404, "unknown-path"),
}
