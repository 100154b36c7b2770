"""What reviews decides: placements, pathway reviews, risk and its answers."""
