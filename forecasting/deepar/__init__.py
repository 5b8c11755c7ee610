"""The parts of DeepAR."""
