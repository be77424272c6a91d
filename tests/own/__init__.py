"""What a person keeps, through the outer door: saved summaries, answers, the log, and being forgotten."""
