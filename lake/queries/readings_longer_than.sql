-- The readings of some meters that touch [start, end) and are longer than a limit: stands far apart, totals of days and months.
-- No reading is longer than 400 days, so none that touches the range begins before `reach_start`.
-- parameters: quantity, first_meter_id, last_meter_id, reach_start, end, start, longest_seconds
-- files: readings where quantity = quantity and meter_id from first_meter_id to last_meter_id and interval_start from reach_start to end
SELECT meter_id, interval_start, interval_end, value, quality
FROM readings
WHERE quantity = ? AND meter_id >= ? AND meter_id <= ? AND interval_start >= ? AND interval_start < ? AND interval_end > ?
  AND to_unixtime(interval_end) - to_unixtime(interval_start) > ? AND value IS NOT NULL
ORDER BY meter_id, interval_start
