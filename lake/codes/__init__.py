"""The codes of the tables' columns, and the quantities that are measured."""
