"""JupyterLab's settings for this course; `coursekit lab` puts this folder on JUPYTER_CONFIG_PATH."""

c = get_config()  # noqa: F821 - Jupyter defines it
c.LabApp.default_url = "/lab/tree/notebooks/00_start_here.ipynb"
c.ServerApp.ip = "127.0.0.1"
c.LanguageServerManager.autodetect = False  # the search asks npm, which takes seconds and writes into the home folder
