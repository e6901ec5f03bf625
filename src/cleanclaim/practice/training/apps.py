"""The training app."""

from django.apps import AppConfig


class TrainingConfig(AppConfig):
    """Registers the app under its short label."""

    name = "cleanclaim.practice.training"
    label = "training"
    default_auto_field = "django.db.models.BigAutoField"
