"""The questions that the lake answers: one .sql file each; read by meterlake.lake.questions."""
