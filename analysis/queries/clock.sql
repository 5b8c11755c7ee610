-- Each window on the local clock: asked once a window and not once a reading.
-- with: chosen
SELECT slot, CAST(local_start AS DATE) AS local_date, hour(local_start) + minute(local_start) / 60 AS hour,
       (month(local_start) % 12) // 3 AS season, month(local_start) AS month, isodow(local_start) - 1 AS weekday,
       CAST(isodow(local_start) > 5 AS INTEGER) AS day_type
FROM (
    SELECT slot, timezone($tz, make_timestamptz(slot * $window_us)) AS local_start
    FROM (
        SELECT unnest(range(min(epoch_us(interval_start)) // $window_us, max(epoch_us(interval_start)) // $window_us + 1)) AS slot
        FROM chosen
    ) AS slots
) AS windows
