"""A strict local Slack for tests and for the playground: Web API, response_urls, Socket Mode, and the people in it."""

from .answer import Answer
from .block_kit import check_blocks, check_message, check_view
from .clock import Clock, ManualClock
from .controls import Control, controls_in
from .faults import Fault, Faults
from .model import Call, Channel, File, Message, ResponseUrl, SlackError, Trigger, User, View
from .sender import Sender
from .server import LocalSlack
from .socket_mode import Envelope, SocketMode
from .socket_sender import SocketSender

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
