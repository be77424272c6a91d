"""Every identifier that Slack sends back to us, in one place. They stay: buttons in old messages carry them."""

COMMAND = "/pprnet"

READ_STUDY = "read_study"
MORE_LIKE_THIS = "more_like_this"
SHARE = "share"
UNDO_SHARE = "undo_share"
SHOW = "show"  # with ":" and the summary's id, so that no two buttons of a message are alike
TOPIC = "topic"  # with ":" and the topic's id
LATEST = "latest"
CHANNEL = "share_channel"

SHARE_VIEW = "share_card"
STUDY_VIEW = "study"

SHARE_BLOCK = "share_in"
