"""Production's way of hashing passwords, with the least work that it allows: hundreds of tests sign somebody in."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2(Argon2PasswordHasher):
    time_cost = 1
    memory_cost = 8
    parallelism = 1
