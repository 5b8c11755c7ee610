-- The stretches of time between a meter's first and last reading in which it sent nothing.
-- parameters: meter_id, quantity, start, end
-- files: readings where meter_id = meter_id and quantity = quantity and interval_start from start to end
SELECT interval_end AS gap_start, next_start AS gap_end
FROM (
    SELECT interval_end, lead(interval_start) OVER (ORDER BY interval_start) AS next_start
    FROM readings
    WHERE meter_id = ? AND quantity = ? AND interval_start >= ? AND interval_start < ?
) AS neighbours
WHERE next_start > interval_end
ORDER BY gap_start
