-- What meters of each zone sent on each day in [start_date, end_date): how many they were, and how much of the day they measured.
-- `meters_unknown` are those whose day was counted before minutes were.
-- parameters: quantity, start_date, end_date, first_meter_id, last_meter_id
-- files: consumption_daily where quantity = quantity and local_date from start_date to end_date and meter_id from first_meter_id to last_meter_id
SELECT coalesce(known.time_zone, 'UTC') AS time_zone, daily.local_date, count(*) AS meters,
       CAST(sum(daily.intervals_present) AS BIGINT) AS intervals_present,
       CAST(sum(daily.minutes_present) AS BIGINT) AS minutes_present,
       CAST(sum(CASE WHEN daily.minutes_present IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS meters_unknown
FROM consumption_daily AS daily
LEFT JOIN meters AS known ON known.meter_id = daily.meter_id
WHERE daily.quantity = ? AND daily.local_date >= ? AND daily.local_date < ? AND daily.meter_id >= ? AND daily.meter_id <= ?
GROUP BY coalesce(known.time_zone, 'UTC'), daily.local_date
ORDER BY daily.local_date, time_zone
