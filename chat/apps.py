from django.apps import AppConfig


class ChatConfig(AppConfig):
    name = "chat"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chat.actions import attachments, outbox

        outbox.register("attachment.delete", attachments.delete_files)
