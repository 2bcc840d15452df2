"""What the open platform answers, field by field: the `data` of each envelope. openapi.py describes it by these."""

from typing import Literal, NotRequired, TypedDict

Role = Literal["BUYER", "SHOP", "CUSTOMER_SERVICE", "SYSTEM", "ROBOT"]
Phase = Literal["AUTO_REPLY", "QUEUED", "ASSIGNED"]
Tag = Literal["Presale", "Logistics", "AfterSale"]
MessageType = Literal[
    "TEXT", "IMAGE", "VIDEO", "PRODUCT_CARD", "ORDER_CARD", "LOGISTICS_CARD", "RETURN_REFUND_CARD", "COUPON_CARD",
    "NOTIFICATION", "OTHER", "ALLOCATED_SERVICE", "BUYER_ENTER_FROM_PRODUCT", "BUYER_ENTER_FROM_ORDER",
]  # fmt: skip


class NothingShape(TypedDict):
    """It is done; there is nothing to tell."""


class PersonShape(TypedDict):
    im_user_id: str
    role: Role
    nickname: str
    avatar: str


class ParticipantShape(PersonShape):
    """`user_id` of a buyer is the shop's own number; one of the last two is there for a buyer."""

    user_id: str
    buyer_platform: NotRequired[str]
    platform: NotRequired[str]


class SaidShape(TypedDict):
    """`content` is an object in JSON text, its fields by the type; `index` grows inside a conversation."""

    id: str
    type: MessageType
    content: str
    create_time: int
    is_visible: bool
    sender: PersonShape
    index: str


class MoreShape(TypedDict, total=False):
    """What a caller asks for besides: of a card what it shows (JSON text), the words."""

    data: str
    plaintext: str


class MessageShape(SaidShape, MoreShape):
    """`data` (of a card, JSON text) and `plaintext` where they were asked for."""


class MessagesShape(TypedDict):
    next_page_token: str
    unsupported_msg_tips: str
    messages: list[MessageShape]


class CurrentSessionShape(TypedDict):
    id: str
    phase: Phase


class ConversationShape(TypedDict):
    id: str
    participant_count: int
    create_time: int
    participants: list[ParticipantShape]
    unread_count: int
    cur_session_id: NotRequired[str]
    cur_session: NotRequired[CurrentSessionShape]


class ListedConversationShape(ConversationShape):
    can_send_message: bool
    latest_message: NotRequired[SaidShape]


class ConversationsShape(TypedDict):
    next_page_token: str
    conversations: list[ListedConversationShape]


class OneConversationShape(TypedDict):
    conversation: ConversationShape


class SentShape(TypedDict):
    message_id: str


class CreatedShape(TypedDict):
    conversation_id: str


class ImageShape(TypedDict):
    url: str
    width: int
    height: int


class AgentSettingsShape(TypedDict):
    can_accept_chat: bool


class FiguresShape(TypedDict, total=False):
    """Numbers in text; what can't be measured is left out."""

    support_session_count: int
    response_percentage: str
    satisfaction_percentage: str
    response_time_mins: str
    conversion_rate: str
    cs_guided_gmv: str
    currency: str


class PerformanceShape(TypedDict):
    performance: FiguresShape


class SessionShape(TypedDict):
    """Times in seconds; `dissatisfaction_reason` is in the language asked for."""

    id: str
    conversation_id: str
    begin_time: int
    end_time: NotRequired[int]
    buyer_nickname: str
    chat_tags: list[Tag]
    satisfaction_score: NotRequired[int]
    dissatisfaction_reason: NotRequired[str]
    first_response_late: bool
    first_response_time: NotRequired[int]


class SessionsShape(TypedDict):
    next_page_token: str
    sessions: list[SessionShape]


class UploadShape(TypedDict):
    upload_url: str
    upload_token: str


class ChunkShape(TypedDict, total=False):
    """Bytes so far; the last chunk answers the `vid` to send instead."""

    received: int
    resource_id: str


class WebhookShape(TypedDict):
    """Times in milliseconds."""

    event_type: str
    address: str
    create_time: int
    update_time: int


class WebhooksShape(TypedDict):
    webhooks: list[WebhookShape]
    total_count: int


class TokenShape(TypedDict):
    access_token: str
    access_token_expire_in: int
    refresh_token: str
    refresh_token_expire_in: int
    open_id: str
    seller_name: str
    seller_base_region: str
    user_type: int
    granted_scopes: list[str]


class ShopShape(TypedDict):
    id: str
    name: str
    region: str
    seller_type: str
    cipher: str
    code: str


class ShopsShape(TypedDict):
    shops: list[ShopShape]
