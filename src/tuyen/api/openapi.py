"""The API describes itself, from the very types that decode and encode it."""

import inspect
from functools import cache
from typing import Any

import msgspec
from django.urls import URLPattern, get_resolver

from tuyen import __version__
from tuyen.api.door import endpoint
from tuyen.apps.access.actors import Actor
from tuyen.kernel.operation import KINDS, Operation

REF = "#/components/schemas/{name}"


@endpoint("GET", right="public")
def description(by: Actor, query: Any) -> dict[str, Any]:
    """This description (OpenAPI 3.1)."""
    return openapi()


@cache
def openapi() -> dict[str, Any]:
    """Paths from the routes, schemas from the structs, one payload schema per operation kind."""
    kinds = list(KINDS)
    routes: list[URLPattern] = [
        route
        for route in get_resolver("tuyen.api.urls").url_patterns
        if isinstance(route, URLPattern) and hasattr(route.callback, "spec")
    ]
    specs = [getattr(route.callback, "spec") for route in routes]  # noqa: B009  # set by endpoint()
    types = {t for spec in specs for t in spec[1:3] if t is not None}
    payloads = [kind.payload for kind in kinds]
    ordered = [*sorted(types, key=lambda t: t.__name__), Operation, *payloads]
    refs, schemas = msgspec.json.schema_components(ordered, ref_template=REF)
    names = dict(zip(ordered, refs, strict=True))
    schemas["Operation"]["properties"]["payload"] = {
        "anyOf": [names[kind.payload] for kind in kinds]
    }
    schemas["Operation"]["properties"]["kind"] = {"enum": [kind.name for kind in kinds]}
    if "PushIn" in schemas:
        schemas["PushIn"]["properties"]["operations"]["items"] = {
            "$ref": REF.format(name="Operation")
        }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Tuyến", "version": __version__},
        "servers": [{"url": "/api"}],
        "paths": _paths(routes, names),
        "components": {
            "schemas": schemas,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"key": []}],
    }


def _paths(routes: list[URLPattern], names: dict[Any, Any]) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for route in routes:
        method, body, answer, view = route.callback.spec  # type: ignore[attr-defined]
        address = "/" + str(route.pattern).replace("<uuid:id>", "{id}")
        operation: dict[str, Any] = {
            "operationId": view.__name__,
            "summary": inspect.getdoc(view) or "",
            "responses": {
                "200": {"description": "Done", "content": _content(names.get(answer, {}))},
                "default": {"description": "Refused", "content": {
                    "application/problem+json": {"schema": {"type": "object"}}}},
            },
        }  # fmt: skip
        operation["parameters"] = [
            {"name": name, "in": "query", "schema": schema} for name, schema in
            getattr(view, "query", {}).items()
        ]  # fmt: skip
        if "{id}" in address:
            operation["parameters"].append(
                {"name": "id", "in": "path", "required": True,
                 "schema": {"type": "string", "format": "uuid"}}
            )  # fmt: skip
        if body is not None:
            operation["requestBody"] = {"required": True, "content": _content(names[body])}
        if route.callback.right == "public":  # type: ignore[attr-defined]
            operation["security"] = []
        paths.setdefault(address, {})[method.lower()] = operation
    return paths


def _content(schema: Any) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}
