-- The mean load of a meter of each segment, hour by hour of UTC, in [start, end); kW.
-- parameters: start, end
-- files: readings where interval_start from start to end
SELECT known.segment, date_trunc('hour', measured.interval_start) AS hour_start,
       sum(measured.value) * 3600 / sum(date_diff('second', measured.interval_start, measured.interval_end)) AS load_kw
FROM readings AS measured
JOIN meters AS known ON known.meter_id = measured.meter_id
WHERE measured.quantity = 'energy' AND measured.interval_start >= ? AND measured.interval_start < ?
  AND known.segment IS NOT NULL AND measured.value IS NOT NULL
GROUP BY known.segment, date_trunc('hour', measured.interval_start)
ORDER BY known.segment, hour_start
