-- What one meter used, day by day in its own time zone; start inclusive, end exclusive.
-- parameters: meter_id, quantity, start_date, end_date
-- files: consumption_daily where meter_id = meter_id and quantity = quantity and local_date from start_date to end_date
SELECT meter_id, local_date, energy_kwh, intervals_present, intervals_expected,
       minutes_present, minutes_expected, minutes_estimated, minutes_edited, minutes_suspect
FROM consumption_daily
WHERE meter_id = ? AND quantity = ? AND local_date >= ? AND local_date < ?
ORDER BY local_date
