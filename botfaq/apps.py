from django.apps import AppConfig


class BotfaqConfig(AppConfig):
    name = "botfaq"
    default_auto_field = "django.db.models.BigAutoField"
