"""Slack's error codes: what each says about a call, and what the operator can do about it. Of 429: `bot.slack.rate_limit`.

Anything that is not named here may have been done all the same (Slack: "possible some aspect of the operation succeeded").
"""

from __future__ import annotations

from slack_sdk.errors import SlackApiError

from bot.outbox.transport import RATE_LIMITED, Cause, PostOutcome, Refused, Unknown
from bot.slack.rate_limit import CODES, is_rate_limit, retry_after, status_of

CAUSES: dict[str, Cause] = {
    code: cause
    for cause, codes in (
        (Cause.PASSING, " ".join(CODES)),
        (Cause.NOT_A_MEMBER, "channel_not_found not_in_channel"),
        (Cause.NO_SCOPE, "missing_scope"),
        (
            Cause.TOKEN,
            """
            account_inactive invalid_auth no_permission not_allowed_token_type not_authed org_login_required
            team_access_not_granted token_expired token_revoked
            """,
        ),
        (Cause.LASTING, "access_denied ekm_access_denied enterprise_is_restricted is_archived thread_not_found"),
        (Cause.LAYOUT, "invalid_blocks invalid_blocks_format msg_blocks_too_long"),
        (
            Cause.MESSAGE,
            """
            invalid_arg_name invalid_arguments invalid_array_arg invalid_metadata_format invalid_metadata_schema
            markdown_text_conflict metadata_too_large msg_too_long no_text too_many_attachments
            """,
        ),
        (
            Cause.UNCLEAR,
            """
            accesslimited as_user_not_supported cannot_reply_to_message deprecated_endpoint duplicate_channel_not_found
            duplicate_message_not_found invalid_charset invalid_form_data invalid_json invalid_post_type invalid_thread_ts
            json_not_object message_not_found messages_tab_disabled metadata_must_be_sent_from_app method_deprecated
            missing_post_type restricted_action restricted_action_non_threadable_channel
            restricted_action_read_only_channel restricted_action_thread_locked restricted_action_thread_only_channel
            slack_connect_blocked_file_type slack_connect_canvas_sharing_blocked slack_connect_file_link_sharing_blocked
            slack_connect_lists_sharing_blocked team_not_found too_many_contact_cards two_factor_setup_required
            unknown_method
            """,
        ),
    )
    for code in codes.split()
}
"""By which codes Slack says that it did nothing, and why."""
TOKEN_REFUSED = frozenset(code for code, cause in CAUSES.items() if cause in (Cause.NO_SCOPE, Cause.TOKEN))
"""Because of the token: only the operator can help."""
NOT_EDITED = frozenset("block_mismatch cant_update_message edit_window_closed is_inactive message_not_found".split())
"""From chat.update: the message stays as it is, whatever is tried."""
NOT_SHOWN_PRIVATELY = frozenset("messages_tab_disabled user_not_in_channel".split())
"""From chat.postEphemeral: nobody saw the message."""
NO_FILE_SHARED = frozenset(
    """
    blocked_file_type file_not_found file_update_failed file_uploads_disabled invalid_channel missing_argument
    posting_to_channel_denied posting_to_general_channel_denied storage_limit_reached
    """.split()
)
"""From files.completeUploadExternal: nobody saw the file."""
NO_FILES_ALLOWED = frozenset("file_uploads_disabled missing_scope no_permission".split())
"""From both: this app may not upload files at all."""

SLACK_FAILS = frozenset("fatal_error internal_error request_timeout service_unavailable unreadable".split())
"""Codes by which Slack says that it failed itself."""
TOKEN_GONE = frozenset("account_inactive invalid_auth not_authed org_login_required token_expired token_revoked".split())
"""Codes that say of every call what they say of one. A missing scope, say, is one method's."""
REMOVED = frozenset(("account_inactive", "token_revoked"))
"""Those of them that say that the app was removed, or its token revoked: nothing else, such as an address that Slack does
not let in, is called so.
"""

ADVICE = {
    "SLACK_BOT_TOKEN": "copy the Bot User OAuth Token again, or install the app again",
    "SLACK_APP_TOKEN": "create an app-level token with the scope connections:write, and turn Socket Mode on",
}
"""What the operator can do about a token that Slack refuses."""


def error_code(error: BaseException) -> str:
    """Return a short code for a failed call: Slack's own, or the kind of failure. Never contains a token or a message."""
    if not isinstance(error, SlackApiError):
        return type(error).__name__
    try:
        code = error.response["error"]
    except (AttributeError, KeyError, TypeError, ValueError):
        return "unreadable"
    return code[:60] if isinstance(code, str) and code else "unreadable"


def may_pass(error: BaseException) -> bool:
    """Return whether the same call may succeed in a moment: no answer, a rate limit, or a failure of Slack's own."""
    if not isinstance(error, SlackApiError):
        return True
    code = error_code(error)
    return status_of(error) >= 500 or is_rate_limit(error, code) or code in SLACK_FAILS


def outcome_of(error: SlackApiError, also_refused: frozenset[str] = frozenset()) -> PostOutcome:
    """Return what a failed call means: certainly not done (`Refused`), or perhaps done (`Unknown`).

    `also_refused` are the codes by which this one method says that it did nothing.
    """
    status, code = status_of(error), error_code(error)
    cause = CAUSES.get(code)
    if is_rate_limit(error, code):
        return Refused(RATE_LIMITED, Cause.PASSING, retry_after(error))
    if status < 500 and (cause or code in also_refused):
        return Refused(code, cause or Cause.UNCLEAR)
    return Unknown(code if code != "unreadable" else f"http_{status}")
