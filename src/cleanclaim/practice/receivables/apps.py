"""The receivables app."""

from django.apps import AppConfig


class ReceivablesConfig(AppConfig):
    """Registers the app under its short label."""

    name = "cleanclaim.practice.receivables"
    label = "receivables"
    default_auto_field = "django.db.models.BigAutoField"
