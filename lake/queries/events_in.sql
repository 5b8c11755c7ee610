-- What meters reported in [start, end), with where they stand; of one code in any case, or of any.
-- parameters: start, end, any_code, code
-- files: meter_events where at from start to end
SELECT reports.meter_id, reports.at, reports.code, places.latitude, places.longitude
FROM meter_events AS reports
LEFT JOIN meters AS places ON places.meter_id = reports.meter_id
WHERE reports.at >= ? AND reports.at < ? AND (? OR upper(reports.code) = upper(?))
ORDER BY reports.at, reports.meter_id, reports.code
