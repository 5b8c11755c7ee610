"""Shells for SageMaker's PyTorch containers: training and inference over the same code that runs on a laptop."""
