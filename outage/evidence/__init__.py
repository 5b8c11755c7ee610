"""What speaks for an outage: silences, reports, and the energy beside them."""
