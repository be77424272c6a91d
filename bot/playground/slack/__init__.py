"""A strict local Slack for tests and for the playground: Web API, response_urls, Socket Mode, and the people in it."""

from .clock import Clock, ManualClock
from .controls import Control, controls_in
from .delivery import Answer
from .faults import Fault, Faults
from .limits import check_blocks, check_message, check_view
from .model import Call, Channel, File, Message, ResponseUrl, SlackError, Trigger, User, View
from .sender import Sender, SocketSender
from .server import LocalSlack
from .socket_mode import Envelope, SocketMode

__all__ = [
    "Answer",
    "Call",
    "Channel",
    "Clock",
    "Control",
    "Envelope",
    "Fault",
    "Faults",
    "File",
    "LocalSlack",
    "ManualClock",
    "Message",
    "ResponseUrl",
    "Sender",
    "SlackError",
    "SocketMode",
    "SocketSender",
    "Trigger",
    "User",
    "View",
    "check_blocks",
    "check_message",
    "check_view",
    "controls_in",
]
