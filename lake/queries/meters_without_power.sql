-- Meters that lost intervals to power cuts, announced or not, in [start, end), with where they stand and what they reported.
-- parameters: end, start
SELECT parts.meter_id, parts.first_lost_at, parts.interval_minutes, parts.intervals_lost, parts.codes, places.latitude,
       places.longitude
FROM interruptions AS parts
LEFT JOIN meters AS places ON places.meter_id = parts.meter_id
WHERE parts.first_lost_at IS NOT NULL AND parts.first_lost_at < ?
  AND (parts.returned_at IS NULL OR parts.returned_at + INTERVAL '1' DAY > ?)
ORDER BY parts.first_lost_at, parts.meter_id
