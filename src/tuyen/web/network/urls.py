"""Addresses of the network of stations."""

from django.urls import path

from tuyen.web.network import views_sites

urlpatterns = [
    path("network/sites/", views_sites.sites, name="network-sites"),
    path("network/sites/<uuid:unit>/", views_sites.site, name="network-site"),
    path("network/sites/<uuid:unit>/review/", views_sites.review, name="network-review"),
    path("network/sites/<uuid:unit>/photographs/", views_sites.attach, name="network-attach"),
    path("network/photographs/<uuid:id>.jpg", views_sites.photograph, name="network-photograph"),
]
