"""Addresses of signing in, accounts and posts."""

from django.urls import path

from tuyen.web import pages
from tuyen.web.access import views

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("welcome/", views.welcome, name="welcome"),
    path("account/", views.account, name="account"),
    path("language/", pages.set_language, name="set_language"),
    path("accounts/", views.accounts, name="accounts"),
    path("accounts/open/", views.open_account, name="account-open"),
    path("accounts/<uuid:user>/close/", views.close_account, name="account-close"),
    path("accounts/<uuid:user>/invite/", views.invite, name="account-invite"),
    path("accounts/<uuid:holding>/relieve/", views.relieve, name="holding-relieve"),
]
