"""The program's settings with a home of its own for each worker: a test run never touches a real practice's data or keys."""

import os
import tempfile

os.environ["CLEANCLAIM_HOME"] = tempfile.mkdtemp(prefix=f"cleanclaim-tests-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}-")
os.environ.pop("CLEANCLAIM_KEYS", None)

from cleanclaim.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
