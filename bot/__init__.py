"""PPRNet bot: practice-oriented psychotherapy research for clinical teams, in Slack."""
