"""What a lever could spare and save, as draws, and the ranks that follow."""
