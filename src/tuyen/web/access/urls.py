"""Addresses of signing in, accounts and posts."""

from django.urls import path

from tuyen.web import pages
from tuyen.web.access import emergencies, readings, security, views, views_devices, views_exports
from tuyen.web.access.second_factor import second_factor_step

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-in/second/", second_factor_step, name="second-factor"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("welcome/", views.welcome, name="welcome"),
    path("account/", views.account, name="account"),
    path("account/security/", security.security, name="security"),
    path("account/security/passkeys/add/", security.passkey_add, name="passkey-add"),
    path(
        "account/security/passkeys/<int:key>/remove/",
        security.passkey_remove,
        name="passkey-remove",
    ),
    path("account/security/code/", security.code_enrol, name="code-enrol"),
    path("account/security/code/remove/", security.code_remove, name="code-remove"),
    path("account/security/recovery/", security.recovery_new, name="recovery-new"),
    path("language/", pages.set_language, name="set_language"),
    path("emergencies/", emergencies.emergencies, name="emergencies"),
    path("emergencies/new/", emergencies.emergency_new, name="emergency-new"),
    path("emergencies/<uuid:id>/", emergencies.emergency, name="emergency"),
    path("emergencies/<uuid:id>/review/", emergencies.emergency_review, name="emergency-review"),
    path("names/", views_exports.asked, name="names-asked"),
    path("names/<uuid:id>/fetch/", views_exports.fetch, name="names-fetch"),
    path("names/<uuid:id>/withdraw/", views_exports.withdraw, name="names-withdraw"),
    path("names/answer/", views_exports.waiting, name="names-waiting"),
    path("names/<uuid:id>/answer/", views_exports.answer, name="names-answer"),
    path("people/<uuid:id>/readings/", readings.person_readings, name="person-readings"),
    path("accounts/", views.accounts, name="accounts"),
    path("accounts/open/", views.open_account, name="account-open"),
    path("account/devices/", views_devices.my_devices, name="my-devices"),
    path("account/devices/code/", views_devices.new_code, name="tablet-code"),
    path("account/devices/<uuid:id>/lost/", views_devices.lost, name="tablet-lost"),
    path("account/sessions/end/", views_devices.end, name="session-end"),
    path("tablets/", views_devices.tablets, name="tablets"),
    path("tablets/<uuid:id>/<slug:what>/", views_devices.order, name="tablet-order"),
    path("accounts/<uuid:user>/", views_devices.account_page, name="account-page"),
    path("accounts/<uuid:user>/close/", views.close_account, name="account-close"),
    path("accounts/<uuid:user>/invite/", views.invite, name="account-invite"),
    path("accounts/<uuid:user>/second-factor/", views.reset_factor, name="factor-reset"),
    path("accounts/<uuid:holding>/relieve/", views.relieve, name="holding-relieve"),
]
