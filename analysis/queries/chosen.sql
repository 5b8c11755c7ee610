-- The readings that are meant: of some meters or all, in [start, end), of one quantity.
SELECT meter_id, interval_start, interval_end, value
FROM readings
WHERE quantity = $quantity AND interval_start >= $start AND interval_start < $end AND value IS NOT NULL AND {of_meters}
