"""What forecasters see: meters on one grid, with weather, calendar and categories."""
