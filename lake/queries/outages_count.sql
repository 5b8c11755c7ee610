-- How many outages touch [start, end) and lie in a box, which may cross the 180th meridian, of one cause or any.
-- parameters: end, start, any_cause, cause, south, north, crosses_180, west, east, west, east, any_place
SELECT count(*) AS outages
FROM outages
WHERE started_at < ? AND (ended_at IS NULL OR ended_at > ?) AND (? OR cause = ?)
  AND ((latitude >= ? AND latitude <= ?
        AND CASE WHEN ? THEN longitude >= ? OR longitude <= ? ELSE longitude >= ? AND longitude <= ? END) OR ?)
