from django.apps import AppConfig


class AnalyticsConfig(AppConfig):
    name = "analytics"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from analytics import exports, rollups
        from chat import worker

        worker.register(rollups.add_up_due)
        worker.register(exports.run_due)
        worker.register_sweep(exports.sweep)
