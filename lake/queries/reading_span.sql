-- From when to when there are readings of a quantity of some meters; null where there are none.
-- parameters: quantity, first_meter_id, last_meter_id
-- files: readings where quantity = quantity and meter_id from first_meter_id to last_meter_id
SELECT min(interval_start) AS first_start, max(interval_start) AS last_start, max(interval_end) AS last_end
FROM readings
WHERE quantity = ? AND meter_id >= ? AND meter_id <= ?
