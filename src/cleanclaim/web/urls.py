"""Every address of the program. Public ids alone stand in them, never names or dates of birth."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from cleanclaim.web.audit import views as audit
from cleanclaim.web.coding import views as coding
from cleanclaim.web.registration import views as registration
from cleanclaim.web.scheduling import views as scheduling

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("allauth.urls")),
    path("favicon.ico", RedirectView.as_view(url="/static/cleanclaim/mark.svg")),
    path("patients/", registration.patients, name="patients"),
    path("patients/new/", registration.register, name="register"),
    path("patients/<str:patient_id>/", registration.patient, name="patient"),
    path("patients/<str:patient_id>/coverages/new/", registration.coverage_add, name="coverage-add"),
    path("patients/<str:patient_id>/book/", scheduling.book, name="book"),
    path("schedule/", scheduling.schedule, name="schedule"),
    path("schedule/<str:appointment_id>/<slug:how>/", scheduling.move, name="appointment-move"),
    path("coding/", coding.worklist, name="coding"),
    path("coding/queries/<str:query_id>/answer/", coding.answer, name="query-answer"),
    path("coding/<str:encounter_id>/", coding.chart, name="chart"),
    path("coding/<str:encounter_id>/<slug:how>/", coding.act, name="chart-act"),
    path("audit/", audit.trail, name="audit"),
]
