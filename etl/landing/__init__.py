"""What has landed: files found, told apart, recognised, and held in account."""
