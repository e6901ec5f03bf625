"""The connections app."""

from django.apps import AppConfig


class ConnectionsConfig(AppConfig):
    """Registers the app under its short label."""

    name = "cleanclaim.practice.connections"
    label = "connections"
    default_auto_field = "django.db.models.BigAutoField"
