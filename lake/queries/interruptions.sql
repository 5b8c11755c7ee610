-- Every meter's interruptions by power cuts, announced or not, with its site and time zone.
-- parameters:
SELECT parts.meter_id, places.site_id, places.time_zone, causes.cause, parts.started_at, parts.ended_at
FROM outage_meters AS parts
JOIN outages AS causes ON causes.outage_id = parts.outage_id
LEFT JOIN meters AS places ON places.meter_id = parts.meter_id
WHERE causes.cause IN ('power_cut', 'planned')
ORDER BY parts.started_at, parts.meter_id
