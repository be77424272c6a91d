"""A local Slack in the browser: the same bot, real signed requests, no account needed."""
