"""Conversations, the sessions inside them, and the logs that clients recover from (DESIGN, two levels)."""

from chat.models.avatar import AvatarReview
from chat.models.bot_answer import BotAnswer
from chat.models.conversation import Conversation
from chat.models.data_request import DataRequest
from chat.models.figures import DayMark
from chat.models.imported import ImportedReception
from chat.models.log import DeskEvent, Event, Outbox
from chat.models.message import Attachment, Message
from chat.models.note import Note
from chat.models.notice import NoticeChoice, PushSubscription, PushTold
from chat.models.quick_reply import QuickReply
from chat.models.rating import Rating
from chat.models.report import UserReport
from chat.models.session import Assignment, ServiceSession, SessionQuerySet
from chat.models.suggestion import Suggestion
from chat.models.translation import MessageTranslation, SessionTranslation, Translation

__all__ = [
    "Assignment",
    "Attachment",
    "AvatarReview",
    "BotAnswer",
    "Conversation",
    "DataRequest",
    "DayMark",
    "DeskEvent",
    "Event",
    "ImportedReception",
    "Message",
    "MessageTranslation",
    "Note",
    "NoticeChoice",
    "Outbox",
    "PushSubscription",
    "PushTold",
    "QuickReply",
    "Rating",
    "ServiceSession",
    "SessionQuerySet",
    "SessionTranslation",
    "Suggestion",
    "Translation",
    "UserReport",
]
