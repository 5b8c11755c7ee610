-- Outages that touch [start, end) and lie in a box, which may cross the 180th meridian, of one cause or any, in order of their start; from after a start and id on.
-- parameters: end, start, any_cause, cause, south, north, crosses_180, west, east, west, east, any_place, after_started_at, after_started_at, after_outage_id, page_size
SELECT outage_id, cause, started_at, ended_at, meters, customer_minutes, confidence, evidence, site_id, transformer_id,
       latitude, longitude, radius_m
FROM outages
WHERE started_at < ? AND (ended_at IS NULL OR ended_at > ?) AND (? OR cause = ?)
  AND ((latitude >= ? AND latitude <= ?
        AND CASE WHEN ? THEN longitude >= ? OR longitude <= ? ELSE longitude >= ? AND longitude <= ? END) OR ?)
  AND (started_at > ? OR (started_at = ? AND outage_id > ?))
ORDER BY started_at, outage_id
LIMIT ?
