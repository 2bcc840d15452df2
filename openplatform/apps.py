from django.apps import AppConfig


class OpenPlatformConfig(AppConfig):
    name = "openplatform"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chat import outgoing, worker
        from chat.actions import outbox
        from openplatform import grants, hooks, videos

        outgoing.register(hooks.promise, hooks.is_asked)
        outbox.register(hooks.KIND, hooks.deliver, lane="programs", threads=hooks.THREADS, waits=hooks.WAITS)
        worker.register_sweep(grants.sweep)
        worker.register_sweep(videos.sweep)
