"""The doors of reviews, and who may open them."""
