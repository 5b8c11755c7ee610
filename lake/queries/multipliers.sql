-- What the values of some meters are multiplied by, by the days for which it holds; no row where that is nothing.
-- parameters: first_meter_id, last_meter_id
-- files: meters where meter_id from first_meter_id to last_meter_id
-- files: meter_spells where meter_id from first_meter_id to last_meter_id
SELECT known.meter_id, known.valid_from, known.valid_until,
       factor_of(known) AS factor
FROM meters_by_day AS known
WHERE known.meter_id >= ? AND known.meter_id <= ?
  AND (known.multiplier IS NOT NULL OR known.ct_ratio IS NOT NULL OR known.vt_ratio IS NOT NULL)
ORDER BY known.meter_id, known.valid_from NULLS FIRST
