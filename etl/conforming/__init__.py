"""From raw text to canonical rows: what a format is declared with, as expressions that every engine runs."""
