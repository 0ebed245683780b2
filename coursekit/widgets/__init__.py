"""Things to play with in a notebook; each leaves a stored picture where there is no kernel."""
