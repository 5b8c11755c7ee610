-- What each meter sent of the days in [start_date, end_date), and its first day of all, from which on it is expected; a page of the meters that were there before the end.
-- A value over several days counts where the range holds all of them. `days_unknown` are those counted before minutes were.
-- parameters: start_date, quantity, end_date, first_meter_id, last_meter_id, after_meter_id, start_date, end_date, quantity, end_date, first_meter_id, last_meter_id, after_meter_id, page_size
-- files: consumption_daily where quantity = quantity and meter_id from first_meter_id to last_meter_id
-- files: consumption_spans where quantity = quantity and meter_id from first_meter_id to last_meter_id
SELECT sent.meter_id, coalesce(max(known.time_zone), 'UTC') AS time_zone, min(sent.first_date) AS expected_from,
       min(CASE WHEN is_asked = 1 THEN sent.first_date END) AS first_date,
       max(CASE WHEN is_asked = 1 THEN sent.last_date END) AS last_date,
       CAST(sum(is_asked * days) AS BIGINT) AS days_with_readings, CAST(sum(is_asked * span_days) AS BIGINT) AS days_in_spans,
       CAST(sum(is_asked * intervals_present) AS BIGINT) AS intervals_present,
       CAST(sum(is_asked * minutes_present) AS BIGINT) AS minutes_present,
       CAST(sum(CASE WHEN is_asked = 1 AND minutes_present IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS days_unknown
FROM (
    SELECT meter_id, local_date AS first_date, local_date AS last_date, 1 AS days, 0 AS span_days, intervals_present, minutes_present,
           CASE WHEN local_date >= ? THEN 1 ELSE 0 END AS is_asked
    FROM consumption_daily
    WHERE quantity = ? AND local_date < ? AND meter_id >= ? AND meter_id <= ? AND meter_id > ?
    UNION ALL
    SELECT meter_id, first_date, last_date, 0 AS days, date_diff('day', first_date, last_date) + 1 AS span_days,
           1 AS intervals_present, minutes AS minutes_present,
           CASE WHEN first_date >= ? AND last_date < ? THEN 1 ELSE 0 END AS is_asked
    FROM consumption_spans
    WHERE quantity = ? AND first_date < ? AND meter_id >= ? AND meter_id <= ? AND meter_id > ?
) AS sent
LEFT JOIN meters AS known ON known.meter_id = sent.meter_id
GROUP BY sent.meter_id
ORDER BY sent.meter_id
LIMIT ?
