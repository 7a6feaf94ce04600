from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "tuyen.web"
    label = "web"
