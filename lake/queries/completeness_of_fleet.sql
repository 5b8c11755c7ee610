-- Which part of each meter's day was measured, for the days in [start_date, end_date); a day without a reading has no row.
-- parameters: start_date, end_date
-- files: consumption_daily where local_date from start_date to end_date
SELECT meter_id, local_date, CAST(intervals_present AS DOUBLE) / intervals_expected AS completeness_fraction
FROM consumption_daily
WHERE quantity = 'energy' AND local_date >= ? AND local_date < ?
ORDER BY meter_id, local_date
