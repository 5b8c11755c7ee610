"""Models asked: for a fleet, for one meter, over HTTP."""
