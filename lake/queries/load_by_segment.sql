-- The mean load of a meter of each segment, hour by hour of UTC, in [start, end); kW, and of how many meters at the most.
-- The segment is that of the day in UTC, null where none is known.
-- Summed by exact interval first: there are few of these, and clocks are asked once for each.
-- parameters: start, end
-- files: readings where interval_start from start to end
SELECT spans.segment, date_trunc('hour', spans.interval_start) AS hour_start,
       sum(spans.value) * 3600 / sum(spans.intervals * date_diff('second', spans.interval_start, spans.interval_end)) AS load_kw,
       max(spans.intervals) AS meters
FROM (
    SELECT known.segment, measured.interval_start, measured.interval_end, sum(measured.value) AS value, count(*) AS intervals
    FROM readings AS measured
    LEFT JOIN meters_by_day AS known ON known.meter_id = measured.meter_id
        AND (known.valid_from IS NULL OR known.valid_from <= CAST(measured.interval_start AS DATE))
        AND (known.valid_until IS NULL OR CAST(measured.interval_start AS DATE) < known.valid_until)
    WHERE measured.quantity = 'energy' AND measured.interval_start >= ? AND measured.interval_start < ?
      AND measured.value IS NOT NULL
    GROUP BY known.segment, measured.interval_start, measured.interval_end
) AS spans
GROUP BY spans.segment, date_trunc('hour', spans.interval_start)
ORDER BY spans.segment, hour_start
