"""django-auth-adfs as its guide for Microsoft Entra sets it up: a site of one page that needs a sign-in."""
import json
import sys
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.http import JsonResponse
from django.urls import include, path

asked = json.loads(sys.argv[1])
settings.configure(
    SECRET_KEY="a key of the test",
    ALLOWED_HOSTS=["localhost"],
    ROOT_URLCONF=__name__,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": asked["database"]}},
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django_auth_adfs",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django_auth_adfs.middleware.LoginRequiredMiddleware",
    ],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    AUTHENTICATION_BACKENDS=["django_auth_adfs.backend.AdfsAuthCodeBackend"],
    LOGIN_URL="django_auth_adfs:login",
    LOGIN_REDIRECT_URL="/",
    AUTHORITY_HOST=asked["host"],
    AUTH_ADFS={
        "SETTINGS_CLASS": "adfs_settings.OwnHost",
        "AUDIENCE": asked["audience"],
        "CLIENT_ID": asked["clientId"],
        "CLIENT_SECRET": asked["secret"],
        "USERNAME_CLAIM": "upn",
        "TENANT_ID": asked["tenant"],
        "RELYING_PARTY_ID": asked["clientId"],
        "CA_BUNDLE": asked["trust"],
    },
)
django.setup()


def home(request):
    """Who is signed in."""
    return JsonResponse({"user": request.user.username})


urlpatterns = [path("", home), path("oauth2/", include("django_auth_adfs.urls"))]


class Quiet(WSGIRequestHandler):
    """Logs no requests."""

    def log_message(self, *words):
        pass


call_command("migrate", verbosity=0)
server = make_server("localhost", asked["port"], get_wsgi_application(), handler_class=Quiet)
print("listening", asked["port"], flush=True)
server.serve_forever()
