-- Every model, the newest version of each name first.
-- parameters:
SELECT name, version, status, forecaster, interval_minutes, horizon_intervals, metrics, parameters, trained_on, artefact,
       created_at, decided_at, notes
FROM models
ORDER BY name, version DESC
