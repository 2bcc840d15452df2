from django.apps import AppConfig


class AnalyticsConfig(AppConfig):
    name = "analytics"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from analytics import exports, rollups
        from chat import worker
        from chat.actions import erasing

        erasing.register(exports.forget_files)
        worker.register(rollups.add_up_due)
        worker.register(exports.run_due)
        worker.register_sweep(exports.sweep)
