"""What is found by its module's name, what its parameters may be, and how a new one is begun."""
