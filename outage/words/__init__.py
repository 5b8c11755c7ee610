"""What people say of outages: kept, and heeded in every run."""
