-- The fleet's anomalies of one detector in [start_date, end_date), the most severe first, with where the meters stand.
-- parameters: detector, start_date, end_date, south, north, west, east, any_place, rows_before, page_size
-- files: anomaly_scores where detector = detector and local_date from start_date to end_date
SELECT scores.meter_id, scores.local_date, scores.consumption_kwh, scores.expected_kwh, scores.lower_kwh, scores.upper_kwh,
       scores.anomaly, scores.importance, scores.severity, scores.verdict, scores.detail, places.latitude, places.longitude,
       places.site_id
FROM anomaly_scores AS scores
LEFT JOIN meters AS places ON places.meter_id = scores.meter_id
WHERE scores.detector = ? AND scores.local_date >= ? AND scores.local_date < ? AND scores.anomaly <> 0
  AND ((places.latitude >= ? AND places.latitude <= ? AND places.longitude >= ? AND places.longitude <= ?) OR ?)
ORDER BY scores.severity DESC, scores.importance DESC, scores.meter_id, scores.local_date
OFFSET ? LIMIT ?
