-- Which detectors have scores, and of how many days of meters.
-- parameters:
SELECT detector, count(*) AS scores
FROM anomaly_scores
GROUP BY detector
ORDER BY detector
