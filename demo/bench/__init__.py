"""`manage.py bench`: a large clinic in a database of its own, and how fast the site is on it."""
