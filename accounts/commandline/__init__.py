"""Commands that replace Django's own: listed before django.contrib.auth, which accounts itself cannot be."""
