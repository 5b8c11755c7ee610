"""Trainings and forecasts of a fleet on SageMaker: the steps of the state machines, and the shell that trains in its containers."""
