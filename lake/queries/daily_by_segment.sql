-- What a meter of each segment used on a day, the mean over its whole days in [start_date, end_date); by the segment of that day, null where none is known.
-- parameters: start_date, end_date
-- files: consumption_daily where local_date from start_date to end_date
SELECT known.segment, daily.local_date, avg(daily.energy_kwh) AS energy_kwh, count(*) AS meters
FROM consumption_daily AS daily
LEFT JOIN meters_by_day AS known ON known.meter_id = daily.meter_id
    AND (known.valid_from IS NULL OR known.valid_from <= daily.local_date)
    AND (known.valid_until IS NULL OR daily.local_date < known.valid_until)
WHERE daily.quantity = 'energy' AND daily.local_date >= ? AND daily.local_date < ?
  AND daily.intervals_present = daily.intervals_expected
GROUP BY known.segment, daily.local_date
ORDER BY known.segment, daily.local_date
