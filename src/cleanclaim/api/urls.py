"""Every address of the API. They are reached through the boundary alone, never through the addresses of the screens."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from cleanclaim.api.described import api, docs, openapi

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/openapi.json", openapi, name="api-description"),
    path("api/v1/docs", docs, name="api-page"),
    path("api/v1/", api.urls),
]
