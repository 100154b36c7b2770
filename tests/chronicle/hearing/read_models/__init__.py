"""Two questions about the allotments."""
