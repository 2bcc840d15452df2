from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "webhooks"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chat import outgoing
        from chat.actions import erasing, outbox
        from shops import pages
        from webhooks import health, promising, telling

        outgoing.register(promising.promise, promising.is_asked)
        outbox.register(
            promising.KIND, telling.deliver, lane="webhooks", threads=telling.THREADS, waits=telling.WAITS, kept=True
        )
        erasing.register(telling.forget_answers)
        pages.warn(health.warnings)
