-- The mean load of a meter of each segment, hour by hour of UTC, in [start, end); kW, and of how many meters at the most.
-- The segment is that of the day in UTC, null where none is known.
-- Summed by exact interval and a segment's number first: there are few of these, and clocks and names are asked once for each.
-- parameters: start, end
-- files: readings where interval_start from start to end
WITH known AS (
    SELECT meter_id, segment, dense_rank() OVER (ORDER BY segment) AS number,
           CAST(COALESCE(valid_from, DATE '1900-01-01') AS TIMESTAMP WITH TIME ZONE) AS valid_start,
           CAST(COALESCE(valid_until, DATE '2200-01-01') AS TIMESTAMP WITH TIME ZONE) AS valid_end
    FROM meters_by_day AS spells
),
spans AS (
    SELECT known.number, measured.interval_start, measured.interval_end, sum(measured.value) AS value, count(*) AS intervals
    FROM readings AS measured
    LEFT JOIN known ON known.meter_id = measured.meter_id
        AND known.valid_start <= measured.interval_start AND measured.interval_start < known.valid_end
    WHERE measured.quantity = 'energy' AND measured.interval_start >= ? AND measured.interval_start < ?
      AND measured.value IS NOT NULL
    GROUP BY known.number, measured.interval_start, measured.interval_end
)
SELECT segments.segment, date_trunc('hour', spans.interval_start) AS hour_start,
       sum(spans.value) * 3600 / sum(spans.intervals * date_diff('second', spans.interval_start, spans.interval_end)) AS load_kw,
       max(spans.intervals) AS meters
FROM spans
LEFT JOIN (SELECT DISTINCT number, segment FROM known) AS segments ON segments.number = spans.number
GROUP BY segments.segment, date_trunc('hour', spans.interval_start)
ORDER BY segments.segment, hour_start
