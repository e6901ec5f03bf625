"""The encounters app."""

from django.apps import AppConfig


class EncountersConfig(AppConfig):
    """Registers the app under its short label."""

    name = "cleanclaim.practice.encounters"
    label = "encounters"
    default_auto_field = "django.db.models.BigAutoField"
