"""The host of django-auth-adfs, whose settings know that of Microsoft alone."""
from django.conf import settings as django
from django_auth_adfs.config import Settings


class OwnHost(Settings):
    """SETTINGS_CLASS of the library: the same settings at another host."""

    def __init__(self):
        super().__init__()
        self.SERVER = django.AUTHORITY_HOST
