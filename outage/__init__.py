"""Events and silences to outages: where the power is out, since when, how many meters, how sure."""
