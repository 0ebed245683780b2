"""Training steps: one file for each idea that changes the update."""
