-- How good forecasts were, as meterlake.forecasting.evaluation.accuracy counts it: pinball loss, weighted quantile loss, the median's
-- error over that of the same time a day before in the four weeks before the forecast, and what the widest band holds.
WITH moments AS (
    SELECT DISTINCT issued_at, epoch_us(interval_end) - epoch_us(interval_start) AS window_us FROM held
), before AS (
    SELECT readings.meter_id, moments.issued_at, moments.window_us,
           epoch_us(readings.interval_start) // moments.window_us AS slot, sum(readings.value) AS kwh
    FROM readings JOIN moments ON readings.interval_start >= moments.issued_at - INTERVAL 28 DAY
        AND readings.interval_start < moments.issued_at
    WHERE readings.quantity = 'energy' AND readings.value IS NOT NULL
    GROUP BY ALL
    HAVING sum(epoch_us(readings.interval_end) - epoch_us(readings.interval_start)) = moments.window_us
), seasonal AS (
    SELECT later.meter_id, later.issued_at, avg(abs(later.kwh - earlier.kwh)) AS kwh
    FROM before AS later JOIN before AS earlier ON earlier.meter_id = later.meter_id AND earlier.issued_at = later.issued_at
        AND earlier.window_us = later.window_us AND earlier.slot = later.slot - 86400000000 // later.window_us
    GROUP BY later.meter_id, later.issued_at
), losses AS (
    SELECT held.*, abs(actual_kwh - p50_kwh) / nullif(seasonal.kwh, 0) AS scaled,
           (greatest(0.1 * (actual_kwh - p10_kwh), -0.9 * (actual_kwh - p10_kwh))
            + greatest(0.2 * (actual_kwh - p20_kwh), -0.8 * (actual_kwh - p20_kwh))
            + greatest(0.3 * (actual_kwh - p30_kwh), -0.7 * (actual_kwh - p30_kwh))
            + greatest(0.4 * (actual_kwh - p40_kwh), -0.6 * (actual_kwh - p40_kwh))
            + greatest(0.5 * (actual_kwh - p50_kwh), -0.5 * (actual_kwh - p50_kwh))
            + greatest(0.6 * (actual_kwh - p60_kwh), -0.4 * (actual_kwh - p60_kwh))
            + greatest(0.7 * (actual_kwh - p70_kwh), -0.3 * (actual_kwh - p70_kwh))
            + greatest(0.8 * (actual_kwh - p80_kwh), -0.2 * (actual_kwh - p80_kwh))
            + greatest(0.9 * (actual_kwh - p90_kwh), -0.1 * (actual_kwh - p90_kwh))) / 9 AS pinball
    FROM held LEFT JOIN seasonal ON seasonal.meter_id = held.meter_id AND seasonal.issued_at = held.issued_at
    WHERE actual_kwh IS NOT NULL
)
SELECT {keys}count(*) AS intervals, avg(pinball) AS pinball_kwh, 2 * sum(pinball) / nullif(sum(abs(actual_kwh)), 0) AS wql,
       avg(scaled) AS mase, avg(CAST(actual_kwh BETWEEN p10_kwh AND p90_kwh AS INTEGER)) AS coverage_10_90
FROM losses
GROUP BY {groups}
ORDER BY {groups}
