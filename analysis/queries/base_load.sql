-- Of each meter what it draws at the least, in the night, in winter against summer, and how often it drew much in a night.
-- with: chosen, loads, clock
SELECT loads.meter_id, quantile_cont(loads.kw, $quantile) AS base_kw,
       avg(loads.kw) FILTER (clock.hour >= $night_from AND clock.hour < $night_to) AS night_kw,
       sum(loads.kw) FILTER (clock.hour >= $night_from AND clock.hour < $night_to) / nullif(sum(loads.kw), 0) AS night_share,
       count(DISTINCT CASE WHEN clock.hour >= $night_from AND clock.hour < $night_to AND loads.kw > $high_kw
                           THEN clock.local_date END) AS nights_over_kw,
       avg(loads.kw) FILTER (clock.season = $winter) / nullif(avg(loads.kw) FILTER (clock.season = $summer), 0) AS winter_to_summer,
       count(*) AS windows
FROM loads JOIN clock ON clock.slot = loads.slot
GROUP BY loads.meter_id
ORDER BY loads.meter_id
