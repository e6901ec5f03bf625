"""The charges app."""

from django.apps import AppConfig


class ChargesConfig(AppConfig):
    """Registers the app under its short label."""

    name = "cleanclaim.practice.charges"
    label = "charges"
    default_auto_field = "django.db.models.BigAutoField"
