-- Meters that are still away, since when, and where they stand; those that stopped for good are not awaited.
-- parameters:
SELECT lost.meter_id, lost.started_at, stay.time_zone, stay.site_id, stay.building_id, stay.transformer_id, stay.feeder_id,
       stay.substation_id, stay.district_id
FROM outage_meters AS lost
JOIN outages AS whole ON whole.outage_id = lost.outage_id
JOIN services AS stay ON stay.meter_id = lost.meter_id AND stay.served_until IS NULL
WHERE lost.ended_at IS NULL AND whole.cause NOT IN ('meter_stopped', 'rejected')
ORDER BY lost.meter_id, lost.started_at
