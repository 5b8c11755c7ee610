-- Every outage that an outage management system recorded.
-- parameters:
SELECT record_id, started_at, ended_at, places, customers, reason, note, imported_at, imported_by
FROM recorded_outages
ORDER BY started_at, record_id
