"""Who is let in, under which name, and how often."""
