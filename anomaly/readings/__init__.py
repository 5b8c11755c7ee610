"""What detectors of readings are made of: a meter's window loaded, a rule asked, its finding written down."""
