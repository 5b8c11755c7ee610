-- Readings of energy that begin in [start, end) and are no longer than a limit, of the meters from one id to another.
-- Who wants hours adds them up: to group by meter and hour takes longer than to hand everything out.
-- parameters: first_meter_id, last_meter_id, start, end, longest_seconds
-- files: readings where meter_id from first_meter_id to last_meter_id and interval_start from start to end
SELECT meter_id, interval_start, interval_end, value AS energy_kwh
FROM readings
WHERE quantity = 'energy' AND meter_id >= ? AND meter_id <= ? AND interval_start >= ? AND interval_start < ?
  AND to_unixtime(interval_end) - to_unixtime(interval_start) <= ? AND value IS NOT NULL
