-- What is known of each meter of late, with the days that it sent energy and the part of their intervals.
SELECT meters.*, sent.first_date, sent.last_date, sent.coverage
FROM meters LEFT JOIN (
    SELECT meter_id, min(local_date) AS first_date, max(local_date) AS last_date,
           sum(intervals_present) / nullif(sum(intervals_expected), 0) AS coverage
    FROM consumption_daily WHERE quantity = 'energy' GROUP BY meter_id
) AS sent ON sent.meter_id = meters.meter_id
