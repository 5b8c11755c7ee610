"""A model behind an endpoint: the JSON of SageMaker's DeepAR, who answers in it, and who asks."""
