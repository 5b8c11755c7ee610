-- What each meter drew in each window; a slot is the window's number since 1970. A reading of just the window is taken as it is,
-- shorter ones are put together where they fill the window, and longer ones, which belong to no one window, are left out.
-- with: chosen
SELECT meter_id, epoch_us(interval_start) // $window_us AS slot, value * $scale AS kw
FROM chosen
WHERE epoch_us(interval_end) - epoch_us(interval_start) = $window_us AND epoch_us(interval_start) % $window_us = 0
UNION ALL
SELECT meter_id, epoch_us(interval_start) // $window_us AS slot,
       CASE WHEN $adds_up THEN sum(value) * $scale
            ELSE sum(value * (epoch_us(interval_end) - epoch_us(interval_start))) / $window_us END AS kw
FROM chosen
WHERE epoch_us(interval_end) - epoch_us(interval_start) < $window_us
GROUP BY meter_id, epoch_us(interval_start) // $window_us
HAVING sum(epoch_us(interval_end) - epoch_us(interval_start)) = $window_us
