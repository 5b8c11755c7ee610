"""A good request of every route over the small lake of tests.lake_fixture."""

from __future__ import annotations

GOOD_REQUESTS = {
    "/consumption/{aggregation}/{year}/{meter_id}": "/consumption/daily/2013/MAC000005",
    "/v1/meters": "/v1/meters?limit=1",
    "/v1/meters/{meter_id}": "/v1/meters/MAC000005",
    "/v1/meters/{meter_id}/readings": (
        "/v1/meters/MAC000005/readings?start=2013-01-02T00:00:00Z&end=2013-01-04T00:00:00Z&limit=5"
    ),
    "/v1/meters/{meter_id}/consumption": (
        "/v1/meters/MAC000005/consumption?start=2013-01-02T00:00:00Z&end=2014-01-04T00:00:00Z"
    ),
    "/anomaly/{meter_id}": "/anomaly/MAC000005?data_start=2013-01-01&data_end=2014-01-01",
    "/v1/meters/{meter_id}/anomalies": (
        "/v1/meters/MAC000005/anomalies?start=2013-01-02T00:00:00Z&end=2014-01-04T00:00:00Z"
    ),
    "/v1/anomalies": "/v1/anomalies",
    "/forecast/{meter_id}": "/forecast/MAC000005?data_start=2013-01-01&data_end=2013-01-04&quantiles=0.1,0.9",
    "/v1/meters/{meter_id}/forecasts": "/v1/meters/MAC000005/forecasts?issued_at=2013-01-04T00:00:00Z",
    "/consumption/{aggregation}/{year}": "/consumption/daily/2013?meter_id=MAC000005",
    "/v1/meter": "/v1/meter?meter_id=MAC000005",
    "/v1/meter/readings": "/v1/meter/readings?meter_id=MAC000005&start=2013-01-02T00:00:00Z&end=2013-01-04T00:00:00Z",
    "/v1/meter/consumption": (
        "/v1/meter/consumption?meter_id=MAC000005&start=2013-01-02T00:00:00Z&end=2014-01-04T00:00:00Z"
    ),
    "/anomaly": "/anomaly?meter_id=MAC000005&data_start=2013-01-01&data_end=2014-01-01",
    "/v1/meter/anomalies": "/v1/meter/anomalies?meter_id=MAC000005&start=2013-01-02T00:00:00Z&end=2014-01-04T00:00:00Z",
    "/forecast": "/forecast?meter_id=MAC000005&data_start=2013-01-01&data_end=2013-01-04&quantiles=0.1,0.9",
    "/v1/meter/forecasts": "/v1/meter/forecasts?meter_id=MAC000005&issued_at=2013-01-04T00:00:00Z",
    "/v1/models": "/v1/models",
    "/outage": "/outage?start_date_time=2013-01-03%2000:00:00.000&end_date_time=2013-01-04%2000:00:00.000",
    "/v1/outages": "/v1/outages?limit=1",
    "/v1/reliability": "/v1/reliability",
    "/v1/outages/{outage_id}/words": "/v1/outages/out-000000000001/words",
    "/v1/outage-records": "/v1/outage-records",
    "/v1/filings/differences": "/v1/filings/differences",
    "/v1/meters/{meter_id}/demand": "/v1/meters/MAC000005/demand?start=2013-01-01T00:00:00Z&end=2014-01-01T00:00:00Z",
    "/v1/meter/demand": "/v1/meter/demand?meter_id=MAC000005&start=2013-01-01T00:00:00Z&end=2014-01-01T00:00:00Z",
    "/v1/groups/{by}/consumption": "/v1/groups/tariff/consumption",
    "/v1/groups/{by}/peaks": "/v1/groups/tariff/peaks?start=2013-01-01T00:00:00Z&end=2014-01-01T00:00:00Z",
    "/v1/groups/{by}/forecasts": "/v1/groups/fleet/forecasts?group=all",
    "/v1/groups/{by}/{group}/forecasts": "/v1/groups/fleet/all/forecasts",
    "/v1/changes": "/v1/changes?since=2000-01-01T00:00:00Z&with_new=true",
    "/v1/quality": "/v1/quality",
    "/v1/ingests": "/v1/ingests",
    "/v1/health": "/v1/health",
}
