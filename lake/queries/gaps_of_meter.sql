-- The stretches of time in which one meter sent nothing, each whole, where they touch [start, end): from its first reading on, and up to the newest reading of any meter.
-- parameters: quantity, meter_id, quantity, end, start
-- files: readings where quantity = quantity
SELECT gap_start, gap_end
FROM (
    SELECT sent_until AS gap_start, CASE WHEN next_start IS NULL THEN newest_end ELSE next_start END AS gap_end
    FROM (
        SELECT max(measured.interval_end) OVER (ORDER BY measured.interval_start, measured.interval_end
                                                ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS sent_until,
               lead(measured.interval_start) OVER (ORDER BY measured.interval_start, measured.interval_end) AS next_start,
               fleet.newest_end
        FROM readings AS measured
        CROSS JOIN (SELECT max(interval_end) AS newest_end FROM readings WHERE quantity = ?) AS fleet
        WHERE measured.meter_id = ? AND measured.quantity = ?
    ) AS neighbours
) AS stretches
WHERE gap_end > gap_start AND gap_start < ? AND gap_end > ?
ORDER BY gap_start
