"""The questions that people ask who bill: values over periods of any kind, by the clock of each meter."""
