from django.apps import AppConfig


class ChatConfig(AppConfig):
    name = "chat"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chat.actions import attachments, data_jobs, mails, outbox, phone_pushing, pushing, retention

        outbox.register("attachment.delete", attachments.delete_files)
        outbox.register("buyer.erase", data_jobs.erase, lane="privacy")
        outbox.register("buyer.export", data_jobs.export, lane="privacy")
        outbox.register("shop.retention", retention.remove, lane="privacy")
        outbox.register("push.send", pushing.send, lane="push", threads=pushing.THREADS, tries=pushing.TRIES)
        outbox.register("push.phone", phone_pushing.send, lane="phone", threads=pushing.THREADS, tries=pushing.TRIES)
        outbox.register("mail.invitation", mails.send_invitation, lane="mail")
        outbox.register("mail.password", mails.send_password, lane="mail")
