-- How many rows each table holds.
-- parameters:
SELECT 'readings' AS table_name, count(*) AS row_count FROM readings
UNION ALL SELECT 'superseded', count(*) FROM superseded
UNION ALL SELECT 'meter_events', count(*) FROM meter_events
UNION ALL SELECT 'quarantine', count(*) FROM quarantine
UNION ALL SELECT 'ingests', count(*) FROM ingests
UNION ALL SELECT 'meters', count(*) FROM meters
UNION ALL SELECT 'weather', count(*) FROM weather
UNION ALL SELECT 'consumption_daily', count(*) FROM consumption_daily
UNION ALL SELECT 'consumption_weekly', count(*) FROM consumption_weekly
UNION ALL SELECT 'consumption_monthly', count(*) FROM consumption_monthly
UNION ALL SELECT 'anomaly_scores', count(*) FROM anomaly_scores
ORDER BY table_name
