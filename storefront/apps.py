from django.apps import AppConfig


class StorefrontConfig(AppConfig):
    name = "storefront"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chat import worker
        from chat.actions import outbox
        from storefront import jobs

        outbox.register(jobs.KIND, jobs.run, lane="storefront")
        worker.register_sweep(jobs.sweep)
