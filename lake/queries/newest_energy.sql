-- When the newest energy of the meters from one id to another ends; null where there is none.
-- parameters: first_meter_id, last_meter_id, start
SELECT max(interval_end) AS newest_energy_end
FROM readings
WHERE quantity = 'energy' AND meter_id >= ? AND meter_id <= ? AND interval_start >= ?
