"""The API as an app: the template of its documentation page."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Registers the API."""

    name = "cleanclaim.api"
    label = "api"
