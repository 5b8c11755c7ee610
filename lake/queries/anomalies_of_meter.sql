-- What one detector says of one meter's days in [start_date, end_date), in order.
-- parameters: meter_id, detector, start_date, end_date
-- files: anomaly_scores where meter_id = meter_id and detector = detector and local_date from start_date to end_date
SELECT meter_id, detector, local_date, consumption_kwh, expected_kwh, lower_kwh, upper_kwh, anomaly, importance, severity,
       verdict, detail, model_version
FROM anomaly_scores
WHERE meter_id = ? AND detector = ? AND local_date >= ? AND local_date < ?
ORDER BY local_date
