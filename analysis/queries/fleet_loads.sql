-- What all meters of a group drew together in each window, and how many sent.
-- with: chosen, loads
SELECT {keys}slot, make_timestamptz(slot * $window_us) AS interval_start, sum(kw) AS kw, count(*) AS meters
FROM loads {labels}
GROUP BY ALL
ORDER BY {names}slot
