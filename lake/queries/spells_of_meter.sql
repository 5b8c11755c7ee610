-- What was known of one meter by the days for which it held; no row where that has always been the same.
-- parameters: meter_id
-- files: meter_spells where meter_id = meter_id
SELECT valid_from, valid_until, site_id, building_id, transformer_id, latitude, longitude, tariff, segment,
       service_point_id, feeder_id, substation_id, district_id, multiplier, ct_ratio, vt_ratio, highest_kw
FROM meter_spells
WHERE meter_id = ?
ORDER BY valid_from NULLS FIRST
