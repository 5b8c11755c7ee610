-- When each model version forecast intervals that lie in [start, end), and for how many meters.
-- parameters: start, end
-- files: forecasts where interval_start from start to end
SELECT model_name, model_version, issued_at, min(date_diff('minute', interval_start, interval_end)) AS interval_minutes,
       count(DISTINCT interval_start) AS intervals, count(DISTINCT meter_id) AS meters
FROM forecasts
WHERE interval_start >= ? AND interval_start < ?
GROUP BY model_name, model_version, issued_at
ORDER BY model_name, model_version, issued_at
