"""What the nets are trained on: toys with known modes, images, and endless batch streams over both."""
