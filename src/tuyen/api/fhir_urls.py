"""The addresses of FHIR R4, below /fhir/."""

from django.urls import path

from tuyen.api import (
    fhir,
    fhir_bundles,
    fhir_claims,  # noqa: F401  # shows claims
    fhir_documents,
)

urlpatterns = [
    path("R4", fhir_bundles.of_root, name="fhir"),
    path("R4/", fhir_bundles.of_root, name="fhir-root"),
    path("R4/metadata", fhir_bundles.of_metadata, name="fhir-metadata"),
    path("R4/Patient/<str:id>/$everything", fhir.of_everything, name="fhir-everything"),
    path("R4/Patient/<str:id>/$summary", fhir_documents.of_summary, name="fhir-summary"),
    path("R4/Composition/<str:id>/$document", fhir_documents.of_document, name="fhir-document"),
    path("R4/<str:type>", fhir.of_type, name="fhir-type"),
    path("R4/<str:type>/_search", fhir.of_type_search, name="fhir-search"),
    path("R4/<str:type>/_history", fhir.of_type_history, name="fhir-type-history"),
    path("R4/<str:type>/<str:id>", fhir.of_resource, name="fhir-resource"),
    path("R4/<str:type>/<str:id>/_history", fhir.of_resource_history, name="fhir-history"),
    path("R4/<str:type>/<str:id>/_history/<str:version>", fhir.of_version, name="fhir-version"),
]
