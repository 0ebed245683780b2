"""Pictures: sample sheets, curves, densities and animations, in one style."""
