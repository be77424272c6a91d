"""Many workspaces in one installation: who joined, with which token, and what they set."""
