"""Every address of the program. Public ids alone stand in them, never names or dates of birth."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, register_converter
from django.views.generic import RedirectView

from cleanclaim.web.addresses import ClaimNumber
from cleanclaim.web.audit import views as audit
from cleanclaim.web.charges import prices
from cleanclaim.web.charges import views as charges
from cleanclaim.web.claims import correction, papers, silence, takeover
from cleanclaim.web.claims import page as claim_page
from cleanclaim.web.claims import views as claims
from cleanclaim.web.codes import browsing
from cleanclaim.web.codes import updates as code_updates
from cleanclaim.web.codes import views as codes
from cleanclaim.web.coding import views as coding
from cleanclaim.web.denials import page as denial_page
from cleanclaim.web.denials import views as denials
from cleanclaim.web.eligibility import views as eligibility
from cleanclaim.web.encounters import documents, sources
from cleanclaim.web.encounters import views as encounters
from cleanclaim.web.home import views as home
from cleanclaim.web.payers import views as payers
from cleanclaim.web.people import desk as people
from cleanclaim.web.people.views import no_mail
from cleanclaim.web.quality import audits
from cleanclaim.web.quality import views as quality
from cleanclaim.web.receivables import account_desk, card_webhook, estimates, pay_page, refunds
from cleanclaim.web.receivables import views as receivables
from cleanclaim.web.registration import changes, restricted
from cleanclaim.web.registration import views as registration
from cleanclaim.web.remittance import deposits, eob, exceptions, files, provider
from cleanclaim.web.remittance import views as remittance
from cleanclaim.web.reports import books
from cleanclaim.web.reports import views as reports
from cleanclaim.web.scheduling import views as scheduling
from cleanclaim.web.training import learning, teaching

register_converter(ClaimNumber, "claim")

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/password/reset/", no_mail),
    path("accounts/email/", no_mail),
    path("accounts/", include("allauth.urls")),
    path("favicon.ico", RedirectView.as_view(url="/static/cleanclaim/mark.svg")),
    path("", home.home, name="home"),
    path("codes/", codes.find, name="codes"),
    path("codes/lists/<slug:system>/", browsing.tree, name="codes-tree"),
    path("codes/books/<slug:book>/", browsing.index, name="codes-index"),
    path("codes/pick/<str:encounter_id>/", codes.pick, name="codes-pick"),
    path("codes/releases/", code_updates.releases, name="codes-updates"),
    path("codes/releases/<slug:how>/", code_updates.act, name="codes-updates-act"),
    path("codes/<slug:system>/<str:code>/", codes.page, name="code"),
    path("codes/<slug:system>/<str:code>/<slug:how>/", codes.keep, name="code-keep"),
    path("claims/", claims.worklist, name="claims"),
    path("claims/send/", claims.send, name="claims-send"),
    path("claims/collect/", claims.collect, name="claims-collect"),
    path("claims/takeover/", takeover.page, name="takeover"),
    path("claims/unanswered/", silence.page, name="unanswered"),
    path("claims/<claim:number>/", claim_page.claim, name="claim"),
    path("claims/<claim:number>/form.pdf", papers.form_pdf, name="claim-form"),
    path("claims/<claim:number>/837/", papers.preview, name="claim-837"),
    path("claims/<claim:number>/correct/", correction.correct, name="claim-correct"),
    path("claims/<claim:number>/<slug:how>/", claim_page.act, name="claim-act"),
    path("payments/", remittance.payments, name="payments"),
    path("payments/post/", remittance.post, name="payments-post"),
    path("payments/exceptions/", exceptions.worklist, name="exceptions"),
    path("payments/exceptions/<str:exception_id>/", exceptions.exception, name="exception"),
    path("payments/exceptions/<str:exception_id>/<slug:how>/", exceptions.act, name="exception-act"),
    path("payments/eob/", eob.eob, name="eob"),
    path("payments/eob/balance/", eob.balance, name="eob-balance"),
    path("payments/deposits/", deposits.page, name="deposits"),
    path("payments/deposits/<slug:how>/", deposits.act, name="deposit-act"),
    path("payments/provider-level/", provider.page, name="provider-level"),
    path("payments/files/", files.page, name="files"),
    path("payments/files/<slug:how>/", files.act, name="file-act"),
    path("payments/<str:remittance_id>/", remittance.remittance, name="remittance"),
    path("payments/<str:remittance_id>/file/", remittance.original, name="remittance-file"),
    path("denials/", denials.worklist, name="denials"),
    path("denials/<str:denial_id>/", denial_page.denial, name="denial"),
    path("denials/<str:denial_id>/appeals/<str:appeal_id>/packet.pdf", denial_page.packet, name="appeal-packet"),
    path("denials/<str:denial_id>/<slug:how>/", denial_page.act, name="denial-act"),
    path("payers/", payers.payers, name="payers"),
    path("payers/variances/", payers.variance_list, name="variances"),
    path("payers/new/<slug:how>/", payers.add, name="payer-add"),
    path("payers/<str:payer_id>/", payers.payer, name="payer"),
    path("payers/<str:payer_id>/<slug:how>/", payers.act, name="payer-act"),
    path("charges/", charges.missing, name="charges"),
    path("charges/reviews/", charges.reviews, name="charge-reviews"),
    path("charges/reviews/<str:review_id>/<slug:how>/", charges.review_act, name="charge-review-act"),
    path("charges/prices/", prices.page, name="prices"),
    path("charges/prices/<slug:how>/", prices.act, name="price-act"),
    path("reports/", reports.figures, name="reports"),
    path("reports/figures/<slug:slug>/", reports.figure, name="report-figure"),
    path("reports/costs/", reports.cost_page, name="report-costs"),
    path("reports/costs/<slug:how>/", reports.cost, name="report-cost"),
    path("reports/balances/", books.balances, name="report-balances"),
    path("reports/entries/", books.entries, name="report-entries"),
    path("reports/closing/", books.closing, name="report-closing"),
    path("reports/closing/<slug:how>/", books.close, name="report-close"),
    path("reports/proof/", books.proof, name="report-proof"),
    path("receivables/", receivables.receivables, name="receivables"),
    path("receivables/aging.csv", receivables.aging_file, {"kind": "csv"}, name="aging-csv"),
    path("receivables/aging.xlsx", receivables.aging_file, {"kind": "xlsx"}, name="aging-xlsx"),
    path("pay/<str:token>/", pay_page.pay, name="pay"),
    path("cards/<str:practice_id>/announced/", card_webhook.announced, name="card-announced"),
    path("receivables/refunds/", refunds.page, name="refunds"),
    path("receivables/refunds/new/<slug:how>/", refunds.ask, name="refund-ask"),
    path("receivables/refunds/<str:refund_id>/<slug:how>/", refunds.act, name="refund-act"),
    path("patients/estimates/", estimates.queue, name="estimates"),
    path("patients/estimates/<str:estimate_id>/give/", estimates.give, name="estimate-give"),
    path("patients/estimates/<str:estimate_id>/letter.pdf", estimates.letter, name="estimate-letter"),
    path("patients/<str:patient_id>/estimates/", estimates.patient, name="patient-estimates"),
    path("patients/<str:patient_id>/estimates/<slug:how>/", estimates.act, name="estimate-act"),
    path("patients/<str:patient_id>/statement/", account_desk.statement, name="statement"),
    path("patients/<str:patient_id>/statement/preview/", account_desk.statement_preview, name="statement-preview"),
    path("patients/<str:patient_id>/statement/<slug:how>/", account_desk.act, name="statement-act"),
    path("patients/<str:patient_id>/statements/<str:number>.pdf", account_desk.statement_pdf, name="statement-pdf"),
    path("patients/", registration.patients, name="patients"),
    path("patients/new/", registration.register, name="register"),
    path("patients/duplicates/", changes.duplicates, name="duplicates"),
    path("patients/merge/", changes.merge, name="merge"),
    path("patients/<str:patient_id>/", registration.patient, name="patient"),
    path("patients/<str:patient_id>/open/", restricted.open_chart, name="patient-open"),
    path("patients/<str:patient_id>/correct/", changes.correct, name="patient-correct"),
    path("patients/<str:patient_id>/guarantor/", changes.guarantor, name="guarantor"),
    path("coverages/<str:coverage_id>/ask/", eligibility.ask, name="eligibility-ask"),
    path("coverages/<str:coverage_id>/authorizations/new/", eligibility.authorization_add, name="authorization-add"),
    path("coverages/<str:coverage_id>/<slug:how>/", changes.coverage_act, name="coverage-act"),
    path("eligibility/", eligibility.worklist, name="eligibility"),
    path("eligibility/<str:check_id>/", eligibility.check, name="eligibility-check"),
    path("eligibility/<str:check_id>/settle/", eligibility.settle, name="eligibility-settle"),
    path("documents/", documents.unfiled, name="documents"),
    path("documents/<str:attachment_id>/", documents.document, name="document"),
    path("documents/<str:attachment_id>/file/", documents.file, name="document-file"),
    path("sources/", sources.waiting, name="sources"),
    path("sources/<str:source_id>/", sources.source, name="source"),
    path("sources/<str:source_id>/pages/<int:number>.jpg", sources.picture, name="source-page"),
    path("sources/<str:source_id>/sound/", sources.sound, name="source-sound"),
    path("sources/<str:source_id>/<slug:how>/", sources.act, name="source-act"),
    path("visits/<str:encounter_id>/sources/add/", sources.add, name="source-add"),
    path("visits/<str:encounter_id>/", encounters.visit, name="visit"),
    path("visits/<str:encounter_id>/<slug:how>/", encounters.act, name="visit-act"),
    path("patients/<str:patient_id>/coverages/new/", registration.coverage_add, name="coverage-add"),
    path("patients/<str:patient_id>/book/", scheduling.book, name="book"),
    path("schedule/", scheduling.schedule, name="schedule"),
    path("schedule/<str:appointment_id>/visit/", encounters.begin, name="visit-begin"),
    path("schedule/<str:appointment_id>/<slug:how>/", scheduling.move, name="appointment-move"),
    path("coding/", coding.worklist, name="coding"),
    path("coding/queries/<str:query_id>/answer/", coding.answer, name="query-answer"),
    path("coding/quality/", quality.agreement, name="quality"),
    path("coding/quality/pace/", quality.pace, name="quality-pace"),
    path("coding/quality/learned/", quality.learned, name="quality-learned"),
    path("coding/quality/learned/learn/", quality.learn, name="quality-learn"),
    path("coding/quality/audits/", audits.samples, name="quality-audits"),
    path("coding/quality/audits/<str:sample_id>/", audits.sample, name="quality-audit"),
    path("coding/quality/audits/<str:sample_id>/close/", audits.close, name="quality-audit-close"),
    path("coding/quality/audits/<str:sample_id>/<str:case_id>/", audits.case, name="quality-case"),
    path("coding/<str:encounter_id>/", coding.chart, name="chart"),
    path("coding/<str:encounter_id>/<slug:how>/", coding.act, name="chart-act"),
    path("practice/", people.practice, name="practice"),
    path("practice/<slug:part>/", people.practice, name="practice"),
    path("practice/<slug:part>/do/<slug:how>/", people.act, name="practice-act"),
    path("practice/<slug:part>/<str:record_id>/", people.record, name="practice-record"),
    path("practice/<slug:part>/<str:record_id>/<slug:how>/", people.act_on, name="practice-record-act"),
    path("audit/", audit.trail, name="audit"),
    path("training/", learning.home, name="training"),
    path("training/gradebook/<str:course_id>/", teaching.gradebook, name="training-gradebook"),
    path("training/gradebook/<str:course_id>/<slug:how>/", teaching.course_act, name="training-course-act"),
    path("training/learners/", teaching.learners, name="training-learners"),
    path("training/learners/do/<slug:how>/", teaching.enrol, name="training-enrol"),
    path("training/learners/<str:learner_id>/<slug:how>/", teaching.learner_act, name="training-learner-act"),
    path("training/marked/<str:attempt_id>/", teaching.attempt, name="training-marked"),
    path("training/marked/<str:attempt_id>/<slug:how>/", teaching.attempt_act, name="training-marked-act"),
    path("training/attempts/<str:attempt_id>/", learning.attempt, name="training-attempt"),
    path("training/attempts/<str:attempt_id>/<slug:how>/", learning.act, name="training-act"),
    path("training/exercises/<str:assignment_id>/<slug:slug>/", learning.exercise, name="training-exercise"),
    path("training/exercises/<str:assignment_id>/<slug:slug>/begin/", learning.begin, name="training-begin"),
]
