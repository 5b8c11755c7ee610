-- Meters that lost intervals to power cuts, announced or not, in [start, end), with where they stand and what they reported.
-- parameters: end, start
SELECT parts.meter_id, parts.first_lost_at, parts.interval_minutes, parts.intervals_lost, parts.codes, places.latitude,
       places.longitude
FROM outage_meters AS parts
JOIN outages AS causes ON causes.outage_id = parts.outage_id
LEFT JOIN meters AS places ON places.meter_id = parts.meter_id
WHERE causes.cause IN ('power_cut', 'planned') AND parts.first_lost_at IS NOT NULL AND parts.first_lost_at < ?
  AND (parts.ended_at IS NULL OR parts.ended_at + INTERVAL '1' DAY > ?)
ORDER BY parts.first_lost_at, parts.meter_id
