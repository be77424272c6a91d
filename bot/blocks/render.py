"""From a reply, which is data, to the message that its reader gets: the last step before it is sent, and the only one."""

from __future__ import annotations

from slack_sdk.models.blocks import Block

from bot.blocks import answer, club, compare, evidence, help, kit, lists, notes, privacy, subject, suggest
from bot.blocks.message import Message, Parts, message
from bot.blocks.reader import Reader
from bot.commands.reply import (
    AboutSubject,
    Answer,
    Aside,
    ClubChoices,
    ClubList,
    Compared,
    Content,
    EffectSizes,
    Help,
    MoreHelp,
    Note,
    Nothing,
    OnlyMentioned,
    Privacy,
    Related,
    Reply,
    SummaryList,
    TopicList,
    UnknownTopic,
)


def render(reply: Reply, reader: Reader) -> Message:
    """Build the message: what is above the reply, then the reply itself. The crisis line has nothing beside it but a
    sure answer.
    """
    above: list[Parts] = []
    if reply.danger:
        above.append(notes.crisis(reader.crisis_line))
    else:
        if reply.details and reader.reminder and not reader.public:
            above.append(notes.reminder())
        if reply.suggestion:
            above.append(notes.suggestion(reply.suggestion))
    content = reply.shown
    if content is None:
        return message(*above[0])
    text, blocks = _content(content, reader, rebuildable=not above, searched=reply.searched and not reply.danger)
    if reply.searched and not reply.danger and not isinstance(content, Answer):
        blocks = [*blocks, suggest.suggest_row()]
    if reply.danger:
        blocks = [kit.divider(), *blocks]
    lines = [line for line, _ in above]
    return message("\n".join([*lines, text]), [*(block for _, some in above for block in some), *blocks])


def _content(content: Content, reader: Reader, *, rebuildable: bool, searched: bool) -> tuple[str, list[Block]]:
    match content:
        case Answer():
            return answer.answer(content, reader, rebuildable=rebuildable, searched=searched)
        case Related():
            return answer.related(content, reader)
        case AboutSubject():
            return subject.about(content, reader)
        case OnlyMentioned():
            return subject.only_mentioned(content, reader)
        case Nothing():
            return answer.nothing(content)
        case SummaryList():
            return lists.summaries(content)
        case TopicList():
            return lists.topics(content)
        case UnknownTopic():
            return lists.unknown_topic("" if reader.public else content.name)
        case Compared():
            return compare.comparison(content, reader)
        case EffectSizes():
            return evidence.effect_sizes(content.evidence, reader)
        case ClubChoices():
            return club.choices(content, reader)
        case ClubList():
            return club.listed(content.clubs)
        case Help():
            return help.help(content.coverage)
        case MoreHelp():
            return help.more_help()
        case Privacy():
            return privacy.privacy()
        case Note() | Aside():
            return notes.sentence(content.text)
