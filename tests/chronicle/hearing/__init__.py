"""What others said: heard once or parked, projected, witnessed, checked, and asked at doors."""
