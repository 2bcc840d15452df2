"""Addresses of the pages around the desk."""

from django.urls import path

from chat import (
    account_pages,
    door_pages,
    faq_pages,
    order_pages,
    pages,
    past_pages,
    platform_pages,
    profile_pages,
    report_pages,
    setting_pages,
    transcript_pages,
)

urlpatterns = [
    path("", pages.home, name="home"),
    path("shops/<int:shop_id>/settings/", setting_pages.personal, name="desk-settings"),
    path("shops/<int:shop_id>/settings/conversations/", setting_pages.talk, name="settings-talk"),
    path("shops/<int:shop_id>/settings/rules/", setting_pages.rules, name="settings-rules"),
    path("shops/<int:shop_id>/bot/switch/", faq_pages.switch, name="bot-switch"),
    path("shops/<int:shop_id>/bot/settings/", faq_pages.settings, name="bot-settings"),
    path("shops/<int:shop_id>/bot/card/", faq_pages.card, name="bot-card"),
    path("shops/<int:shop_id>/bot/questions/new/", faq_pages.question, name="bot-question-new"),
    path("shops/<int:shop_id>/bot/questions/<int:question_id>/", faq_pages.question, name="bot-question"),
    path("shops/<int:shop_id>/accounts/", account_pages.accounts, name="accounts"),
    path("shops/<int:shop_id>/accounts/new/", account_pages.new, name="account-new"),
    path("shops/<int:shop_id>/accounts/<int:account_id>/", account_pages.account, name="account"),
    path("password/", door_pages.Change.as_view(), name="password-change"),
    path("password/forgotten/", door_pages.forgotten, name="password-forgotten"),
    path("password/new/<str:uidb64>/<str:token>/", door_pages.New.as_view(), name="password-new"),
    path("join/<str:token>/", door_pages.join, name="join"),
    path("shops/<int:shop_id>/reports/", report_pages.followed, name="reports"),
    path("platform/shops/", platform_pages.shops, name="platform-shops"),
    path("platform/shops/new/", platform_pages.new, name="platform-shop-new"),
    path("platform/shops/<int:shop_id>/", platform_pages.shop, name="platform-shop"),
    path("platform/reports/", report_pages.queue, name="report-queue"),
    path("platform/reports/<int:report_id>/", report_pages.case, name="report-case"),
    path("platform/avatars/", profile_pages.avatar_reviews, name="avatar-reviews"),
    path("shops/<int:shop_id>/history/", past_pages.history, name="history"),
    path("shops/<int:shop_id>/orders/", order_pages.orders, name="orders"),
    path("shops/<int:shop_id>/orders/<int:order_id>/", order_pages.order, name="order"),
    path("shops/<int:shop_id>/orders/<int:order_id>/contact/", order_pages.contact_buyer, name="order-contact"),
    path("shops/<int:shop_id>/sessions/<int:session_id>/transcript/", transcript_pages.session, name="transcript"),
]
