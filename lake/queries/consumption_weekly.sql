-- What one meter used, ISO week by ISO week in its own time zone; weeks that begin in [start, end).
-- parameters: meter_id, quantity, start_date, end_date
-- files: consumption_weekly where meter_id = meter_id and quantity = quantity and week_start from start_date to end_date
SELECT meter_id, week_start, energy_kwh, intervals_present, intervals_expected,
       minutes_present, minutes_expected, minutes_estimated, minutes_edited, minutes_suspect
FROM consumption_weekly
WHERE meter_id = ? AND quantity = ? AND week_start >= ? AND week_start < ?
ORDER BY week_start
