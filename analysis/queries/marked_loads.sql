-- What each meter drew while each label held, by month and time of the local clock.
-- with: chosen, loads, clock
SELECT loads.meter_id, clock.month, clock.hour, marks.label, sum(loads.kw) AS kw, count(*) AS windows
FROM loads JOIN clock ON clock.slot = loads.slot JOIN marks ON marks.slot = loads.slot
GROUP BY loads.meter_id, clock.month, clock.hour, marks.label
