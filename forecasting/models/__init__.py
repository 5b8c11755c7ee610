"""Models kept, judged by people and found again."""
