-- The window in which all meters of a group together drew the most, of those in which nearly all sent, beside the sum of their own peaks.
-- with: chosen, loads
WITH fleet AS (
    SELECT {keys}slot, sum(kw) AS kw, count(*) AS meters
    FROM loads {labels}
    GROUP BY ALL
), most AS (
    SELECT {names}max(meters) AS meters FROM fleet GROUP BY ALL
), highest AS (
    SELECT {fleet_keys}max_by(slot, fleet.kw) AS slot, max(fleet.kw) AS kw, max_by(fleet.meters, fleet.kw) AS meters
    FROM fleet JOIN most ON {same}
    WHERE fleet.meters >= $min_coverage * most.meters
    GROUP BY ALL
), own AS (
    SELECT {keys}sum(kw) AS kw, count(*) AS meters
    FROM (SELECT meter_id, max(kw) AS kw FROM loads GROUP BY meter_id) AS peaks {labels}
    GROUP BY ALL
)
SELECT {highest_keys}make_timestamptz(highest.slot * $window_us) AS peak_at, highest.kw AS peak_kw, highest.meters AS meters_at_peak,
       own.meters, own.kw AS sum_of_peaks_kw, own.kw / nullif(highest.kw, 0) AS diversity_factor,
       highest.kw / nullif(own.kw, 0) AS coincidence_factor, highest.kw / highest.meters AS admd_kw
FROM highest JOIN own ON {same_own}
ORDER BY {highest_keys}peak_at
