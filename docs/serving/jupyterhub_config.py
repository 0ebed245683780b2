"""JupyterHub for a class on one machine: docs/serving_a_class.md says how to start it.

Started as root it serves system users, who log in with their own passwords. With `CLASS_PASSWORD` set it is a trial for
anybody: one password for every name, and all servers run as the user who started it.
"""

import os
import sys
from pathlib import Path

c = get_config()  # noqa: F821 - JupyterHub defines it
ROOT = Path(__file__).resolve().parents[2]  # the clone whose environment serves everybody
COPY = "gans"  # the students' copy of the course, below their home; the link on the page names it as well


def students_copy(spawner):
    """Where the student's copy of the course lies; Python imports coursekit from there, so that it fits the lessons."""
    return os.path.join(spawner.user_env({})["HOME"], COPY)


# Who may log in
if password := os.environ.get("CLASS_PASSWORD"):
    c.JupyterHub.authenticator_class = "shared-password"
    c.SharedPasswordAuthenticator.user_password = password  # at least 8 letters
    c.Authenticator.allow_all = True
    c.JupyterHub.spawner_class = "simple"  # needs no system users, and separates nobody from anybody
    c.SimpleLocalProcessSpawner.home_dir_template = os.path.join(os.getcwd(), "students", "{username}")
else:
    c.JupyterHub.authenticator_class = "pam"  # the passwords of the system
    c.PAMAuthenticator.allowed_groups = {"students", "teachers"}  # not every account of the machine
    c.PAMAuthenticator.admin_groups = {"teachers"}  # may stop servers at /hub/admin
    c.JupyterHub.spawner_class = "localprocess"  # each server runs as its student: files are kept apart by Unix

# What a student's server runs
c.Spawner.cmd = [sys.executable, "-m", "jupyterhub.singleuser"]  # from the course's environment, whatever PATH says
c.Spawner.default_url = "/lab"
c.Spawner.args = [
    # JupyterLab's default, a login shell, would put the system's Python before the course's
    '--ServerApp.terminado_settings={"shell_command": ["/bin/bash", "-i"]}',
    "--MappingKernelManager.cull_idle_timeout=1800",  # seconds; kernels whose tab is closed, not those of an open one
    "--MappingKernelManager.cull_interval=300",
]
c.Spawner.environment = {
    "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",  # `python -m coursekit` in a terminal
    "PYTHONPATH": students_copy,
    "COURSEKIT_ENV": "current",  # or each student's `python -m coursekit` would install 7 GB of its own
    "COURSEKIT_DATA": os.environ.get("COURSEKIT_DATA", "/srv/gans/data"),  # one copy for all, read-only
    "COURSEKIT_OFFLINE": "1",  # what is not there is not downloaded thirty times
    "OMP_NUM_THREADS": "1",  # torch takes all cores otherwise, and thirty students fight over them
    "JUPYTER_CONFIG_PATH": str(ROOT / ".jupyter"),  # the course's settings of JupyterLab: it asks no server for news
}

# How much of the machine they get
c.JupyterHub.active_server_limit = 30  # students at once; the page says how many fit
c.JupyterHub.concurrent_spawn_limit = 5  # a server takes some seconds of processor time to start; the rest waits
c.Spawner.start_timeout = 120  # seconds, for the last of a class that comes in all at once
c.Spawner.http_timeout = 120
c.JupyterHub.services = [
    {
        "name": "idle-culler",  # stops the server of a student who has left: files stay, variables go
        "command": [sys.executable, "-m", "jupyterhub_idle_culler", "--timeout=7200"],  # seconds without activity
    }
]
c.JupyterHub.load_roles = [
    {
        "name": "idle-culler",
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
        "services": ["idle-culler"],
    }
]

# Where it listens: to this machine only, until a certificate protects the passwords
c.JupyterHub.bind_url = "http://127.0.0.1:8000"
