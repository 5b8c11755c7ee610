"""What the OpenAPI description says: documents, problems, media types."""
