-- What one meter used, month by month in its own time zone; months that begin in [start, end).
-- parameters: meter_id, quantity, start_date, end_date
-- files: consumption_monthly where meter_id = meter_id and quantity = quantity and month_start from start_date to end_date
SELECT meter_id, month_start, energy_kwh, intervals_present, intervals_expected,
       minutes_present, minutes_expected, minutes_estimated, minutes_edited, minutes_suspect
FROM consumption_monthly
WHERE meter_id = ? AND quantity = ? AND month_start >= ? AND month_start < ?
ORDER BY month_start
