"""The screens as an app: templates, static files, template tags."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Registers the screens."""

    name = "cleanclaim.web"
    label = "web"
