"""What one person sees, as the page's JSON: channels, messages, threads; never what is visible to someone else only."""

from __future__ import annotations

from typing import Any

from bot.playground.demo_users import DemoUsers, color, initials
from bot.playground.refusal import RefusedError
from bot.playground.slack import Channel, File, LocalSlack, Message, User, View
from bot.playground.slack.payloads import view_json

Json = dict[str, Any]


class PageState:
    """Reads the workspace as each person sees it, and remembers how far each has read."""

    def __init__(self, slack: LocalSlack, users: DemoUsers) -> None:
        self._slack = slack
        self._users = users
        self._read: dict[tuple[str, str], str] = {}

    # Finding, for one person

    def person(self, user_id: str | None) -> User:
        """Return the person with this id, or the first one where none is given."""
        if not user_id:
            return self._users.people[0]
        found = next((person for person in self._users.people if person.id == user_id), None)
        if found is None:
            raise RefusedError("There is no such person here.", 404)
        return found

    def channel(self, channel_id: str, person: User) -> Channel:
        """Return a channel that this person is in."""
        channel = self._slack.channels.get(channel_id)
        if channel is None or person.id not in channel.members:
            raise RefusedError("There is no such channel here.", 404)
        return channel

    def message(self, channel: Channel, ts: str, person: User) -> Message:
        """Return a message that this person can see."""
        for message in (*channel.messages, *channel.seen_by(person.id)):
            if message.ts == ts:
                return message
        raise RefusedError("That message is no longer there.")

    def file(self, file_id: str, person: User) -> File:
        """Return a file in a message that this person can see."""
        for channel in self._slack.channels.values():
            if person.id in channel.members:
                for message in (*channel.messages, *channel.seen_by(person.id)):
                    for file in message.files:
                        if file.id == file_id and file.content is not None:
                            return file
        raise RefusedError("That file is no longer there.", 404)

    def view(self, view_id: str, person: User) -> View:
        """Return a modal that this person has open, or their Home."""
        home = self._slack.home(person)
        views = [*self._slack.modals.get(person.id, []), *([home] if home else [])]
        for view in views:
            if view.id == view_id:
                return view
        raise RefusedError("That window is no longer open.")

    def concerns(self, topic: str, user_id: str) -> bool:
        """Return whether this person may know that a topic changed: nobody learns of a channel that they are not in."""
        kind, _, rest = topic.partition(":")
        channel = self._slack.channels.get(rest.partition(":")[0])
        return kind not in ("channel", "thread") or (channel is not None and user_id in channel.members)

    # Showing

    def channels(self, person: User) -> list[Json]:
        """Return the person's channels, with the direct message to the bot last."""
        mine = [channel for channel in self._slack.channels.values() if person.id in channel.members]
        return [
            {
                "id": channel.id,
                "name": self._slack.users[self._slack.bot_user_id].real_name if channel.is_im else channel.name,
                "kind": "dm" if channel.is_im else "channel",
                "private": channel.private,
                "shared": channel.ext_shared,
                "unread": self._unread(channel, person),
            }
            for channel in sorted(mine, key=lambda each: each.is_im)
        ]

    def top_level(self, channel: Channel, person: User) -> list[Json]:
        """Return a channel's messages outside threads, in order, with those that only this person can see."""
        return [self._message_json(message) for message in self._in_channel(channel, person)]

    def thread(self, channel: Channel, ts: str, person: User) -> list[Json]:
        """Return a message and its replies, in order, with those that only this person can see.

        Empty when all were deleted: a page that has the thread open may ask before it knows.
        """
        parent = channel.find(ts)
        mine = [message for message in channel.seen_by(person.id) if message.thread_ts == ts]
        replies = sorted([*channel.thread(ts), *mine], key=lambda each: each.ts)
        return [self._message_json(message) for message in ([parent] if parent else []) + replies]

    def view_json(self, view: View) -> Json:
        """Return a view as Slack's API returns it."""
        return view_json(self._slack, view)

    def someone(self, user: User) -> Json:
        """Return a person or the bot, with the initials and colour of their picture."""
        name = user.real_name or user.name
        return {"id": user.id, "name": name, "initials": initials(user), "color": color(user, self._users)}

    # Reading

    def mark_read(self, channel: Channel, person: User) -> bool:
        """Mark all of a channel as read by this person; return whether anything was unread."""
        unread = self._unread(channel, person)
        last = max((message.ts for message in self._in_channel(channel, person)), default="")
        self._read[channel.id, person.id] = max(last, self._read.get((channel.id, person.id), ""))
        return unread > 0

    def _unread(self, channel: Channel, person: User) -> int:
        read = self._read.get((channel.id, person.id), "")
        return sum(message.ts > read and message.user != person.id for message in self._in_channel(channel, person))

    def _in_channel(self, channel: Channel, person: User) -> list[Message]:
        seen = [*channel.messages, *channel.seen_by(person.id)]
        return sorted((each for each in seen if not each.is_reply or each.reply_broadcast), key=lambda each: each.ts)

    def _message_json(self, message: Message) -> Json:
        channel = self._slack.channels[message.channel]
        author = self._slack.users[message.user or self._slack.bot_user_id]
        return {
            "ts": message.ts,
            "thread_ts": message.thread_ts,
            "from": self.someone(author) | {"bot": author.is_bot},
            "text": message.text,
            "blocks": message.blocks or None,
            "files": [
                {"id": file.id, "title": file.title, "alt": file.alt_txt, "picture": file.mimetype.startswith("image/")}
                for file in message.files
            ],
            "ephemeral": message.ephemeral_to is not None,
            "edited": message.edited is not None,
            "time": int(float(message.ts)),
            "reply_count": 0 if message.is_reply else len(channel.thread(message.ts)),
            "deleted": False,
        }
