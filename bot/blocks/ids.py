"""Every identifier that Slack sends back to us, in one place. They stay: buttons in old messages carry them."""

COMMAND = "/pprnet"
SEARCH_SHORTCUT = "search_research"
RELATED_SHORTCUT = "find_related"

READ_STUDY = "read_study"  # in lists with ":" and the summary's id
MORE_LIKE_THIS = "more_like_this"
SHARE = "share"
UNDO_SHARE = "undo_share"
SHOW = "show"  # with ":" and the summary's id, so that no two buttons of a message are alike
ALSO = "also"  # the value is the ids of summaries
TOPIC = "topic"  # with ":" and the topic's id
LATEST = "latest"
POST_LATEST = "post_latest"
CHANNEL = "share_channel"
SHARE_LINE = "share_line"
SEARCH = "search"
SUGGESTED = "suggested"  # with ":" and the id of the summary that answers the question
BROWSE = "browse"  # with ":" and topic, month or design
SHELF = "shelf"  # with ":", one of these, ":" and which one
PAGE = "page"  # with ":" and earlier or later; the value is a shelf, ":" and the page's number
HELP = "help"
HELP_MORE = "help_more"
PRIVACY = "privacy"
HOME = "home"
SAVE = "save"
UNSAVE = "unsave"  # in lists with ":" and the summary's id
REMOVE = "remove_saved"  # in a note of ours
SAVED = "saved"
FOLLOW = "follow"  # in messages with ":" and the topic's id
UNFOLLOW = "unfollow"  # on Home and in messages with ":" and the topic's id
FOLLOW_ANOTHER = "follow_another"
DRAFT = "draft"  # with ":" and the month
FORGET_ASK = "forget_ask"
SAVED_PAGE = "saved_page"  # with ":" and earlier or later
USE = "use"  # with ":" and the answer
TAKE_BACK = "take_back"
WRONG = "something_wrong"
SUGGEST = "suggest_ask"
REVIEW_ASKS = "review_asks"
REVIEW_REFUSE = "review_refuse"
REVIEW_SKIP = "review_skip"
THIN = "thin"
OWN_WRITE = "own_write"
OWN_PREVIEW = "own_preview"
CANDIDATE_WRITE = "candidate_write"  # with ":" and its number; the value is its mark
CANDIDATE_REJECT = "candidate_reject"  # likewise
QUARTER = "quarter"  # with ":" and earlier, later or now
FORGET = "forget_me"
KEEP = "keep_me"
NOTE = "reflect"  # in lists with ":" and the summary's id
OLD_LOG = "log"  # with "_on", "_off" or "_page:": buttons of the former learning log, in old messages
SAVED_CSV = "log_export"
WRONG_KIND = "wrong_kind"
WRONG_LINE = "wrong_line"
WRONG_WHERE = "wrong_where"
WRONG_TELL = "wrong_tell"
WRONG_CORRECTED = "wrong_corrected"  # the value is a report's id
SUGGEST_SUMMARY = "suggest_summary"
SUGGEST_WORDS = "suggest_words"
REVIEW_WORDS = "review_words"
NOTE_TEXT = "reflection"

OWN_SETTINGS = "own_settings"

SET_UP = "set_up"
SET_UP_CHANNEL = "set_up_channel"
SET_UP_STOP = "set_up_stop"  # the value is a channel

DRAFT_PREVIEW = "draft_preview"
DRAFT_POST = "draft_post"  # with ":preview" above a preview
DRAFT_HOLD = "draft_hold"
DRAFT_NOTE = "draft_note"

EDIT = "edit_summary"  # with ":" and the summary's id; the value is a month or draft, a space, and that id
EDIT_TELL = "edit_tell"
EDIT_MONTH = "edit_month"  # the value is a month, or a draft's key
EDIT_USE = "edit_use"  # with ":" and a number; the value is a sentence for the bottom line

CLUB_PLAN = "club_plan"  # with ":" and the summary's id; the value is that id and a day
CLUB_CHOOSE = "club_choose"  # the same without a day
CLUB_MOVE = "club_move"  # with ":" and the club's id; the value is that id and its day
CLUB_CANCEL = "club_cancel"  # the same
CLUB_DAY = "club_day"

SHARE_VIEW = "share_card"
STUDY_VIEW = "study"
SEARCH_VIEW = "search"
RELATED_VIEW = "related"
BROWSE_VIEW = "browse"
SHELF_VIEW = "shelf"
MESSAGE_VIEW = "message"
WRONG_VIEW = "something_wrong"
THIN_VIEW = "thin"
OWN_VIEW = "own"
OWN_BLOCK = "own"  # with ":" and the field
SUGGEST_VIEW = "suggest_ask"
REVIEW_VIEW = "review_asks"
NOTE_VIEW = "reflect"
EDIT_VIEW = "edit_summary"
EDIT_MONTH_VIEW = "edit_month"
CLUB_PLAN_VIEW = "club_plan"
CLUB_MOVE_VIEW = "club_move"

DRAFT_NOTE_VIEW = "draft_note"
DRAFT_NOTE_BLOCK = "draft_note"
DRAFT_NOTE_TEXT = "draft_note_text"

OWN_SETTINGS_VIEW = "own_settings"
OWN_SETTINGS_BLOCK = "own_settings"  # with ":" and the field

SET_UP_VIEW = "set_up"
SET_UP_BLOCK = "set_up_in"

SHARE_BLOCK = "share_in"
SHARE_LINE_BLOCK = "share_with"
SEARCH_BLOCK = "search_for"
QUESTION = "question"
WRONG_KIND_BLOCK = "what_is_wrong"
WRONG_LINE_BLOCK = "in_a_line"
WRONG_WHERE_BLOCK = "where_it_is"
WRONG_TELL_BLOCK = "tell_when_corrected"
SUGGEST_SUMMARY_BLOCK = "which_summary"
SUGGEST_WORDS_BLOCK = "which_words"
REVIEW_WORDS_BLOCK = "review_words"  # with ":" and which of them
NOTE_BLOCK = "one_line"
CLUB_DAY_BLOCK = "club_on"
