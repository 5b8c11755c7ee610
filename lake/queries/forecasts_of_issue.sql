-- What one model version forecast at one moment, for all meters in order.
-- parameters: model_name, model_version, issued_at
-- files: forecasts where issued_at = issued_at
SELECT meter_id, interval_start, mean_kwh, p10_kwh, p20_kwh, p30_kwh, p40_kwh, p50_kwh, p60_kwh, p70_kwh, p80_kwh, p90_kwh
FROM forecasts
WHERE model_name = ? AND model_version = ? AND issued_at = ?
ORDER BY meter_id, interval_start
