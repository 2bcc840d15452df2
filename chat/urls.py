from django.urls import path

from chat import api, buyer_api, contact_api, desk_api, media_views, notice_api, translate_api, views

_SHOP = "api/v1/shops/<int:shop_id>/"
_SESSION = _SHOP + "sessions/<int:session_id>"

urlpatterns = [
    path("c/<int:shop_id>/", views.buyer, name="buyer-chat"),
    path("desk/<int:shop_id>/", views.console, name="desk"),
    path("media/<str:token>/<str:name>", media_views.media, name="media"),
    path("api/v1/me", desk_api.Me.as_view()),
    path(_SHOP + "presence", desk_api.PresenceView.as_view()),
    path(_SHOP + "members", desk_api.Members.as_view()),
    path(_SHOP + "desk/events", desk_api.DeskEvents.as_view()),
    path(_SHOP + "attachments", desk_api.Attachments.as_view()),
    path(_SHOP + "buyers/<int:buyer_id>/orders", desk_api.BuyerOrders.as_view()),
    path(_SHOP + "contacts", contact_api.Contacts.as_view()),
    path(_SHOP + "products", desk_api.Products.as_view()),
    path(_SHOP + "sessions", api.Sessions.as_view()),
    path(_SHOP + "sessions/counts", api.SessionCounts.as_view()),
    path(_SESSION, api.OneSession.as_view()),
    path(_SESSION + "/events", api.SessionEvents.as_view()),
    path(_SESSION + "/messages", api.SessionMessages.as_view()),
    path(_SESSION + "/take", api.Take.as_view()),
    path(_SESSION + "/assign", api.Assign.as_view()),
    path(_SESSION + "/transfer", api.Transfer.as_view()),
    path(_SESSION + "/close", api.Close.as_view()),
    path(_SESSION + "/mark", api.Mark.as_view()),
    path(_SESSION + "/read", api.Read.as_view()),
    path(_SESSION + "/invite-rating", api.InviteRating.as_view()),
    path(_SESSION + "/translation", translate_api.Switch.as_view()),
    path(_SESSION + "/translate", translate_api.TranslateDraft.as_view()),
    path(_SESSION + "/translate-messages", translate_api.TranslateMessages.as_view()),
    path(_SHOP + "notifications", notice_api.Notices.as_view()),
    path(_SHOP + "push", notice_api.Push.as_view()),
    path(_SHOP + "push/forget", notice_api.PushForget.as_view()),
    path("api/v1/buyer/push", notice_api.BuyerPush.as_view()),
    path("api/v1/buyer/push/forget", notice_api.BuyerPushForget.as_view()),
    path("api/v1/buyer/entry", buyer_api.Entry.as_view()),
    path("api/v1/buyer/events", buyer_api.Events.as_view()),
    path("api/v1/buyer/messages", buyer_api.Messages.as_view()),
    path("api/v1/buyer/faq-click", buyer_api.FaqClick.as_view()),
    path("api/v1/buyer/human", buyer_api.Human.as_view()),
    path("api/v1/buyer/rating", buyer_api.RatingView.as_view()),
    path("api/v1/buyer/attachments", buyer_api.Attachments.as_view()),
    path("api/v1/buyer/receipts", buyer_api.Receipts.as_view()),
]
