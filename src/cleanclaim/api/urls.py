"""Every address of the API. They are reached through the boundary alone, never through the addresses of the screens."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from cleanclaim.api import fhir_read
from cleanclaim.api.described import api, docs, openapi

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/openapi.json", openapi, name="api-description"),
    path("api/v1/docs", docs, name="api-page"),
    path("api/v1/", api.urls),
    path("fhir/R4/metadata", fhir_read.metadata, name="fhir-metadata"),
    path("fhir/R4/<str:kind>", fhir_read.search),
    path("fhir/R4/<str:kind>/<str:resource_id>", fhir_read.read),
]
