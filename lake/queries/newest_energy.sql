-- When the newest energy of each meter from one id to another ends, of readings that begin in [start, end), and how many there are.
-- parameters: first_meter_id, last_meter_id, start, end
-- files: readings where meter_id from first_meter_id to last_meter_id and interval_start from start to end
SELECT meter_id, max(interval_end) AS newest_energy_end, count(*) AS readings
FROM readings
WHERE quantity = 'energy' AND meter_id >= ? AND meter_id <= ? AND interval_start >= ? AND interval_start < ?
GROUP BY meter_id
ORDER BY meter_id
