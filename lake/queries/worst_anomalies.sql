-- The fleet's anomalies of one detector in [start_date, end_date), the most severe or the most important first, with where the meters stand, in a box that may cross the 180th meridian; from after a rank, meter and day on.
-- parameters: by_severity, by_severity, detector, start_date, end_date, south, north, crosses_180, west, east, west, east, any_place, from_the_worst, after_rank, after_rank, after_second_rank, after_second_rank, after_meter_id, after_meter_id, after_date, page_size
-- files: anomaly_scores where detector = detector and local_date from start_date to end_date
SELECT meter_id, local_date, consumption_kwh, expected_kwh, lower_kwh, upper_kwh, anomaly, importance, severity, verdict,
       detail, latitude, longitude, site_id
FROM (
    SELECT scores.meter_id, scores.local_date, scores.consumption_kwh, scores.expected_kwh, scores.lower_kwh, scores.upper_kwh,
           scores.anomaly, scores.importance, scores.severity, scores.verdict, scores.detail, places.latitude,
           places.longitude, places.site_id, CASE WHEN ? THEN scores.severity ELSE scores.importance END AS first_rank,
           CASE WHEN ? THEN scores.importance ELSE scores.severity END AS second_rank
    FROM anomaly_scores AS scores
    LEFT JOIN meters AS places ON places.meter_id = scores.meter_id
    WHERE scores.detector = ? AND scores.local_date >= ? AND scores.local_date < ? AND scores.anomaly <> 0
      AND ((places.latitude >= ? AND places.latitude <= ?
            AND CASE WHEN ? THEN places.longitude >= ? OR places.longitude <= ?
                     ELSE places.longitude >= ? AND places.longitude <= ? END) OR ?)
) AS ranked
WHERE ? OR first_rank < ? OR (first_rank = ? AND (second_rank < ?
      OR (second_rank = ? AND (meter_id > ? OR (meter_id = ? AND local_date > ?)))))
ORDER BY first_rank DESC, second_rank DESC, meter_id, local_date
LIMIT ?
